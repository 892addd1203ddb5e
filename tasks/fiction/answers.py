"""The forms in which models answer about fiction.

Each is bounded, so that a small model ends at all and a large one does not go on for pages; names are bound to the
list of characters, so that an answer cannot invent one. The local model gets shorter bounds than the others.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, create_model

from tasks.fiction.story import Severity
from tasks.shape import Shape

LATIN_NAME = r"^[A-Z][a-z]{2,9}$"
"""What a small model may call somebody in a language with Latin letters: one word, so that it can be found again."""


def _text(most: int, *, least: int = 0, pattern: str | None = None) -> Any:
    """A text that is cut where it is too long, since not every vendor holds an answer to the bounds of its form."""
    cut = BeforeValidator(lambda value: value[:most].strip() if isinstance(value, str) else value)
    return Annotated[str, cut, Field(max_length=most, min_length=least, pattern=pattern)]


def _listed(inner: Any, most: int, *, least: int = 0) -> Any:
    cut = BeforeValidator(lambda value: value[:most] if isinstance(value, list) else value)
    return Annotated[list[inner], cut, Field(max_length=most, min_length=least)]


@cache
def characters_form(count: int, *, is_small: bool, is_latin: bool) -> type[Any]:
    """So many characters."""
    long, short = (120, 60) if is_small else (600, 200)
    name = _text(40, least=2, pattern=LATIN_NAME if is_small and is_latin else None)
    one = create_model(
        "CharacterAnswer",
        __base__=Shape,
        name=(name, ...),
        role=(_text(short // 2), ...),
        description=(_text(long, least=1), ...),
        wants=(_text(short), ...),
    )
    return create_model("CharactersAnswer", __base__=Shape, characters=(_listed(one, count, least=count), ...))


@cache
def outline_form(count: int, names: tuple[str, ...], *, is_small: bool) -> type[Any]:
    """Plans of so many chapters, with characters of the list only."""
    one = create_model(
        "PlanAnswer",
        __base__=Shape,
        title=(_text(60 if is_small else 100, least=1), ...),
        summary=(_text(200 if is_small else 900, least=20), ...),
        characters=(_listed(Literal[names], 4 if is_small else 12, least=1), ...),
    )
    return create_model("OutlineAnswer", __base__=Shape, chapters=(_listed(one, count, least=count), ...))


@cache
def passage_form(paragraphs: int) -> type[Any]:
    """A passage of so many paragraphs, for a model that does not know when to end."""
    one = _text(400, least=40)
    return create_model("Passage", __base__=Shape, paragraphs=(_listed(one, paragraphs, least=paragraphs), ...))


@cache
def ending_form(*, is_small: bool) -> type[Any]:
    """How a chapter ends, and what it has settled."""
    state, fact, most = (200, 100, 2) if is_small else (900, 200, 8)
    return create_model(
        "EndingAnswer",
        __base__=Shape,
        state=(_text(state, least=10), ...),
        facts=(_listed(_text(fact, least=5), most, least=1), ...),
    )


@cache
def judgement_form(*, is_small: bool) -> type[Any]:
    """What a judge says of a chapter."""
    short, most = (80, 2) if is_small else (200, 12)
    side = Annotated[int, Field(ge=0, le=20)]
    issue = create_model(
        "IssueAnswer",
        __base__=Shape,
        severity=(Severity, ...),
        location=(_text(short, least=1), ...),
        what=(_text(short, least=1), ...),
        suggestion=(_text(short), ...),
    )
    return create_model(
        "JudgementAnswer",
        __base__=Shape,
        grammar=(side, ...),
        character_consistency=(side, ...),
        plot_coherence=(side, ...),
        emotional_impact=(side, ...),
        genre_fit=(side, ...),
        hook=(Annotated[int, Field(ge=0, le=5)], ...),
        issues=(_listed(issue, most), ...),
    )
