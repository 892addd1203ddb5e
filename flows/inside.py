"""Inside: the units of a batch that are at work, and where the flow's thread hears that one of them has left."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from typing import Generic, cast

from flows.lanes import Unit
from flows.stage_future import StageFuture
from tasks.models import ItemT

SETTLED_AT_ONCE = 256
"""Futures settled in one transaction at most."""
SIGNAL_SECONDS = 1.0
"""After how long at most a signal ends a wait that it has just missed."""

Left = tuple[StageFuture, Unit[ItemT]]


class Inside(Generic[ItemT]):
    """Units by their last future. The stages run on the runner's loop; the two threads meet in one queue."""

    def __init__(self) -> None:
        self._units: dict[StageFuture, Unit[ItemT]] = {}
        self._news: SimpleQueue[StageFuture | None] = SimpleQueue()

    def __len__(self) -> int:
        return len(self._units)

    def __iter__(self) -> Iterator[StageFuture]:
        return iter(self._units)

    def add(self, unit: Unit[ItemT], future: StageFuture) -> None:
        """Let a unit be inside until its future is done."""
        self._units[future] = unit
        future.add_done_callback(lambda done: self._news.put(cast(StageFuture, done)))

    def wake(self) -> None:
        """Let whoever waits for one to leave look around, from any thread."""
        self._news.put(None)

    def wait(self, seconds: float | None) -> list[Left[ItemT]]:
        """Wait until one leaves, or somebody wakes, and take out all that have left; `queue.Empty` when nobody does."""
        left: list[StageFuture] = []
        news = self._first(seconds)
        while True:
            if news is not None:
                left.append(news)
            if len(left) >= SETTLED_AT_ONCE or self._news.empty():
                return [(future, self._units.pop(future)) for future in left]
            news = self._news.get()

    def _first(self, seconds: float | None) -> StageFuture | None:
        """Wait for the first news: a second at a time, since a signal just before a wait begins does not end that."""
        until = math.inf if seconds is None else time.monotonic() + seconds
        while True:
            left = until - time.monotonic()
            try:
                return self._news.get(timeout=max(0.0, min(left, SIGNAL_SECONDS)))
            except Empty:
                if left <= SIGNAL_SECONDS:
                    raise
