"""The level that a creator's posts have, week by week, and where it will be in the planned one.

How fast a level drifts, whether it has a trend, whether single weeks stand out and whether it once jumped differs
from creator to creator, and twelve weeks say it only roughly. So every combination is tried with a Kalman filter, and
their forecasts are averaged by how well each foresaw the weeks that came. How fast the past loses weight follows from
the data: where a level is steady all weeks count, after a jump only those behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import exp, log, pi, sqrt

_DRIFTS = {0.0: 3, 0.05: 3, 0.12: 2, 0.25: 2}
"""Standard deviations of the logarithm, from week to week, and how likely each is before any week is looked at:
most levels are calm."""
_TRENDS = {0.0: 3, 0.04: 2, 0.1: 1}
_SHOCKS = {0.0: 2, 0.1: 2, 0.25: 1}
_CALM = 0.1
"""Beside a jump or an odd week no more drift or shock than this: else they could not be told apart."""
_ODD = 0.6
"""Standard deviation of the logarithm of a week that stands out, and is no sign of what comes."""
_JUMP = 0.7
"""Standard deviation of the logarithm of a jump: by half or to the double."""
_RARE = 0.15
"""Probability of a jump in so many weeks, and of an odd week."""
_LONG = 12


@dataclass(frozen=True)
class Week:
    """What a week's posts say of its level."""

    ago: int
    """1 is the week before the planned one."""
    level: float
    """Logarithm, from some zero that all weeks share."""
    variance: float
    """Of the level, as far as it comes from having few posts."""


@dataclass(frozen=True)
class Level:
    """The planned week's level."""

    mean: float
    """Logarithm, from the same zero."""
    error: float
    """Standard deviation of what the level will be around that."""
    half_life: float
    """Weeks after which a week counts half."""


@dataclass(frozen=True)
class _Model:
    """Variances of what may happen to a level: from week to week, to its trend, in one week only; and a jump."""

    drift: float
    trend: float
    shock: float
    weight: float
    jump_ago: int = 0
    odd_ago: int = 0


def foresee(weeks: Sequence[Week], known: float, known_error: float) -> Level:
    """Return the level of the planned week, from weeks given with the oldest first.

    `known` is where the level is thought to be without any of them, and `known_error` how far that may be off.
    """
    if not weeks:
        return Level(known, known_error, 0.0)
    runs = [_run(model, weeks, known, known_error**2) for model in _models(weeks)]
    best = max(weight for weight, *_ in runs)
    runs = [(exp(weight - best), mean, variance, gain) for weight, mean, variance, gain in runs]
    whole = sum(weight for weight, *_ in runs)
    mean = sum(weight * each for weight, each, _, _ in runs) / whole
    variance = sum(weight * (spread + (each - mean) ** 2) for weight, each, spread, _ in runs) / whole
    gain = sum(weight * each for weight, _, _, each in runs) / whole
    return Level(mean, sqrt(variance), log(0.5) / log(1 - min(max(gain, 0.01), 0.999)))


def _models(weeks: Sequence[Week]) -> list[_Model]:
    still = [
        _Model(drift**2, trend**2, shock**2, often * more * most)
        for (drift, often), (trend, more), (shock, most) in product(_DRIFTS.items(), _TRENDS.items(), _SHOCKS.items())
    ]
    calm = [model for model in still if not model.trend and max(model.drift, model.shock) <= _CALM**2]
    odd = [replace(model, odd_ago=week.ago) for model in calm for week in weeks]
    jumps = [replace(model, jump_ago=week.ago) for model in calm for week in weeks[1:]]
    share = _RARE * min(len(weeks), _LONG) / _LONG
    return _shared(still, 1 - 2 * share) + _shared(odd, share) + _shared(jumps, share)


def _shared(models: Sequence[_Model], share: float) -> list[_Model]:
    whole = sum(model.weight for model in models)
    return [replace(model, weight=share * model.weight / whole) for model in models]


def _run(model: _Model, weeks: Sequence[Week], known: float, known_variance: float) -> tuple[float, ...]:
    """Filter the weeks; return the model's log likelihood, its forecast, the variance of that, and its last gain."""
    level, slope = known, 0.0
    p_level, p_cross, p_slope = known_variance, 0.0, model.trend
    ago, likelihood, gain = weeks[0].ago, log(model.weight), 0.0
    for week in weeks:
        for step in range(ago - 1, week.ago - 1, -1):
            level += slope
            p_level += 2 * p_cross + p_slope + model.drift + (_JUMP**2 if step == model.jump_ago else 0.0)
            p_cross += p_slope
        ago = week.ago
        off = week.level - level
        variance = p_level + week.variance + model.shock + (_ODD**2 if week.ago == model.odd_ago else 0.0)
        likelihood -= (log(2 * pi * variance) + off * off / variance) / 2
        gain, slope_gain = p_level / variance, p_cross / variance
        level += gain * off
        slope += slope_gain * off
        p_slope -= slope_gain * p_cross
        p_cross -= gain * p_cross
        p_level -= gain * p_level
    level += ago * slope
    p_level += 2 * ago * p_cross + ago * ago * p_slope + ago * model.drift
    return likelihood, level, p_level + model.shock, gain
