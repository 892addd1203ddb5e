"""A line: who waits, in the order in which they go.

Each has a key, and the smallest goes next. It is kept sorted, since who waits wants to know his place; with ten
thousand in it, each of its operations takes microseconds.
"""

from __future__ import annotations

import math
import time
from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from typing import Generic, NamedTuple

from tasks.models import ItemT

AGEING_SECONDS = 600.0
"""Waiting that long counts as much as being one step more urgent, so that the least urgent go at last as well."""


class Key(NamedTuple):
    """What an item's place follows from; on a tie the next part decides."""

    since: int
    """When it began to wait for its turn, in steps of `AGEING_SECONDS`."""
    rank: int
    """How urgent it is; 0 is most."""
    group: int = 0
    """What it shares with others, in the order in which that was first met."""
    height: int = 0
    """How many items, one after the other, wait for it to be over: the longest such row first."""
    number: int = 0
    """In which order it was asked for."""

    @property
    def order(self) -> tuple[int, int, int, int]:
        """What is compared; negative, so that the next one stands last, where taking it out moves nobody."""
        return (-(self.since + self.rank), -self.group, self.height, -self.number)


class Line(Generic[ItemT]):
    """Those who wait, by their keys."""

    def __init__(self) -> None:
        self._order: list[tuple[tuple[int, int, int, int], str]] = []
        self._waiting: dict[str, tuple[Key, ItemT]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._waiting

    def __iter__(self) -> Iterator[ItemT]:
        """Go through them, the next one first."""
        return (self._waiting[item_id][1] for _, item_id in reversed(self._order))

    @property
    def first(self) -> Key:
        """The key of the next one."""
        return self._waiting[self._order[-1][1]][0]

    def push(self, item: ItemT, key: Key) -> None:
        """Let an item wait."""
        self._waiting[item.item_id] = (key, item)
        insort(self._order, (key.order, item.item_id))

    def pop(self) -> tuple[ItemT, Key]:
        """Take out the next one."""
        _, item_id = self._order.pop()
        key, item = self._waiting.pop(item_id)
        return item, key

    def remove(self, item_id: str) -> tuple[ItemT, Key]:
        """Take out one that need not be the next."""
        key, item = self._waiting.pop(item_id)
        del self._order[bisect_left(self._order, (key.order, item_id))]
        return item, key

    def position(self, item_id: str) -> int:
        """Say whose turn it is: 1 for the next one."""
        key, _ = self._waiting[item_id]
        return len(self._order) - bisect_left(self._order, (key.order, item_id))

    def hasten(self, item_id: str, rank: int, height: int | None = None) -> None:
        """Give one who waits another urgency; he keeps the time that he has waited."""
        item, key = self.remove(item_id)
        self.push(item, key._replace(rank=rank, height=key.height if height is None else height))


class Steps:
    """Counts time in steps of `AGEING_SECONDS` from when something began, or from its making on."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, began: float | None = None) -> None:
        self._clock = clock
        self._began = clock() if began is None else began

    @property
    def now(self) -> int:
        """Steps that have passed."""
        return self.at(self._clock())

    def at(self, moment: float) -> int:
        """Steps that had passed at a moment of the clock."""
        return math.floor((moment - self._began) / AGEING_SECONDS)
