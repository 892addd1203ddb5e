"""The forms in which models answer about episodes. Speakers and sources are bound to those there are."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from tasks.llm.forms import bounded_list, bounded_text
from tasks.shape import Shape

MOST_LETTERS = 1200
"""Of what one host says at once."""


@cache
def lines_form(hosts: tuple[str, ...], sources: tuple[str, ...], most: int) -> type[Any]:
    """What hosts say in turn, each with the sources that it rests on."""
    speaker, source = Literal[hosts], Literal[sources]
    fields: dict[str, Any] = {
        "speaker": (speaker, ...),
        "text": (bounded_text(MOST_LETTERS, least=1), ...),
        "cites": (bounded_list(source, 6), ...),
    }
    line = create_model("LineAnswer", __base__=Shape, **fields)
    return create_model("LinesAnswer", __base__=Shape, lines=(bounded_list(line, most, least=1), ...))


@cache
def small_question_form() -> type[Any]:
    """A question, for the small model that comes along: a question claims nothing."""
    words = "(Why|How|What|When|Where|Who|Do|Does|Can|Is|Are|Have) [a-zA-Z,' ]{15,90}[a-z][?]"
    question: Any = Annotated[str, Field(pattern=f"^{words}$")]
    return create_model("SmallQuestion", __base__=Shape, question=(question, ...))


@cache
def rewritten_form(numbers: tuple[int, ...]) -> type[Any]:
    """Those lines again, in their order."""
    return create_model(
        "RewrittenAnswer",
        __base__=Shape,
        texts=(bounded_list(bounded_text(MOST_LETTERS, least=1), len(numbers), least=len(numbers)), ...),
    )


@cache
def judgement_form() -> type[Any]:
    """What a judge says of an episode: points from 0 to 10, and what no source bears out."""
    points: Any = Annotated[int, Field(ge=0, le=10)]
    unsupported = create_model(
        "UnsupportedAnswer",
        __base__=Shape,
        line=(Annotated[int, Field(ge=1, le=500)], ...),
        why=(bounded_text(200, least=1), ...),
    )
    return create_model(
        "EpisodeJudgement",
        __base__=Shape,
        voice=(points, ...),
        interest=(points, ...),
        hook=(points, ...),
        clarity=(points, ...),
        remarks=(bounded_list(bounded_text(200, least=1), 6), ...),
        unsupported=(bounded_list(unsupported, 12), ...),
    )
