"""The forms in which models answer about fiction.

Each is bounded, so that a small model ends at all and a large one does not go on for pages; names are bound to the
list of characters, so that an answer cannot invent one. The small model that comes along has forms of its own.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, create_model

from tasks.fiction.story import Scores, Severity
from tasks.shape import Shape


def _text(most: int, *, least: int = 0) -> Any:
    """A text that is cut where it is too long, since not every vendor holds an answer to the bounds of its form."""
    cut = BeforeValidator(lambda value: value[:most].strip() if isinstance(value, str) else value)
    return Annotated[str, cut, Field(max_length=most, min_length=least)]


def _listed(inner: Any, most: int, *, least: int = 0) -> Any:
    cut = BeforeValidator(lambda value: value[:most] if isinstance(value, list) else value)
    return Annotated[list[inner], cut, Field(max_length=most, min_length=least)]


@cache
def characters_form(count: int) -> type[Any]:
    """So many characters."""
    one = create_model(
        "CharacterAnswer",
        __base__=Shape,
        name=(_text(40, least=2), ...),
        role=(_text(100), ...),
        description=(_text(600, least=1), ...),
        wants=(_text(200), ...),
    )
    return create_model("CharactersAnswer", __base__=Shape, characters=(_listed(one, count, least=count), ...))


@cache
def outline_form(count: int, names: tuple[str, ...]) -> type[Any]:
    """Plans of so many chapters, with characters of the list only."""
    one = create_model(
        "PlanAnswer",
        __base__=Shape,
        title=(_text(100, least=1), ...),
        summary=(_text(900, least=20), ...),
        characters=(_listed(Literal[names], 12, least=1), ...),
    )
    return create_model("OutlineAnswer", __base__=Shape, chapters=(_listed(one, count, least=count), ...))


@cache
def ending_form() -> type[Any]:
    """How a chapter ends, and what it has settled."""
    facts = _listed(_text(200, least=5), 8, least=1)
    return create_model("EndingAnswer", __base__=Shape, state=(_text(900, least=10), ...), facts=(facts, ...))


@cache
def judgement_form() -> type[Any]:
    """What a judge says of a chapter."""
    issue = create_model(
        "IssueAnswer",
        __base__=Shape,
        severity=(Severity, ...),
        location=(_text(200, least=1), ...),
        what=(_text(200, least=1), ...),
        suggestion=(_text(200), ...),
    )
    return create_model("JudgementAnswer", __base__=Shape, **_points(), issues=(_listed(issue, 12), ...))


@cache
def small_judgement_form() -> type[Any]:
    """Points only, since what the small model says of issues means nothing."""
    return create_model("SmallJudgement", __base__=Shape, **_points())


def _points() -> dict[str, Any]:
    sides: dict[str, Any] = dict.fromkeys(Scores.model_fields, (Annotated[int, Field(ge=0, le=20)], ...))
    return sides | {"hook": (Annotated[int, Field(ge=0, le=5)], ...)}


@cache
def small_cast_form(letters: tuple[str, ...]) -> type[Any]:
    """A character for each letter, whose name begins with it; for an empty one any name."""
    fields: dict[str, Any] = {}
    for number, letter in enumerate(letters, 1):
        # Of a pattern and bounds the small model's server keeps to one only.
        named: Any = Annotated[str, Field(pattern=f"^{letter}[a-z]{{2,7}}$")] if letter else _text(20, least=2)
        one = create_model(
            f"Person{number}",
            __base__=Shape,
            name=(named, ...),
            description=(_text(120, least=20), ...),
        )
        fields[f"person_{number}"] = (one, ...)
    return create_model("SmallCast", __base__=Shape, **fields)


@cache
def small_title_form() -> type[Any]:
    """A title."""
    return create_model("SmallTitle", __base__=Shape, title=(_text(40, least=4), ...))
