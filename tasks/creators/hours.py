"""Hours for the posts of a day: the best that keep their distance, and other than the day before where that is free."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from random import Random

from tasks.creators.findings import Forecast
from tasks.creators.rules import Rules
from tasks.creators.spacing import Before, DayRoom, spacings
from tasks.creators.week_plan import WeekPlan

Fits = Callable[[list[int]], bool]
"""Whether a day has room for posts in these hours, given in order."""


def ranked(rules: Rules, forecast: Forecast, room: DayRoom) -> list[int]:
    """Return a day's hours, the best first: by the forecast, and where it sees no difference, prime hours lead."""

    def key(hour: int) -> tuple[float, bool, int, int]:
        far = sum(abs(hour - prime) for prime in rules.prime_hours)
        return -worth(forecast, hour), hour not in rules.prime_hours, far, hour

    return sorted(room.moments, key=key)


def passed_over(rules: Rules, plan: WeekPlan) -> list[str]:
    """Say which prime hours that somebody has given a week does without, and why."""
    if rules.prime_hours == Rules().prime_hours:
        return []
    used = {post.hour for post in plan.main_posts}
    left = sorted(set(rules.prime_hours) - set(rules.avoid_hours) - used)
    hours = ", ".join(map(str, left))
    why = "what posts have brought gives other hours more"
    return [f"No post is in the prime hours {hours}: {why}."] if left else []


def worth(forecast: Forecast, hour: int) -> float:
    """Return what an hour multiplies a value by; differences below one percent say nothing."""
    return round(forecast.by_hour[hour], 2)


def choose(count: int, best: Sequence[int], room: DayRoom, rules: Rules, before: Before) -> list[int] | None:
    """Return hours for so many posts, in order and after what stands `before`; None where they do not fit.

    First such that a follow-up fits behind each, then an hour apart, then as near as spacing lets them, and spacing is
    relaxed last.
    """
    for apart in _distances(rules):
        chosen = _apart(count, best, apart, fits_in(room, rules, before))
        if len(chosen) == count:
            return chosen
    for spacing in spacings(rules):
        packed = room.packed(spacing, before.free_from(spacing))
        if len(packed) >= count:
            place = {hour: index for index, hour in enumerate(best)}
            return sorted(sorted(packed, key=lambda hour: place[hour])[:count])
    return None


def fits_in(room: DayRoom, rules: Rules, before: Before) -> Fits:
    """Return what says whether hours fit into a day, after what stands `before`, at the spacing that is wanted."""
    spacing = rules.spacing_minutes
    return lambda hours: room.earliest(hours, spacing, before.free_from(spacing)) is not None


def unlike(
    before: Sequence[int], hours: Sequence[int], fits: Fits, worth_of: Callable[[int], float], draw: Random
) -> list[int]:
    """Return a day's hours, one of them moved by an hour when they are those of the day before and it costs nothing.

    Nothing: the forecast gives the other hour as much, and a follow-up still fits behind each post that had room.
    """
    if list(before) != list(hours):
        return list(hours)
    moves = [(index, step) for index in range(len(hours)) for step in (-1, 1)]
    for index, step in draw.sample(moves, len(moves)):
        moved = [*hours[:index], hours[index] + step, *hours[index + 1 :]]
        is_free = 0 <= moved[index] < 24 and worth_of(moved[index]) >= worth_of(hours[index]) and fits(moved)
        if is_free and _closest(moved) >= min(_closest(hours), 2):
            return moved
    return list(hours)


def _distances(rules: Rules) -> list[int]:
    """Hours between posts that are tried in turn."""
    has_follow_ups = rules.follow_up_share > 0 and rules.follow_ups_per_day > 0
    wanted = rules.spacing_minutes + (rules.follow_up_delay[0] if has_follow_ups else 0)
    roomy = max(1, -(-wanted // 60))
    return list(range(roomy, 0, -1))


def _apart(count: int, best: Sequence[int], apart: int, fits: Fits) -> list[int]:
    chosen: list[int] = []
    for hour in best:
        trial = sorted([*chosen, hour])
        if len(chosen) < count and _closest(trial) >= apart and fits(trial):
            chosen = trial
    return chosen


def _closest(hours: Sequence[int]) -> int:
    return min((second - first for first, second in pairwise(hours)), default=24)
