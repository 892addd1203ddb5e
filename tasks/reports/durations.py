"""How long items took: the seconds that their stages worked, the last time each was made."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from tasks import words
from tasks.ledger.history import History
from tasks.reports.pace import SORTS, sort_of
from tasks.reports.scale import step_of

COLUMNS = 16
WIDE = 20.0
"""From this ratio of the longest to the shortest on, columns widen to the right."""
_FINE, _COARSE = (1, 1.5, 2, 3, 5, 7), (1, 2, 5)
"""Edges of columns that widen, times powers of ten: fine ones up to a ratio of 1,000."""


_WRITTEN = ((10.0, 1.0), (0.995, 0.1), (0.0995, 0.01), (0.01, 0.001))
"""From so many seconds on, the least difference that is seen in how they are written."""


class Column(NamedTuple):
    """Items that took from `low` up to, but not, `high` seconds (the last column: up to and with)."""

    low: float
    high: float
    counts: dict[str, int]

    @property
    def total(self) -> int:
        """All its items."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Durations:
    """The durations of a batch's items."""

    columns: list[Column]
    is_wide: bool
    median: float
    most: float
    """95 of 100 took at most this."""
    longest: float
    longest_item: str
    total: int

    @property
    def caption(self) -> str:
        """Say in a sentence what is seen."""
        if self.total == 1:
            return f"The one item took {words.seconds(self.longest)}."
        half, most, longest = (words.seconds(one) for one in (self.median, self.most, self.longest))
        text = f"Half of the items took at most {half} and 95 of 100 at most {most}"
        return f"{text}; the longest, {words.cut(self.longest_item, 60)}, took {longest}."


def durations_of(history: History) -> Durations | None:
    """Sort a batch's items by how long they took; None when that was measured of none."""
    found = [
        (item.seconds, sort, item.item_id) for item in history.items if item.seconds > 0 and (sort := sort_of(item))
    ]
    if not found:
        return None
    found.sort()
    seconds = [one for one, _, _ in found]
    is_wide = seconds[-1] > WIDE * seconds[0]
    edges = _wide_edges(seconds[0], seconds[-1]) if is_wide else _even_edges(seconds[0], seconds[-1])
    columns = [Column(low, high, dict.fromkeys(SORTS, 0)) for low, high in pairwise(edges)]
    place = 0
    for one, sort, _ in found:
        while place < len(columns) - 1 and one >= columns[place].high:
            place += 1
        columns[place].counts[sort] += 1
    return Durations(
        columns=columns,
        is_wide=is_wide,
        median=percentile(seconds, 50),
        most=percentile(seconds, 95),
        longest=seconds[-1],
        longest_item=found[-1][2],
        total=len(found),
    )


def percentile(ordered: Sequence[float], percent: int) -> float:
    """Return the smallest of some ordered numbers that at least so many of 100 do not exceed."""
    return ordered[max(0, math.ceil(percent * len(ordered) / 100) - 1)]


def _even_edges(low: float, high: float) -> list[float]:
    step = max(step_of(max(high - low, high / COLUMNS), COLUMNS), _told_apart(high))
    first = math.floor(low / step + 1e-9)
    last = max(math.ceil(high / step - 1e-9), first + 1)
    return [step * number for number in range(first, last + 1)]


def _told_apart(high: float) -> float:
    """Return the least width of columns up to `high` seconds whose edges are written differently."""
    return next((step for least, step in _WRITTEN if high >= least), 0.0)


def _wide_edges(low: float, high: float) -> list[float]:
    power = math.floor(math.log10(low))
    factors = _FINE if high < 1000 * low else _COARSE
    edges = [factor * 10.0**exponent for exponent in range(power, power + 20) for factor in factors]
    first = max(index for index, edge in enumerate(edges) if edge <= low * (1 + 1e-9))
    last = next(index for index, edge in enumerate(edges) if edge >= high * (1 - 1e-9))
    return edges[first : max(last, first + 1) + 1]
