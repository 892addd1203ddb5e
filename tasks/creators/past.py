"""What a creator's own posts say: their factors, the level of each week, and the planned week's.

Factors and levels are found in turn. Posts are compared with the level of their own week, so that a kind that was
mostly posted while all went well is not taken for a good one; and weeks with their factors taken out, so that a week
of good kinds is not taken for a good week.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, expm1, log, log1p

from tasks.creators.context import Sample
from tasks.creators.levels import Level, Week, foresee
from tasks.creators.shrinkage import Cells, Effects, fit

_HALF_LIFE = 8.0
"""Weeks after which a post counts half for the factors. An audience's habits change over months, and there are few
posts to each factor: a shorter memory would lose more to chance than it gained. The level has a memory of its own."""
_OWN_UNKNOWN = 1.0
"""Standard deviation of the logarithm of a week's level around the mean of all, before it is looked at."""
_ROUNDS = 2
_WEEKS = 12
"""What is older says little of today, and seasons take longer than that to come round."""


@dataclass(frozen=True)
class Post:
    """A post that was made: its slot type, day and hour, and what it brought."""

    keys: tuple[str, int, int]
    ago: int
    """Weeks before the planned one; 1 is the last."""
    value: float
    weight: float


@dataclass(frozen=True)
class Past:
    """What was found in a creator's own posts."""

    posts: list[Post]
    effects: Effects
    cells: Cells
    levels: dict[int, float]
    """US dollars by weeks ago."""
    fitted: list[float]
    """What each post would have brought by the factors and its week's level."""
    level: Level
    """Of the planned week, as the logarithm of US dollars."""


def read(samples: Sequence[Sample], week_start: date) -> list[Post]:
    """Return the samples of the twelve weeks before the week, in an order that does not depend on theirs."""
    posts = []
    for sample in samples:
        if 0 < (days := (week_start - sample.posted_on).days) <= 7 * _WEEKS:
            ago = (days + 6) // 7
            keys = (sample.slot_type, sample.posted_on.weekday(), sample.hour % 24)
            posts.append(Post(keys, ago, max(sample.value, 0.0), 0.5 ** (ago / _HALF_LIFE)))
    return sorted(posts, key=lambda post: (-post.ago, post.keys, post.value))


def past_of(posts: Sequence[Post], known: Effects) -> Past:
    """Find factors and levels of posts, the factors drawn towards those that are `known`."""
    mean = sum(post.value for post in posts) / len(posts)
    path = dict.fromkeys((post.ago for post in posts), log(mean))
    effects = known
    for _ in range(_ROUNDS):
        cells = _cells(posts, path)
        effects = fit(cells, known, effects)
        weeks = _weeks(posts, path, effects)
        path = _smooth(weeks)
    levels = {ago: exp(level) for ago, level in path.items()}
    fitted = [levels[post.ago] * exp(effects.of(post.keys)) for post in posts]
    return Past(list(posts), effects, cells, levels, fitted, foresee(weeks, log(mean), _OWN_UNKNOWN))


def _cells(posts: Sequence[Post], path: dict[int, float]) -> Cells:
    slots, days, hours = zip(*(post.keys for post in posts), strict=True)
    levels = {ago: exp(level) for ago, level in path.items()}
    squashed = [log1p(post.value / levels[post.ago]) for post in posts]
    weights = [post.weight for post in posts]
    square = sum(weight * each * each for weight, each in zip(weights, squashed, strict=True))
    return Cells((slots, days, hours), weights, squashed, square)


def _weeks(posts: Sequence[Post], path: dict[int, float], effects: Effects) -> list[Week]:
    """Return the level of each week, oldest first, by its posts' mean log(1 + value / what was fitted)."""
    by_week: dict[int, list[float]] = defaultdict(list)
    for post in posts:
        by_week[post.ago].append(log1p(post.value / exp(path[post.ago] + effects.of(post.keys))))
    mean = sum(sum(each) for each in by_week.values()) / len(posts)
    slope = exp(mean) / expm1(mean)
    weeks = []
    for ago, found in sorted(by_week.items(), reverse=True):
        middle = (sum(found) + mean / 2) / (len(found) + 0.5)  # half a post more, so that a week of zeros has a level
        level = path[ago] + log(expm1(middle))
        weeks.append(Week(ago, level, effects.noise * slope * slope / len(found)))
    return weeks


def _smooth(weeks: Sequence[Week]) -> dict[int, float]:
    """Return each week's level with its neighbours' help, the more of it the fewer posts it has."""
    path = {}
    for week in weeks:
        shares = [0.5 ** abs(week.ago - other.ago) / other.variance for other in weeks]
        path[week.ago] = sum(s * other.level for s, other in zip(shares, weeks, strict=True)) / sum(shares)
    return path
