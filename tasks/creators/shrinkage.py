"""Factors by slot type, day and hour, each drawn towards what is known already, by as much as the data are weak.

A post's value is taken as level x slot type x day x hour, and fitted to log(1 + value / level): it tells a little
from nothing, bears zeros, and grows so slowly that one post gone through the roof moves little. How far the factors
of a family differ at all is estimated from the data themselves (a method of moments); a factor with few posts, in a
family whose factors hardly differ, stays where it was expected.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from math import exp, expm1, log, log1p

_SWEEPS = 2
_DIFFERENCE = 0.1
"""Standard deviation of factors' logarithms that one imagined factor speaks for, so that data decide but for the
least of them."""
_FARTHEST = 2.0
"""No factor is above e² or below its inverse, whatever few posts seem to say."""


@dataclass(frozen=True)
class Cells:
    """Posts of one slot type, day and hour each, column by column."""

    keys: tuple[Sequence[Hashable], Sequence[Hashable], Sequence[Hashable]]
    """Slot types, days and hours."""
    weights: Sequence[float]
    """How many posts; fewer when they are old."""
    means: Sequence[float]
    """Of log(1 + value / level)."""
    square: float
    """Sum of the squares of log(1 + value / level), weighted, over all cells."""


@dataclass
class Effects:
    """Logarithms of the factors, by family (slot type, day, hour) and key."""

    base: float = 0.0
    families: tuple[dict[Hashable, float], ...] = field(default_factory=lambda: ({}, {}, {}))
    noise: float = 0.25
    """Variance of log(1 + value / level) around what the factors say."""

    def of(self, keys: tuple[str, int, int]) -> float:
        """Return the logarithm of all three factors."""
        slots, days, hours = self.families
        return slots.get(keys[0], 0.0) + days.get(keys[1], 0.0) + hours.get(keys[2], 0.0)


def fit(cells: Cells, known: Effects, start: Effects | None = None) -> Effects:
    """Return the effects of `cells`, drawn towards those that are `known`; `start` is a first guess."""
    whole = sum(cells.weights)
    if whole <= 0:
        return known
    found = Effects(families=tuple(dict(family) for family in (start or known).families), noise=known.noise)
    mean = sum(weight * each for weight, each in zip(cells.weights, cells.means, strict=True)) / whole
    found.base = log(max(expm1(mean), 1e-3))
    for _ in range(_SWEEPS):
        _sweep(cells, whole, known, found)
    return found


def _sweep(cells: Cells, whole: float, known: Effects, found: Effects) -> None:
    """Go over the families once, each given the others, with log(1 + e^x) made straight where it stands."""
    columns = [[family.get(key, 0.0) for key in keys] for keys, family in zip(cells.keys, found.families, strict=True)]
    odds = [exp(found.base + a + b + c) for a, b, c in zip(*columns, strict=True)]
    off = [mean - log1p(odd) for mean, odd in zip(cells.means, odds, strict=True)]
    slopes = [odd / (1 + odd) for odd in odds]
    within = cells.square - sum(w * m * m for w, m in zip(cells.weights, cells.means, strict=True))
    between = sum(w * each * each for w, each in zip(cells.weights, off, strict=True))
    found.noise = max((within + between + known.noise) / (whole + 1), 1e-4)
    weights = [w * slope * slope / found.noise for w, slope in zip(cells.weights, slopes, strict=True)]
    rest = [each / slope for each, slope in zip(off, slopes, strict=True)]
    shift = sum(w * each for w, each in zip(weights, rest, strict=True)) / sum(weights)
    found.base = min(max(found.base + shift, -7.0), 7.0)
    for keys, column, family, before in zip(cells.keys, columns, found.families, known.families, strict=True):
        rest = [each + effect - shift for each, effect in zip(rest, column, strict=True)]
        family |= _settle(keys, weights, rest, before)
        rest = [each - family[key] for each, key in zip(rest, keys, strict=True)]
        shift = 0.0


def _settle(
    keys: Sequence[Hashable], weights: Sequence[float], rest: Sequence[float], known: dict[Hashable, float]
) -> dict[Hashable, float]:
    """Return a family's effects, from what the base and the other families leave of each cell."""
    sums = dict.fromkeys(keys, 0.0)
    totals = dict.fromkeys(keys, 0.0)
    for key, weight, left in zip(keys, weights, rest, strict=True):
        sums[key] += weight
        totals[key] += weight * left
    pull = 1 / _variance([(totals[key] / weight, weight, known.get(key, 0.0)) for key, weight in sums.items()])
    return {
        key: min(max((totals[key] + known.get(key, 0.0) * pull) / (weight + pull), -_FARTHEST), _FARTHEST)
        for key, weight in sums.items()
    }


def _variance(seen: Sequence[tuple[float, float, float]]) -> float:
    """Return how far true effects lie from the known ones: what is seen beyond what chance alone would show."""
    excess = sum(weight * (effect - known) ** 2 - 1 for effect, weight, known in seen)
    total = sum(weight for _, weight, _ in seen)
    return (max(excess, 0.0) + 1) / (total + 1 / _DIFFERENCE**2)
