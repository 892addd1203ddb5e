"""Phase 7, beside the choice of copy: how strongly texts ask for attention, from 0 to 100.

Rules score all texts that the week may use; each rule is one line of `RULES`. A model, where there is one, scores the
ten that are likeliest to be used, and counts as much as the rules: its scale is not theirs, and a text must not win
because it happened to be shown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tasks.creators.context import Copy, CreatorContext, rules_for
from tasks.creators.findings import Attention
from tasks.creators.models import CreatorItem
from tasks.creators.prompts import MOST_TEXTS, AttentionAnswer, lines, quoted
from tasks.creators.questions import put_question
from tasks.creators.slot_types import SLOT_TYPES
from tasks.creators.week_plan import WeekPlan

MODELS_SHARE = 0.5
"""What a model's score counts beside the rules' for a text that it has seen."""
MIDDLING = 50.0
"""Where a text begins."""
_VERBS = "answer ask choose come decide find guess join learn look meet pick read reply see send show tell try vote "
_CALL = re.compile(rf"\b({'|'.join((_VERBS + 'watch win write').split())})\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d|\b(two|three|four|five|six|seven|eight|nine|ten|twelve)\b", re.IGNORECASE)
_SHORT, _LONG = 30, 240


class Rule(NamedTuple):
    """What adds to a text's attention or takes from it."""

    name: str
    points: float
    holds: Callable[[str], bool]


RULES = (
    Rule("asks a question", 14, lambda text: "?" in text),
    Rule("speaks to the reader", 9, lambda text: bool(re.search(r"\byou(r|rs)?\b", text, re.IGNORECASE))),
    Rule("says what to do", 9, lambda text: bool(_CALL.search(text))),
    Rule("has a number", 6, lambda text: bool(_NUMBER.search(text))),
    Rule("comes to the point", 8, lambda text: 0 < len(text.split(".")[0].split("?")[0]) <= 90),
    Rule("is too short to say anything", -12, lambda text: len(text) < _SHORT),
    Rule("is long", -10, lambda text: len(text) > _LONG),
    Rule("is very long", -10, lambda text: len(text) > 2 * _LONG),
    Rule("shouts", -14, lambda text: len(re.findall(r"\b[A-Z]{3,}\b", text)) >= 2),
    Rule("is full of exclamation marks", -8, lambda text: text.count("!") >= 3),
    Rule("leads away", -6, lambda text: "http://" in text or "https://" in text),
)
"""Each counts once. Without any a text has `MIDDLING`."""


async def score(item: CreatorItem, context: CreatorContext, plan: WeekPlan) -> Attention:
    """Score the texts of the slot types that the week has."""
    wanted = Counter(post.slot_type for post in plan.posts)
    texts = [copy for copy in context.copies if copy.slot_type in wanted]
    scores = {copy.copy_id: score_of(copy.text) for copy in texts}
    if not item.models or not texts:
        return Attention(scores=scores)
    shown = likeliest(item, context, texts, wanted)
    heard = await put_question(item, _question(shown), AttentionAnswer)
    if heard.answer is None:
        return Attention(scores=scores, note=heard.trouble)
    for copy, answered in zip(shown, heard.answer.scores, strict=False):
        scores[copy.copy_id] = (1 - MODELS_SHARE) * scores[copy.copy_id] + MODELS_SHARE * answered
    return Attention(scores=scores, by_model=heard.model)


def score_of(text: str) -> float:
    """Score a text by the rules."""
    return min(100.0, max(0.0, MIDDLING + sum(rule.points for rule in RULES if rule.holds(text))))


def reasons(text: str) -> list[str]:
    """Say which rules hold for a text."""
    return [rule.name for rule in RULES if rule.holds(text)]


def likeliest(item: CreatorItem, context: CreatorContext, texts: Sequence[Copy], wanted: Counter[str]) -> list[Copy]:
    """Return the texts that are likeliest to be used, ten at most: the best of each slot type in turn.

    The choice itself is made beside this, so it is not known yet.
    """
    rules = rules_for(context.known, item.rules)
    usable = [copy for copy in texts if copy.performance >= rules.min_copy_performance] or list(texts)
    ranks: Counter[str] = Counter()
    ranked = []
    for copy in sorted(usable, key=lambda copy: (-copy.performance, copy.copy_id)):
        first = (ranks[copy.slot_type], -wanted[copy.slot_type], -SLOT_TYPES[copy.slot_type].priority)
        ranked.append((*first, copy.copy_id, copy))
        ranks[copy.slot_type] += 1
    return [entry[-1] for entry in sorted(ranked, key=lambda entry: entry[:-1])[:MOST_TEXTS]]


def _question(shown: Sequence[Copy]) -> str:
    texts = (f"{number}. {quoted(copy.text)}" for number, copy in enumerate(shown, 1))
    return lines(f"ATTENTION: {len(shown)} texts, so {len(shown)} scores.", list(texts))
