"""The work at hand: which stage of which item runs here, and how it waits.

A stage that calls a model waits for limits that are not its own: for its share of a vendor's minute, for a lane
that is shut. Such waiting is not work, so it must not count towards the stage's timeout, and the place it holds
may serve another item meanwhile. The engine sets this before each attempt; what waits asks it to.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import monotonic

from tasks.model_options import Budget, ModelOptions


@dataclass
class Work:
    """One attempt at one stage of an item. (This one serves where no batch runs: it simply sleeps.)"""

    batch_id: str = ""
    kind: str = ""
    item_id: str = ""
    stage: str = ""
    models: ModelOptions = field(default_factory=ModelOptions)
    budget: Budget = field(default_factory=Budget)
    waited_seconds: float = 0.0
    """How long the attempt has waited for limits so far."""

    async def sleep(self, seconds: float, until: asyncio.Event | None = None) -> None:
        """Wait for something that is not the stage's own work: so long, or until it is told to go on."""
        started = monotonic()
        try:
            await nap(seconds, until)
        finally:
            self.waited_seconds += monotonic() - started

    def use(self, model: str) -> None:
        """Note which model works on the item now, for those who watch; empty when it has answered."""


async def nap(seconds: float, until: asyncio.Event | None = None) -> None:
    """Sleep for so long, or until the event is set."""
    if until is None:
        await asyncio.sleep(seconds)
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await until.wait()


_current: ContextVar[Work | None] = ContextVar("work", default=None)


def current_work() -> Work:
    """Return the work at hand, or one that stands alone."""
    return _current.get() or Work()


def begin_work(work: Work) -> None:
    """Make this the work at hand, for what is called from here on."""
    _current.set(work)
