"""What preflight warns of: a week can be planned, and will be the worse for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from tasks.complaints import nearest
from tasks.creators.context import AudienceWeek, CreatorContext
from tasks.creators.findings import Check
from tasks.creators.rules import Rules
from tasks.creators.slot_types import SLOT_TYPES
from tasks.creators.slots import wanted_per_day
from tasks.creators.supply import Supply, supplies
from tasks.words import count as count_of
from tasks.words import share

FEW_SAMPLES = 30
"""Below this, a creator's own samples say little, and the forecast is mostly that of similar creators."""
_SIGN = 0.05
"""Growth of the lapsing share, or loss of audience, over four weeks that is worth a warning."""
_WEEKS = 5


def forewarnings(context: CreatorContext, rules: Rules, week_start: date) -> list[Check]:
    """Return what was looked at beyond what a week needs, each passed or not."""
    supply = supplies(context, rules, week_start)
    return [
        _for_the_week(list(supply.values()), sum(wanted_per_day(context.known.tier, rules))),
        _slot_types(list(supply.values()), rules),
        _samples(len(context.samples), context.known.base_price),
        _audience(context.audience),
        _prime_hours(rules),
        _excluded(rules),
    ]


def _for_the_week(supply: Sequence[Supply], posts: int) -> Check:
    fresh, usable = sum(each.fresh for each in supply), sum(each.usable for each in supply)
    note = f"{count_of(fresh, 'fresh text')} and {usable - fresh} used lately, for {count_of(posts, 'post')}"
    return Check(name="copy for the week", passed=fresh >= posts, note=note)


def _slot_types(supply: Sequence[Supply], rules: Rules) -> Check:
    thin = sorted(each.slot_type for each in supply if each.usable == 1)
    note = f"copy for {count_of(len(supply), 'slot type')}, at least {rules.min_slot_types} are wanted"
    if thin:
        note = f"one text only for {', '.join(thin)}; {note}"
    return Check(name="slot types", passed=len(supply) >= rules.min_slot_types and not thin, note=note)


def _samples(number: int, price: float) -> Check:
    note = count_of(number, "sample")
    if number < FEW_SAMPLES:
        note += f"; fewer than {FEW_SAMPLES} say little"
    if not number and price <= 0:
        note += ", and base_price is 0: nothing says what a post brings"
    return Check(name="samples", passed=number >= FEW_SAMPLES, note=note)


def _audience(weeks: Sequence[AudienceWeek]) -> Check:
    """Look for signs of risk that need no reckoning; phase 2 weighs them."""
    sizes: dict[date, dict[str, int]] = defaultdict(dict)
    for week in weeks:
        sizes[week.week_start][week.segment] = week.size
    last = [sizes[start] for start in sorted(sizes)][-_WEEKS:]
    totals = [sum(each.values()) for each in last]
    if len(last) < 2 or not totals[0] or not totals[-1]:
        return Check(name="audience", passed=True, note="no weeks to compare")
    shares = [each.get("lapsing", 0) / total for each, total in zip(last, totals, strict=True) if total]
    grown, lost = shares[-1] - shares[0], 1 - totals[-1] / totals[0]
    note = f"lapsing {share(shares[-1], 1)}, {share(shares[0], 1)} {count_of(len(last) - 1, 'week')} before"
    if lost >= _SIGN:
        note += f"; {share(lost, 1)} smaller"
    return Check(name="audience", passed=grown < _SIGN and lost < _SIGN, note=note)


def _prime_hours(rules: Rules) -> Check:
    lost = sorted(set(rules.prime_hours) & set(rules.avoid_hours))
    note = f"avoided: {', '.join(map(str, lost))}" if lost else ""
    return Check(name="prime hours", passed=not lost, note=note)


def _excluded(rules: Rules) -> Check:
    unknown = [name for name in rules.excluded_slot_types if name not in SLOT_TYPES]
    notes = [f"{name!r} is no slot type. {nearest(name, list(SLOT_TYPES))}".rstrip() for name in unknown]
    return Check(name="excluded slot types", passed=not unknown, note=" ".join(notes))
