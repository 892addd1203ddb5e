"""How far what comes may lie from what is expected: intervals that hold in four of five cases.

What posts bring is as good as never negative and often far above the rule, so it is the logarithm that is taken as
normal. Two things move it: what befalls one post alone, which evens out over a week, and how far the level itself
was missed, which moves all posts of the week together and does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, expm1, hypot, log, log1p, sqrt
from statistics import NormalDist

NINETIETH = NormalDist().inv_cdf(0.9)
"""From the tenth to the ninetieth percentile lie 80 % of all cases."""
STANDARD = tuple(NormalDist().inv_cdf((n + 0.5) / 20) for n in range(20))
"""Twenty equally likely values of a standard normal variable."""
NEUTRAL_SPREAD = 0.8
"""Of one post where nothing is known: the 80 % from a quarter of the expected value to twice as much."""
_SPREADS = tuple(n / 20 for n in range(2, 41))
FEW = 15.0
"""As many posts of one's own weigh as much as what is known from others."""


def interval(expected: float, spread: float, level_error: float) -> tuple[float, float]:
    """Return the 10th and the 90th percentile of what has this mean, once the level is given.

    `spread` and `level_error` are standard deviations of logarithms: of the thing itself, and of its level.
    """
    reach = NINETIETH * hypot(spread, level_error)
    middle = -spread * spread / 2
    return expected * min(1.0, exp(middle - reach)), expected * max(1.0, exp(middle + reach))


def spread_of_sum(values: Sequence[float], spread: float) -> float:
    """Return the standard deviation of the logarithm of a sum of posts, each with `spread` of its own.

    The sum is taken as log-normal with the mean and variance that it has: near enough from two posts on.
    """
    total = sum(values)
    if total <= 0:
        return 0.0
    return sqrt(log1p(expm1(spread * spread) * sum((value / total) ** 2 for value in values)))


def spread_from(squashed_variance: float) -> float:
    """Return the spread of values of mean 1 whose log(1 + value) has this variance: all that peers' sums can say."""
    return min(_SPREADS, key=lambda spread: abs(_squashed_variance(spread) - squashed_variance))


def spread_of(ratios: Sequence[tuple[float, float]], known: float) -> float:
    """Return the spread of values, given as (value / expected, weight).

    By what intervals cover and not by squares: a single post that went through the roof must not widen all of them.
    Posts that brought nothing have no logarithm: they add to the variance what they add to that of a sum.
    `known` is the spread of others, which a few posts of one's own are drawn towards.
    """
    some = [(ratio, weight) for ratio, weight in ratios if ratio > 0]
    weight = sum(each for _, each in some)
    share = (weight + FEW) / (sum(each for _, each in ratios) + FEW)
    pooled = [(ratio * share, each) for ratio, each in some]
    pooled += [(exp(known * x - known * known / 2), FEW / len(STANDARD)) for x in STANDARD]
    return sqrt(_covering(pooled) ** 2 - log(share))


def _covering(ratios: Sequence[tuple[float, float]]) -> float:
    """Return the smallest spread whose interval covers 80 % of the ratios, or the one that covers most."""
    whole = sum(weight for _, weight in ratios)
    best, most = _SPREADS[0], 0.0
    for spread in _SPREADS:
        low, high = interval(1.0, spread, 0.0)
        covered = sum(weight for ratio, weight in ratios if low <= ratio <= high) / whole
        if covered > most:
            best, most = spread, covered
        if covered >= 0.8:
            break
    return best


def _squashed_variance(spread: float) -> float:
    found = [log1p(exp(spread * x - spread * spread / 2)) for x in STANDARD]
    mean = sum(found) / len(found)
    return sum((each - mean) ** 2 for each in found) / len(found)
