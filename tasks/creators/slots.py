"""Phase 4: how many posts each day has, of which kinds, and what each day is for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from tasks.creators.clock import DAY_NAMES, clock_of
from tasks.creators.context import CreatorContext, rules_for
from tasks.creators.findings import AudienceRisk, Performance, Risk
from tasks.creators.mix import Mix, content_of, mix_of
from tasks.creators.models import CreatorItem
from tasks.creators.rules import Rules, Tier
from tasks.creators.spacing import rooms_of, spacings
from tasks.creators.spreading import lead, spread
from tasks.creators.supply import Supply, supplies
from tasks.creators.week_plan import DayStrategy, PlannedPost, WeekPlan
from tasks.words import count as count_of

_SURE = 0.5
"""Confidence from which what the samples say of volume counts."""
_MOST_PER_DAY = 40
_SATURATED, _OPEN, _NOT_SATURATED = 60.0, 60.0, 40.0


def allocate(item: CreatorItem, context: CreatorContext, performance: Performance, risk: AudienceRisk) -> WeekPlan:
    """Return the week's posts by day and slot type, and each day's strategy.

    A worn audience, or posts that lose value, take one post from each day; an audience that wants more gets one more
    a day. Slot types share the week by their weight as seats are shared by votes, as far as copy reaches.
    """
    rules = rules_for(context.known, item.rules)
    move, because = shift(performance, risk)
    per_day = posts_per_day(item, context, rules, move)
    supply = supplies(context, rules, item.week_start)
    mix, _ = mix_of(sum(per_day), supply, rules)
    days = spread(share_out(mix, supply), per_day, {name: each.weight for name, each in supply.items()})
    posts = [
        PlannedPost(post_id=f"{day}-{number:02d}", day=day, slot_type=name, content_type=content_of(name))
        for day, names in enumerate(days)
        for number, name in enumerate(names, start=1)
    ]
    strategy = [_strategy(day, names, context, rules, move, because) for day, names in enumerate(days)]
    return WeekPlan(posts=posts, strategy=strategy)


def shift(performance: Performance, risk: AudienceRisk) -> tuple[int, str]:
    """Return by how many posts a day the volume moves, and why: at most one either way."""
    is_sure = performance.confidence >= _SURE
    if risk.risk in (Risk.HIGH, Risk.CRITICAL):
        return -1, f"the audience is worn ({risk.risk})"
    if is_sure and performance.saturation >= _SATURATED:
        return -1, f"more posts brought less each (saturation {performance.saturation:.0f})"
    is_open = performance.opportunity >= _OPEN and performance.saturation < _NOT_SATURATED
    if is_sure and is_open and risk.risk is Risk.LOW:
        return 1, f"there is room for more (opportunity {performance.opportunity:.0f})"
    return 0, ""


def posts_per_day(item: CreatorItem, context: CreatorContext, rules: Rules, move: int = 0) -> list[int]:
    """Return posts for each day, never more than fit into it at the last relaxed spacing."""
    rooms = rooms_of(rules, clock_of(context.known.time_zone, item.week_start))
    closest = spacings(rules)[-1]
    wanted = wanted_per_day(context.known.tier, rules, move)
    return [min(count, room.capacity(closest)) for count, room in zip(wanted, rooms, strict=True)]


def wanted_per_day(tier: Tier, rules: Rules, move: int = 0) -> list[int]:
    """Return posts for each day by tier, weekday and `move`, within the bounds."""
    most = rules.max_per_day or _MOST_PER_DAY
    base = rules.posts_per_day[tier] + move
    return [max(rules.min_per_day, min(most, base + adjust)) for adjust in rules.day_adjust]


def share_out(mix: Mix, supply: Mapping[str, Supply]) -> Counter[str]:
    """Return posts by slot type: one for each of the weightiest, then by weight as far as fresh copy reaches.

    When fresh copy is used up, copy that needs relaxing is counted on, and only then none.
    """
    counts: Counter[str] = Counter()
    for name in mix.types:
        if len(counts) < mix.least_types and mix.room(counts, name) > 0:
            counts[name] = 1
    for reach in ({name: each.fresh for name, each in supply.items()}, {n: s.usable for n, s in supply.items()}, None):
        while counts.total() < mix.posts:
            names = [n for n in mix.types if mix.room(counts, n) > 0 and (reach is None or counts[n] < reach[n])]
            if not names:
                break
            counts[max(names, key=lambda name: supply[name].weight / (counts[name] + 1))] += 1
    return counts


def _strategy(
    day: int, names: Sequence[str], context: CreatorContext, rules: Rules, move: int, because: str
) -> DayStrategy:
    focus, number = lead(names)
    profile, adjust = context.known, rules.day_adjust[day]
    why = (
        f"{rules.posts_per_day[profile.tier]} posts a day for an audience of {profile.audience_size:,} ({profile.tier})"
    )
    if adjust:
        why += f", {adjust:+d} on {DAY_NAMES[day]}s"
    if move:
        why += f", {move:+d} because {because}"
    leads = f"; led by {focus} ({number} of {count_of(len(names), 'post')})." if names else "."
    return DayStrategy(day=day, posts=len(names), focus=focus, why=why + leads)
