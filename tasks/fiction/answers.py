"""The forms in which models answer about fiction.

Names are bound to the list of characters, so that an answer cannot invent one. The small model that comes along has
forms of its own.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from tasks.fiction.story import Scores, Severity
from tasks.llm.forms import bounded_list, bounded_text
from tasks.shape import Shape


@cache
def characters_form(count: int) -> type[Any]:
    """So many characters."""
    one = create_model(
        "CharacterAnswer",
        __base__=Shape,
        name=(bounded_text(40, least=2), ...),
        role=(bounded_text(100), ...),
        description=(bounded_text(600, least=1), ...),
        wants=(bounded_text(200), ...),
    )
    return create_model("CharactersAnswer", __base__=Shape, characters=(bounded_list(one, count, least=count), ...))


@cache
def outline_form(count: int, names: tuple[str, ...]) -> type[Any]:
    """Plans of so many chapters, with characters of the list only."""
    one = create_model(
        "PlanAnswer",
        __base__=Shape,
        title=(bounded_text(100, least=1), ...),
        summary=(bounded_text(900, least=20), ...),
        characters=(bounded_list(Literal[names], 12, least=1), ...),
    )
    return create_model("OutlineAnswer", __base__=Shape, chapters=(bounded_list(one, count, least=count), ...))


@cache
def ending_form() -> type[Any]:
    """How a chapter ends, and what it has settled."""
    facts = bounded_list(bounded_text(200, least=5), 8, least=1)
    return create_model("EndingAnswer", __base__=Shape, state=(bounded_text(900, least=10), ...), facts=(facts, ...))


@cache
def judgement_form() -> type[Any]:
    """What a judge says of a chapter."""
    issue = create_model(
        "IssueAnswer",
        __base__=Shape,
        severity=(Severity, ...),
        location=(bounded_text(200, least=1), ...),
        what=(bounded_text(200, least=1), ...),
        suggestion=(bounded_text(200), ...),
    )
    return create_model("JudgementAnswer", __base__=Shape, **_points(), issues=(bounded_list(issue, 12), ...))


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
        named: Any = Annotated[str, Field(pattern=f"^{letter}[a-z]{{2,7}}$")] if letter else bounded_text(20, least=2)
        one = create_model(
            f"Person{number}",
            __base__=Shape,
            name=(named, ...),
            description=(bounded_text(120, least=20), ...),
        )
        fields[f"person_{number}"] = (one, ...)
    return create_model("SmallCast", __base__=Shape, **fields)


@cache
def small_title_form() -> type[Any]:
    """A title."""
    return create_model("SmallTitle", __base__=Shape, title=(bounded_text(40, least=4), ...))
