"""What a post loses where a week has more of them than its audience is used to.

A creator's weeks say little of it, since most have nearly the same number of posts; yet a plan that trebles them must
not promise three times the money. So what the weeks do not say is taken as it is for most, and how unsure that is
widens the interval.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from math import log, sqrt
from statistics import fmean
from typing import NamedTuple

from tasks.creators.context import Sample

MOST_LOSE = 0.3
"""Of one per cent, what a post loses for one per cent more posts where the creator's own weeks do not tell."""
USUAL = 0.5
"""Standard deviation of that over creators: what a few noisy weeks are drawn by."""
_LEAST = 0.01
"""US dollars: posts that bring less than a cent bring nothing that could be compared."""
_WEEKS = 4
"""Last weeks that say how many posts are usual."""


class Crowding(NamedTuple):
    """What more posts than usual do to each."""

    factor: float = 1.0
    """What each post's value is multiplied by."""
    error: float = 0.0
    """Standard error of its logarithm."""
    usual: float = 0.0
    """Posts a week lately."""


class Response(NamedTuple):
    """How value per post answers to the number of posts, in per cent for one per cent."""

    slope: float = 0.0
    weight: float = 0.0
    """From 0 to 1: how far it can be relied on."""


def crowding(week_start: date, past: Sequence[Sample], posts: int) -> Crowding:
    """Return what so many posts in a week do to each of them."""
    weeks = Counter((sample.posted_on - week_start).days // 7 for sample in past)
    # The last one may be known in part only.
    lately = [weeks[week] for week in sorted(weeks, reverse=True)][: _WEEKS + 1]
    usual = fmean(sorted(lately)[-_WEEKS:]) if lately else 0.0
    if not usual or posts <= usual:
        return Crowding(usual=usual)
    more, response = log(posts / usual), response_of(week_start, past)
    loss = response.weight * -response.slope + (1 - response.weight) * MOST_LOSE
    error = USUAL * sqrt(1 - response.weight) * more
    return Crowding((posts / usual) ** -max(0.0, min(1.0, loss)), error, usual)


def response_of(week_start: date, past: Sequence[Sample]) -> Response:
    """Return what the weeks tell, by least squares over them with a trend taken out."""
    weeks: dict[int, list[float]] = {}
    for sample in past:
        weeks.setdefault((sample.posted_on - week_start).days // 7, []).append(max(sample.value, 0.0))
    known = [(week, values) for week, values in weeks.items() if fmean(values) >= _LEAST]
    if len(known) < 4:
        return Response()
    times = [float(week) for week, _ in known]
    posts = _rest([log(len(values)) for _, values in known], times)
    worth = _rest([log(fmean(values)) for _, values in known], times)
    squares = sum(each * each for each in posts)
    if squares < 1e-9:
        return Response()
    slope = sum(a * b for a, b in zip(posts, worth, strict=True)) / squares
    left = sum((b - slope * a) ** 2 for a, b in zip(posts, worth, strict=True)) / (len(known) - 3)
    return Response(slope, USUAL**2 / (USUAL**2 + left / squares))


def _rest(values: Sequence[float], times: Sequence[float]) -> list[float]:
    """Return what is left of values once their mean and their trend are taken out."""
    middle, mean = fmean(times), fmean(values)
    squares = sum((time - middle) ** 2 for time in times)
    slope = sum((time - middle) * (value - mean) for time, value in zip(times, values, strict=True)) / squares
    return [value - mean - slope * (time - middle) for time, value in zip(times, values, strict=True)]
