"""The three questions that a creator's week puts to a model: what each says, what each takes for an answer.

A question has the house's text in front and this creator's figures behind, and its answer is a few bounded numbers, so
that a small model can fill it in. What comes back is data: bounded, cut, cleaned, and never more than a score.
Light, since `plan` says what the questions may take.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

from pydantic import BeforeValidator, Field

from tasks.creators.house_text import SHARED, SYSTEM
from tasks.creators.models import CreatorItem
from tasks.governor.charges import Charge
from tasks.llm.names import LOCAL
from tasks.llm.prompts import Prompt, Tuning
from tasks.shape import Shape

MOST_TEXTS = 10
"""Texts that one question shows at most."""
MOST_LETTERS = 80
"""How much of a text is shown."""
MOST_OF_A_REMARK = 100
"""How long a model's remark is at most."""
FEWEST_WORDS = 3
"""What is shorter is no remark."""
MOST_LINES = 12
"""How many facts a question states at most."""
DEFAULTS, DEFAULTS_OF_LOCAL = (600, 60.0), (150, 300.0)
"""Tokens of an answer and seconds for it. An answer has a hundred; some vendors' models think before."""


def _cut(most: int) -> BeforeValidator:
    """Cut what is too long, since not every vendor holds an answer to the bounds of its form."""
    return BeforeValidator(lambda value: value[:most] if isinstance(value, (str, list)) else value)


Score = Annotated[int, Field(ge=0, le=100)]
Remark = Annotated[str, _cut(MOST_OF_A_REMARK), Field(max_length=MOST_OF_A_REMARK)]

_NO_WORDS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
_MARKS = re.compile(r"[<>]{2,}")


class AttentionAnswer(Shape):
    """Attention scores of the texts shown, in their order."""

    scores: Annotated[list[Score], _cut(MOST_TEXTS), Field(max_length=MOST_TEXTS)]


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


def tuning_of(item: CreatorItem) -> Tuning:
    """Say how a model is to answer; the local one is slow."""
    is_local = any(model.startswith(f"{LOCAL}:") for model in item.models)
    tokens, seconds = DEFAULTS_OF_LOCAL if is_local else DEFAULTS
    return Tuning(max_tokens=tokens, seed=item.seed, timeout_seconds=seconds)


def prompt_of(own: str) -> Prompt:
    """Put a question's own part behind what all have in common."""
    return Prompt(system=SYSTEM, shared=SHARED, own=own)


FORMS: dict[str, type[Shape]] = {
    "score_attention": AttentionAnswer,
    "critique_strategy": CritiqueAnswer,
    "judge_quality": JudgingAnswer,
}
"""What each stage that asks takes for an answer."""


def foreseen(item: CreatorItem, stage: str) -> Charge | None:
    """Say what one question of a stage may take at most, for a plan; None where no model is asked."""
    from tasks.llm.worst_case import worst_case  # The table of prices takes half a second to load.

    if not item.models or stage not in FORMS:
        return None
    longest = prompt_of("\n".join(["word " * (MOST_LETTERS // 4)] * MOST_LINES))
    return worst_case(item.models[0], longest, tuning_of(item), FORMS[stage])


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
