"""What there is to post: copy by slot type, how fresh it is, and which slot types deserve posts most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from tasks.creators.context import Copy, CreatorContext, Sample
from tasks.creators.rules import Rules
from tasks.creators.slot_types import SLOT_TYPES

_PRIOR_SAMPLES = 5
"""A slot type's mean counts in full only beside many more samples than this of the middling."""
_BOUNDS = (0.5, 2.0)
"""How far samples may move a slot type's weight: a few lucky posts are no reason to post nothing else."""


class Supply(NamedTuple):
    """What a creator has for one slot type."""

    slot_type: str
    usable: int
    """Copies that have done well enough, however lately they were used."""
    fresh: int
    """Those of them that need no relaxing."""
    weight: float
    """Priority of the slot type times what its samples say of it; more means more posts."""


def allowed_types(rules: Rules) -> list[str]:
    """Return the slot types that the rules leave; what another has to go before goes with that one."""
    left = [name for name in SLOT_TYPES if name not in rules.excluded_slot_types]
    return with_what_they_need(left)


def with_what_they_need(names: Sequence[str]) -> list[str]:
    """Return those slot types of which what has to go before them is there as well."""
    return [name for name in names if SLOT_TYPES[name].needs in ("", *names)]


def supplies(context: CreatorContext, rules: Rules, week_start: date) -> dict[str, Supply]:
    """Return what there is for each slot type that has copy at all, the weightiest first.

    All that are allowed when there is no copy whatever: then all of it is to be written by hand.
    """
    usable: dict[str, list[Copy]] = defaultdict(list)
    for copy in context.copies:
        if copy.performance >= rules.min_copy_performance:
            usable[copy.slot_type].append(copy)
    factors = _factors(context.samples)
    fresh_days = next(iter(rules.reuse_days), 0)
    allowed = allowed_types(rules)
    found = [
        Supply(
            name,
            len(usable[name]),
            sum(rested(copy, week_start) >= fresh_days for copy in usable[name]),
            SLOT_TYPES[name].priority * factors.get(name, 1.0),
        )
        for name in (with_what_they_need([name for name in allowed if usable[name]]) or allowed)
    ]
    return {supply.slot_type: supply for supply in sorted(found, key=lambda each: (-each.weight, each.slot_type))}


def rested(copy: Copy, week_start: date) -> float:
    """Return days between the week and a copy's nearest use, before or after it; infinite for one that is new."""
    last_day = week_start + timedelta(days=6)
    uses = [used for used in (copy.last_used_on, copy.next_used_on) if used is not None]
    return min((max(0, (week_start - used).days, (used - last_day).days) for used in uses), default=float("inf"))


def _factors(samples: Sequence[Sample]) -> dict[str, float]:
    """Return by slot type what its posts brought against the middling one, drawn towards it where there are few."""
    if not samples:
        return {}
    mean = sum(sample.value for sample in samples) / len(samples)
    values: dict[str, list[float]] = defaultdict(list)
    for sample in samples:
        values[sample.slot_type].append(sample.value)
    if mean <= 0:
        return {}
    least, most = _BOUNDS
    return {
        name: min(most, max(least, (sum(each) + _PRIOR_SAMPLES * mean) / (len(each) + _PRIOR_SAMPLES) / mean))
        for name, each in values.items()
    }
