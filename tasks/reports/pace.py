"""The pace: how many items came to their end in each part of the time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from tasks import words
from tasks.ledger.history import History, ItemLine
from tasks.reports.clock import Clock
from tasks.reports.scale import number, step_of

COLUMNS = 40
"""Most columns; their width is a round number of seconds."""
SORTS = ("succeeded", "reused", "failed")
_PER = (("a second", 1.0), ("a minute", 60.0), ("an hour", 3600.0))


@dataclass(frozen=True)
class Pace:
    """Items that ended, by column of the time and by how they ended."""

    width: float
    """Seconds of a column."""
    columns: list[dict[str, int]]
    length: float
    """Seconds of the clock. The last column ends with it, so that no item that ended last stands in a sliver."""

    @property
    def total(self) -> int:
        """All items that ended."""
        return sum(sum(column.values()) for column in self.columns)

    @property
    def busiest(self) -> int:
        """Items that ended in the busiest column."""
        return max(sum(column.values()) for column in self.columns)

    @property
    def rate(self) -> str:
        """The pace on the whole, in words."""
        return rate(self.total, self.length)

    @property
    def caption(self) -> str:
        """Say in a sentence what is seen."""
        width = words.seconds(self.width)
        return f"{self.rate} on the whole; in the busiest {width} {words.count(self.busiest, 'item')} came to an end."


def rate(items: int, seconds: float) -> str:
    """Write a pace in the unit that gives a number above 1."""
    for name, length in _PER:
        if items * length >= seconds or name == _PER[-1][0]:
            return f"{number(items * length / seconds)} items {name}"
    raise AssertionError("unreachable")


def pace_of(history: History, clock: Clock) -> Pace | None:
    """Count a batch's ends; None when no item has come to one."""
    ends = list(_ends(history, clock))
    if not ends:
        return None
    width = step_of(clock.length, COLUMNS)
    columns = [dict.fromkeys(SORTS, 0) for _ in range(max(1, math.ceil(clock.length / width - 1e-9)))]
    for at, sort in ends:
        columns[-1 - min(int((clock.length - at) / width), len(columns) - 1)][sort] += 1
    return Pace(width, columns, clock.length)


def sort_of(item: ItemLine) -> str | None:
    """Say how an item ended; None when it did not come to an end of its own."""
    if item.status == "failed":
        return "failed"
    if item.status in ("succeeded", "needs_review"):
        return "reused" if item.reused else "succeeded"
    return None


def _ends(history: History, clock: Clock) -> Iterator[tuple[float, str]]:
    for item in history.items:
        sort = sort_of(item)
        if sort is not None and item.finished_at is not None:
            yield clock.place(item.finished_at), sort
