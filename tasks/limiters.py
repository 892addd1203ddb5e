"""Limits for blocking work in threads: each kind of work has its own, so that none holds up another."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar, TypeVarTuple

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

ResultT = TypeVar("ResultT")
GivenT = TypeVarTuple("GivenT")


class LoopLimiter:
    """A limit of which each event loop has one, made when it is first asked for: anyio's belong to a loop."""

    def __init__(self, name: str) -> None:
        self._of_loop: RunVar[CapacityLimiter] = RunVar(name)

    def of_loop(self, count: int) -> CapacityLimiter:
        """Return this loop's; `count` is how many it lets in, where it is the first time."""
        try:
            return self._of_loop.get()
        except LookupError:
            limiter = CapacityLimiter(count)
            self._of_loop.set(limiter)
            return limiter

    async def apart(self, count: int, work: Callable[[*GivenT], ResultT], *given: *GivenT) -> ResultT:
        """Do work in a thread, so many at once."""
        return await to_thread.run_sync(partial(work, *given), limiter=self.of_loop(count))
