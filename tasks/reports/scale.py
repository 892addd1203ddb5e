"""Round numbers for axes, and units in which they read well."""

from __future__ import annotations

import math
from typing import NamedTuple

_CLOCK_STEPS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 3 * 3600, 6 * 3600, 12 * 3600, 86400)


class Unit(NamedTuple):
    """A unit of time, and how many seconds it has."""

    name: str
    seconds: float


def unit_of(length: float) -> Unit:
    """Choose the unit in which times up to `length` seconds are written."""
    if length < 1:
        return Unit("ms", 0.001)
    if length < 180:
        return Unit("s", 1.0)
    return Unit("min", 60.0) if length < 3 * 3600 else Unit("h", 3600.0)


def round_up(amount: float) -> float:
    """Return the next number of the form 1, 2 or 5 times a power of ten."""
    if amount <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(amount))
    for factor in (1, 2, 5):
        if amount <= factor * power * (1 + 1e-9):
            return factor * power
    return 10 * power


def step_of(length: float, most: int) -> float:
    """Return a round width in seconds that divides `length` into at most `most` parts."""
    wanted = length / most
    if wanted <= 1:
        return round_up(wanted)
    return next((step for step in _CLOCK_STEPS if step >= wanted), round_up(wanted / 86400) * 86400)


def ticks(length: float, most: int = 5) -> list[float]:
    """Return round moments from 0 to `length` seconds."""
    step = step_of(length, most)
    return [step * number for number in range(int(length / step + 1e-9) + 1)]


def counts(top: float, most: int = 4) -> list[float]:
    """Return round whole numbers from 0 to at least `top`, for an axis that counts."""
    step = max(1.0, round_up(top / most))
    return [step * number for number in range(math.ceil(top / step - 1e-9) + 1)]


def number(amount: float) -> str:
    """Write a number without needless digits, such as `0.5`, `12` or `2,400`."""
    if amount >= 100 or amount == int(amount):
        return f"{amount:,.0f}"
    return f"{amount:.2g}" if amount < 10 else f"{amount:.0f}"
