"""How well each copy would serve the week: five sides from 0 to 100, and their weighted sum.

- performance: how the copy has done so far, as the roster has it.
- freshness: days since its last use, reaching 100 at twice the days that are wanted between two uses; 100 when new.
- slot priority: how much its slot type matters, so that scores of different slot types compare.
- persona: 100 when its tone is the creator's, 50 when either says nothing, 0 when it is another.
- diversity: 100 less the share of words it has in common with the copy most like it, among those of its slot type
  that have done better and those that went out lately. So of two copies that are nearly the same, one falls behind.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from tasks.creators.context import Copy, CreatorContext
from tasks.creators.rules import Rules
from tasks.creators.slot_types import SLOT_TYPES
from tasks.creators.supply import rested

_COMPARED = 40
"""Copies that one is compared with at most, of each sort."""
_WORD = re.compile(r"\w+")

Words = frozenset[str]


class Scored(NamedTuple):
    """A copy that has done well enough, with its score and the days that it has rested."""

    copy: Copy
    score: float
    rested: float


def scored_copies(context: CreatorContext, rules: Rules, week_start: date) -> dict[str, list[Scored]]:
    """Return by slot type every copy that has done well enough, the best first."""
    by_type: dict[str, list[Copy]] = defaultdict(list)
    for copy in sorted(context.copies, key=lambda copy: (-copy.performance, copy.copy_id)):
        is_allowed = copy.slot_type in SLOT_TYPES and copy.slot_type not in rules.excluded_slot_types
        if is_allowed and copy.performance >= rules.min_copy_performance:
            by_type[copy.slot_type].append(copy)
    lately = _lately(context.copies, rules, week_start)
    return {
        slot_type: sorted(
            _scored(copies, lately, context.known.persona, rules, week_start),
            key=lambda each: (-each.score, each.copy.copy_id),
        )
        for slot_type, copies in by_type.items()
    }


def _scored(
    copies: Sequence[Copy], lately: Sequence[tuple[str, Words]], persona: str, rules: Rules, week_start: date
) -> list[Scored]:
    """Score the copies of one slot type, which stand in order of their performance."""
    weights = rules.weights
    better: list[Words] = []
    found = []
    for copy in copies:
        words = words_of(copy.text)
        others = [*better[:_COMPARED], *(each for copy_id, each in lately if copy_id != copy.copy_id)]
        days = rested(copy, week_start)
        score = (
            weights.performance * copy.performance
            + weights.freshness * _freshness(days, rules)
            + weights.slot_priority * 100.0 * SLOT_TYPES[copy.slot_type].priority
            + weights.persona * _persona(copy.tone, persona)
            + weights.diversity * 100.0 * (1.0 - max((_alike(words, other) for other in others), default=0.0))
        )
        found.append(Scored(copy, round(score, 2), days))
        better.append(words)
    return found


def words_of(text: str) -> Words:
    """Return the different words of a text."""
    return frozenset(_WORD.findall(text.casefold()))


def _freshness(days: float, rules: Rules) -> float:
    wanted = 2 * next(iter(rules.reuse_days), 0)
    return 100.0 * min(1.0, days / wanted) if wanted else 100.0


def _persona(tone: str, persona: str) -> float:
    if not tone or not persona:
        return 50.0
    return 100.0 if tone.casefold() == persona.casefold() else 0.0


def _alike(words: Words, other: Words) -> float:
    both = len(words & other)
    either = len(words) + len(other) - both
    return both / either if either else 1.0


def _lately(copies: Sequence[Copy], rules: Rules, week_start: date) -> list[tuple[str, Words]]:
    """Return id and words of the copies that were used last, within the days wanted between two uses."""
    days = next(iter(rules.reuse_days), 0)
    worn = sorted((rested(copy, week_start), copy.copy_id, copy.text) for copy in copies)
    return [(copy_id, words_of(text)) for rest, copy_id, text in worn[:_COMPARED] if rest < days]
