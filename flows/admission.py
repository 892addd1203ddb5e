"""Admission: which waiting stage goes next.

A stage waits for a place under its own limit, in order of priority, then of arrival. Nobody is
admitted while the batch is paused. All of it runs on the runner's loop, so there are no locks:
nothing else can run between a check and its change.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import sys
from collections import defaultdict
from collections.abc import Mapping


class Admission:
    """Places under stage limits. A stage without a limit is bounded by the window alone."""

    def __init__(self, limits: Mapping[str, int] | None = None) -> None:
        self._limits = dict(limits or {})
        self._held: dict[str, int] = defaultdict(int)
        self._waiting: dict[str, list[tuple[int, int, asyncio.Future[None]]]] = defaultdict(list)
        self._arrivals = itertools.count()
        self._paused = False

    def set_limit(self, stage: str, limit: int) -> None:
        """Change a stage's limit; what runs already goes on."""
        self._limits[stage] = limit
        self._admit(stage)

    def pause(self) -> None:
        """Admit nobody until `resume`; what runs already goes on."""
        self._paused = True

    def resume(self) -> None:
        """Admit again."""
        self._paused = False
        for stage in list(self._waiting):
            self._admit(stage)

    async def acquire(self, stage: str, rank: int) -> None:
        """Wait for a place; lower ranks go first."""
        if not self._paused and not self._waiting[stage] and self._held[stage] < self._limit(stage):
            # At once: even a granted wait would let everything else that is ready to start run first.
            self._held[stage] += 1
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting[stage], (rank, next(self._arrivals), place))
        self._admit(stage)
        try:
            await place
        except asyncio.CancelledError:
            # A place granted in the same turn of the loop as the cancel would be lost for good.
            if place.done() and not place.cancelled():
                self.release(stage)
            raise

    def release(self, stage: str) -> None:
        """Give a place back."""
        self._held[stage] -= 1
        self._admit(stage)

    def _limit(self, stage: str) -> int:
        return self._limits.get(stage, sys.maxsize)

    def _admit(self, stage: str) -> None:
        waiting = self._waiting[stage]
        while waiting and not self._paused and self._held[stage] < self._limit(stage):
            _, _, place = heapq.heappop(waiting)
            if not place.done():
                self._held[stage] += 1
                place.set_result(None)
