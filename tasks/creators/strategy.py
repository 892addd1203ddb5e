"""What can be said of a week's strategy by counting: five sides of it, each from 0 to 100 and with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from tasks.creators.clock import DAY_NAMES
from tasks.creators.context import CreatorContext, rules_for
from tasks.creators.findings import Draft
from tasks.creators.models import CreatorItem
from tasks.creators.week_plan import PlannedPost, WeekPlan

OFFERS_A_DAY = 2
"""Offers on one day from which on more of them crowd it."""
OFFERS_APART = 180
"""Minutes between two offers, at least, for them not to crowd each other."""
OFF_COSTS = 3
"""How many times its share of the week a post too many or too few on a day costs."""
BEST_HOURS = 6
"""So many hours of the day count as the creator's own good ones, beside the prime hours of the rules."""
ENOUGH_IN_GOOD_HOURS = 0.6
"""Share of the posts in good hours that is as much as a spaced week needs."""
WEAK = 70.0
"""Below it a side is remarked on."""


class Side(NamedTuple):
    """One side of a week's strategy."""

    name: str
    score: float
    remark: str
    """What is wrong with it, where something is."""


class Strategy(NamedTuple):
    """All five; what each weighs stands in `_WEIGHTS`."""

    sides: tuple[Side, ...]

    @property
    def score(self) -> float:
        """Put them together."""
        return sum(_WEIGHTS[side.name] * side.score for side in self.sides)

    @property
    def remarks(self) -> list[str]:
        """What is weak, the weakest first."""
        weak = sorted((side for side in self.sides if side.score < WEAK), key=lambda side: side.score)
        return [side.remark for side in weak]


_WEIGHTS = {"balance": 0.20, "good_hours": 0.20, "offers": 0.15, "focus": 0.25, "copy": 0.20}


def strategy_of(item: CreatorItem, context: CreatorContext, draft: Draft, plan: WeekPlan) -> Strategy:
    """Look at all five sides of a week."""
    posts = plan.main_posts
    if not posts:
        return Strategy(tuple(Side(name, 0.0, "There is no post in the week.") for name in _WEIGHTS))
    good = good_hours(item, context, draft)
    return Strategy((_balance(plan), _good_hours(posts, good), _offers(posts), _focus(plan), _copy(plan)))


def good_hours(item: CreatorItem, context: CreatorContext, draft: Draft) -> set[int]:
    """Return the prime hours of the rules and the hours that the creator's own numbers say are best."""
    rules = rules_for(context.known, item.rules)
    allowed = [hour for hour in range(24) if hour not in rules.avoid_hours]
    best = sorted(allowed, key=lambda hour: (-draft.forecast.by_hour[hour], hour))
    return set(rules.prime_hours) | set(best[:BEST_HOURS])


def _balance(plan: WeekPlan) -> Side:
    """How near each day's number of posts is to what phase 4 decided; without a decision, to an even week."""
    counts = Counter(post.day for post in plan.main_posts)
    wanted: dict[int, float] = {day.day: day.posts for day in plan.strategy}
    wanted = wanted or dict.fromkeys(range(7), sum(counts.values()) / 7)
    off = {day: abs(counts[day] - wanted.get(day, 0)) for day in range(7)}
    score = 100 * (1 - min(1.0, OFF_COSTS * sum(off.values()) / max(1, sum(wanted.values()))))
    worst = max(off, key=lambda day: off[day])
    return Side(
        "balance", score, f"{DAY_NAMES[worst]} has {counts[worst]} posts where {wanted.get(worst, 0):g} were decided."
    )


def _good_hours(posts: list[PlannedPost], good: set[int]) -> Side:
    """What share of the posts lies in good hours, against what a spaced week can have."""
    inside = sum(post.hour in good for post in posts)
    score = 100 * min(1.0, inside / len(posts) / ENOUGH_IN_GOOD_HOURS)
    return Side("good_hours", score, f"Only {inside} of {len(posts)} posts are in good hours.")


def _offers(posts: list[PlannedPost]) -> Side:
    """Whether offers crowd a day or each other."""
    offers = [post for post in posts if post.content_type == "offer"]
    crowded = {day: count for day, count in Counter(post.day for post in offers).items() if count > OFFERS_A_DAY}
    close = [day for day, apart in _gaps(offers) if apart < OFFERS_APART]
    score = max(0.0, 100.0 - 20 * sum(count - OFFERS_A_DAY for count in crowded.values()) - 8 * len(close))
    days = ", ".join(DAY_NAMES[day] for day in sorted({*crowded, *close}))
    hours = OFFERS_APART // 60
    return Side("offers", score, f"Offers are crowded on {days}: over {OFFERS_A_DAY}, or within {hours} hours.")


def _focus(plan: WeekPlan) -> Side:
    """On how many days the focus that was decided leads: is there, and no other content type is there more often."""
    days = [day for day in plan.strategy if day.posts and day.focus]
    if not days:
        return Side("focus", 100.0, "")
    kept = {day.day: _keeps(plan, day.day, day.focus) for day in days}
    lost = ", ".join(DAY_NAMES[day] for day, points in kept.items() if points < 1)
    return Side("focus", 100 * sum(kept.values()) / len(days), f"The focus that was decided is not kept on {lost}.")


def _keeps(plan: WeekPlan, day: int, focus: str) -> float:
    counts = Counter(post.content_type for post in plan.main_posts if post.day == day)
    if not counts[focus]:
        return 0.0
    return 1.0 if counts[focus] == max(counts.values()) else 0.7


def _copy(plan: WeekPlan) -> Side:
    """What share of the posts has copy that no other post of the week has."""
    posts = plan.main_posts
    used = Counter(post.copy_id for post in posts if post.copy_id)
    score = 100 * len(used) / len(posts)
    missing, twice = sum(not post.copy_id for post in posts), sum(count - 1 for count in used.values())
    return Side("copy", score, f"{missing} posts have no copy, and {twice} repeat one.")


def _gaps(offers: list[PlannedPost]) -> Iterator[tuple[int, int]]:
    """Yield day and minutes between offers that follow each other on one day."""
    for day in range(7):
        times = sorted(post.minute_of_day for post in offers if post.day == day and post.minute_of_day is not None)
        yield from ((day, two - one) for one, two in pairwise(times))
