"""The three questions that a creator's week puts to a model: what each says, what each takes for an answer.

A question has the house's text in front and this creator's figures behind, and its answer is a few bounded numbers, so
that a small model can fill it in. What comes back is data: bounded, cut, cleaned, and never more than a score.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from pydantic import Field

from tasks.creators.house_text import SHARED, SYSTEM
from tasks.creators.models import CreatorItem
from tasks.errors import PressroomError
from tasks.llm.ask import ask
from tasks.llm.names import LOCAL
from tasks.llm.prompts import Prompt, Tuning
from tasks.shape import Shape

logger = logging.getLogger("pressroom")

MOST_TEXTS = 10
"""Texts that one question shows at most."""
MOST_LETTERS = 80
"""How much of a text is shown."""
MOST_OF_A_REMARK = 100
"""How long a model's remark is at most."""
FEWEST_WORDS = 3
"""What is shorter is no remark."""
MAX_TOKENS = 150
SECONDS, SECONDS_OF_LOCAL = 60.0, 300.0

Score = Annotated[int, Field(ge=0, le=100)]
Remark = Annotated[str, Field(max_length=MOST_OF_A_REMARK)]
AnswerT = TypeVar("AnswerT", bound=Shape)

_NO_WORDS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
_MARKS = re.compile(r"[<>]{2,}")


class AttentionAnswer(Shape):
    """Attention scores of the texts shown, in their order."""

    scores: Annotated[list[Score], Field(max_length=MOST_TEXTS)]


class CritiqueAnswer(Shape):
    """What a model says of a week's strategy."""

    score: Score
    remark: Remark


class JudgingAnswer(Shape):
    """What a model says of a finished week."""

    compliance: Score
    value: Score
    authenticity: Score
    engagement: Score
    retention: Score
    remark: Remark


@dataclass(frozen=True)
class Heard(Generic[AnswerT]):
    """An answer, or why there is none that serves."""

    answer: AnswerT | None
    model: str = ""
    trouble: str = ""


async def put_question(item: CreatorItem, own: str, output: type[AnswerT]) -> Heard[AnswerT]:
    """Ask one question about a creator, once.

    An answer that does not serve (ANSWER_...) costs a creator the model's opinion and not the week: rules stand in for
    it, and the schedule says so. All else that can happen to a call is for the stage to fail with.
    """
    try:
        found = await ask(item, Prompt(system=SYSTEM, shared=SHARED, own=own), output, tuning_of(item))
    except PressroomError as error:
        if not error.code.startswith("ANSWER_"):
            raise
        logger.warning("%s is scored by rules: %s", item.item_id, error)
        return Heard(None, trouble=f"rules stand in for the model ({error.code})")
    return Heard(found.value, found.model)


def tuning_of(item: CreatorItem) -> Tuning:
    """Say how a model is to answer; the local one is slow."""
    is_local = any(model.startswith(f"{LOCAL}:") for model in item.models)
    return Tuning(max_tokens=MAX_TOKENS, seed=item.seed, timeout_seconds=SECONDS_OF_LOCAL if is_local else SECONDS)


def quoted(text: str, most: int = MOST_LETTERS) -> str:
    """Write a text that others wrote so that it stays one line of data: without marks that could end it."""
    return f"<<{_one_line(_MARKS.sub(' ', text))[:most].strip()}>>"


def cleaned(remark: str) -> str:
    """Return a model's remark as one short line without anything that a terminal would act on; empty for none."""
    line = _one_line(remark)[:MOST_OF_A_REMARK].strip()
    return line if len(line.split()) >= FEWEST_WORDS else ""


def lines(head: str, facts: Sequence[str]) -> str:
    """Write a question's own part: its name, and a fact a line."""
    return "\n".join((head, *facts))


def _one_line(text: str) -> str:
    return " ".join(_NO_WORDS.sub(" ", text).split())
