"""Where the posts of a day may stand, and exact minutes for posts whose hours are chosen.

A day has room for hours when each post, put as early as it can be, still lies within its hour: with distances between
neighbours only, earliest first decides that exactly. Days meet at midnight, where the later one gives way.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from random import Random
from typing import NamedTuple

from tasks.creators.clock import Clock
from tasks.creators.rules import Rules


@dataclass(frozen=True)
class DayRoom:
    """The times of one day at which something may be posted, as minutes since the week began."""

    moments: Mapping[int, Sequence[int]]
    """By hour, in order; hours that are avoided or do not exist are not there."""
    minute_of: Mapping[int, int]
    """Minute after midnight of each moment."""
    start: int
    """Moment at which the day begins."""
    most: int
    """Posts in one hour."""

    def earliest(self, hours: Sequence[int], spacing: int, after: int = 0) -> list[int] | None:
        """Return the earliest moment of each post, from `after` on; None where these hours, in order, do not fit."""
        if any(hours.count(hour) > self.most for hour in set(hours)):
            return None
        placed: list[int] = []
        for hour in hours:
            options = self.moments.get(hour, ())
            at = bisect_left(options, placed[-1] + distance(spacing) if placed else after)
            if at == len(options):
                return None
            placed.append(options[at])
        return placed

    def packed(self, spacing: int, after: int = 0) -> list[int]:
        """Return the hours of as many posts as fit into the day at all."""
        hours: list[int] = []
        free_from = after
        for hour, options in sorted(self.moments.items()):
            for _ in range(self.most):
                at = bisect_left(options, free_from)
                if at < len(options):
                    hours.append(hour)
                    free_from = options[at] + distance(spacing)
        return hours

    def capacity(self, spacing: int) -> int:
        """Return how many posts fit whatever stands late on the day before."""
        return len(self.packed(spacing, self.start + spacing))


class Before(NamedTuple):
    """Where the posts of the days before end."""

    moment: int = -1440
    spacing: int = 0

    def free_from(self, spacing: int) -> int:
        """Return from when on a day may begin whose own spacing this is: between two days the smaller holds."""
        return self.moment + distance(min(self.spacing, spacing))


def rooms_of(rules: Rules, clock: Clock) -> list[DayRoom]:
    """Return the room of each day of a week."""
    return list(_rooms(frozenset(rules.avoid_hours), rules.jitter_minutes, rules.max_per_hour, clock))


@lru_cache(maxsize=16)  # Most creators share the same few; each holds some ten thousand minutes.
def _rooms(avoided: frozenset[int], jitter: tuple[int, int], most: int, clock: Clock) -> tuple[DayRoom, ...]:
    rooms = []
    for day in range(7):
        minutes = {hour: clock.minutes(jitter, day, hour) for hour in range(24) if hour not in avoided}
        minute_of = {clock.moment(day, minute): minute for each in minutes.values() for minute in each}
        moments: dict[int, list[int]] = {}
        for moment, minute in minute_of.items():
            moments.setdefault(minute // 60, []).append(moment)
        rooms.append(DayRoom(moments, minute_of, clock.moment(day, 0), most))
    return tuple(rooms)


def distance(spacing: int) -> int:
    """Return the minutes between two posts where `spacing` holds: never the same minute."""
    return max(1, spacing)


def spacings(rules: Rules) -> list[int]:
    """Return the spacing that is wanted, and what it may be relaxed to, in order."""
    steps = [rules.spacing_minutes]
    for step in rules.spacing_relaxed:
        if step < steps[-1]:
            steps.append(step)
    return steps


def week_spacing(hours: Sequence[Sequence[int]], rooms: Sequence[DayRoom], rules: Rules) -> list[int | None]:
    """Return for each day the widest spacing at which its posts fit into their hours; None where none does.

    It is wider than what is wanted where that leaves follow-ups their place and takes nothing from another day.
    """
    needed = _widest_of_all(hours, rooms, spacings(rules))
    roomy = _widest_of_all(hours, rooms, [*with_follow_ups(rules), *spacings(rules)])
    is_free = all(
        held is not None and wide is not None and wide >= held for held, wide in zip(needed, roomy, strict=True)
    )
    return roomy if is_free else needed


def with_follow_ups(rules: Rules) -> list[int]:
    """Return spacings, the widest first, at which a follow-up fits between two posts; none where none is wanted."""
    if rules.follow_up_share == 0 or rules.follow_ups_per_day == 0:
        return []
    soonest, latest = rules.follow_up_delay
    return [rules.spacing_minutes + delay for delay in ((soonest + latest) // 2, soonest)]


def _widest_of_all(hours: Sequence[Sequence[int]], rooms: Sequence[DayRoom], steps: Sequence[int]) -> list[int | None]:
    """Go from the last day back, so that each day is known to leave the first post of the next its place.

    None takes what the day before needs at least.
    """
    found: list[int | None] = []
    later, bound = steps[0], math.inf
    for of_day, room, after in zip(*map(reversed, (hours, rooms, _starts(hours, rooms, steps[-1]))), strict=True):
        step = _widest(of_day, room, steps, (after, later, bound))
        found.append(step)
        if of_day and step is not None:
            options = [room.moments[hour] for hour in of_day]
            gaps = [distance(step)] * (len(of_day) - 1)
            bound = _latest(options, gaps, bound - distance(min(step, later)))[0]
            later = step
    return found[::-1]


def exact_minutes(
    hours: Sequence[Sequence[int]], spacing: Sequence[int], rooms: Sequence[DayRoom], key: str
) -> list[list[int]]:
    """Return minutes after midnight for the posts of each day, whose hours are given in order and fit.

    Each is drawn from all that leave room for what follows, so distances hold after the draw and not before it. `key`
    names creator, week and seed; the same key draws the same minutes.
    """
    days = [day for day, of_day in enumerate(hours) for _ in of_day]
    options = [rooms[day].moments[hour] for day, of_day in enumerate(hours) for hour in of_day]
    gaps = [distance(min(spacing[first], spacing[second])) for first, second in pairwise(days)]
    latest = _latest(options, gaps, math.inf)
    draws = [Random(f"{key}:{day}:minutes") for day in range(len(hours))]
    found: list[list[int]] = [[] for _ in hours]
    free_from = 0
    for day, moments, last, gap in zip(days, options, latest, [*gaps, 0], strict=False):
        chosen = draws[day].choice(moments[bisect_left(moments, free_from) : bisect_right(moments, last)])
        found[day].append(rooms[day].minute_of[chosen])
        free_from = chosen + gap
    return found


def _starts(hours: Sequence[Sequence[int]], rooms: Sequence[DayRoom], closest: int) -> list[int]:
    """Return from when on each day may begin, where all posts before it stand as early and as near as they may."""
    starts, free_from = [], 0
    for of_day, room in zip(hours, rooms, strict=True):
        starts.append(free_from)
        if placed := room.earliest(of_day, closest, free_from):
            free_from = placed[-1] + distance(closest)
    return starts


def _widest(hours: Sequence[int], room: DayRoom, steps: Sequence[int], around: tuple[int, int, float]) -> int | None:
    """Return the widest spacing of a day; `around` is its start, and spacing and latest beginning of what follows."""
    after, later, bound = around
    for step in steps:
        placed = room.earliest(hours, step, after)
        if placed is not None and (not placed or placed[-1] + distance(min(step, later)) <= bound):
            return step
    return None


def _latest(options: Sequence[Sequence[int]], gaps: Sequence[int], end: float) -> list[int]:
    """Return the latest moment of each post at which all later ones still find theirs, the last by `end`."""
    latest: list[int] = []
    for moments, gap in zip(reversed(options), [0, *reversed(gaps)], strict=False):
        limit = latest[-1] - gap if latest else end
        latest.append(moments[bisect_right(moments, limit) - 1])
    return latest[::-1]
