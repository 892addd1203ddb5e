"""Admission: which waiting stage goes next.

A stage waits for a place under its own limit, in order of priority, then of arrival; one that has waited long goes
before more urgent ones that came later. Stages that are given in turns one item goes through before the next one begins
them. Nobody is admitted while the batch is paused, but one that has begun and lent its place out. All of it runs on the
runner's loop, so there are no locks: nothing else can run between a check and its change.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping

from flows.line import Steps

TURN = "turn"
"""Name under which items wait for their turn, beside the names of stages."""

_Waiting = tuple[bool, bool, int, int, asyncio.Future[None]]
"""Whether it has yet to begin, whether the places are its own and not another stage's, its rank and the step of its
arrival added up, its arrival, and what is set when it gets a place: the smallest goes first."""


class Admission:
    """Places under stage limits. A stage without a limit is bounded by the window alone."""

    def __init__(self, limits: Mapping[str, int] | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = dict(limits or {})
        self._held: dict[str, int] = defaultdict(int)
        self._waiting: dict[str, list[_Waiting]] = defaultdict(list)
        self._arrivals = itertools.count()
        self._steps = Steps(clock)
        self._paused = False
        self._in_turns: frozenset[str] = frozenset()
        self._whose_turn: str | None = None
        self._places: dict[str, str] = {}

    def share(self, stage: str, other: str) -> None:
        """Let a stage take the places of another one, so that both together hold no more than its limit.

        It goes before those whose places these are: it is for items that are further on.
        """
        self._places[stage] = other

    def set_turns(self, stages: Collection[str]) -> None:
        """Let one item at a time go through these stages, from its first of them until it is past them."""
        self._in_turns = frozenset(stages)
        self._limits[TURN] = 1

    async def take_turn(self, stage: str, rank: int, item_id: str) -> None:
        """Wait for an item's turn where it comes to a stage that is given in turns; past them, it ends."""
        if stage not in self._in_turns:
            self.end_turn(item_id)
        elif self._whose_turn != item_id:
            await self.acquire(TURN, rank)
            self._whose_turn = item_id

    def end_turn(self, item_id: str) -> None:
        """Let the next item have its turn, if it was this one's."""
        if self._whose_turn == item_id:
            self._whose_turn = None
            self.release(TURN)

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

    @property
    def is_idle(self) -> bool:
        """Whether nobody holds a place; from any thread."""
        return not any(held for stage, held in list(self._held.items()) if stage != TURN)

    async def acquire(self, stage: str, rank: int, *, again: bool = False) -> None:
        """Wait for a place; lower ranks go first, and before all those that come `again` because they lent theirs out.

        A pause does not hold these: what is at work goes on.
        """
        is_own, stage = stage not in self._places, self._places.get(stage, stage)
        if (again or not self._paused) and not self._waiting[stage] and self._held[stage] < self._limit(stage):
            # At once: even a granted wait would let everything else that is ready to start run first.
            self._held[stage] += 1
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting[stage], (not again, is_own, rank + self._steps.now, next(self._arrivals), place))
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
        stage = self._places.get(stage, stage)
        self._held[stage] -= 1
        self._admit(stage)

    def _limit(self, stage: str) -> int:
        return self._limits.get(stage, sys.maxsize)

    def _admit(self, stage: str) -> None:
        waiting = self._waiting[stage]
        while waiting and self._held[stage] < self._limit(stage):
            is_new = waiting[0][0]
            if is_new and self._paused:
                return
            *_, place = heapq.heappop(waiting)
            if not place.done():
                self._held[stage] += 1
                place.set_result(None)
