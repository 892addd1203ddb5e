"""The work at hand: which stage of which item runs here, and how it waits.

A stage that calls a model waits for limits that are not its own: for its share of a vendor's minute, for a lane
that is shut. Such waiting is not work, so it must not count towards the stage's timeout, and the place it holds
may serve another item meanwhile. The engine sets this before each attempt; what waits asks it to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import monotonic
from typing import TypeVar

from pydantic import BaseModel

from tasks.gatherings import GivenT, MadeT, Make
from tasks.model_options import Budget, ModelOptions

WAITS_FOR = "waits for "
"""What `use` is told before the name of a model that has yet to be called."""
KeptT = TypeVar("KeptT", bound=BaseModel)


def is_provisional(result: object) -> bool:
    """Say whether a result is not to be kept, because the next run may bring a better one."""
    return bool(getattr(result, "is_provisional", False))


@dataclass
class Work:
    """One attempt at one stage of an item. (This one serves where no batch runs: it simply sleeps.)"""

    batch_id: str = ""
    kind: str = ""
    item_id: str = ""
    stage: str = ""
    models: ModelOptions = field(default_factory=ModelOptions)
    budget: Budget = field(default_factory=Budget)
    part_of: str | None = None
    """Where the batch is a part of another, the options of `submit` by which it goes on."""
    waited_seconds: float = 0.0
    """How long the attempt has waited for limits so far."""

    async def sleep(self, seconds: float, until: asyncio.Event | None = None) -> None:
        """Wait for something that is not the stage's own work: so long, or until it is told to go on."""
        started = monotonic()
        try:
            await nap(seconds, until)
        finally:
            self.waited_seconds += monotonic() - started

    @contextmanager
    def outside_its_time(self) -> Iterator[None]:
        """Wait for other items, which is not the item's own time: its deadline stands still until the end of this.

        (Here there is none, since no batch runs.)
        """
        yield

    async def kept(
        self, name: str, inputs: BaseModel, returns: type[KeptT], make: Callable[[], Awaitable[KeptT]]
    ) -> KeptT:
        """Do a part of a stage's work, or take it over where it was done before.

        For stages that ask a model several times: what one question brought must not be paid for again because the
        next one failed. (Here nothing is kept, since no batch runs.)
        """
        return await make()

    async def make_together(self, name: str, given: GivenT, make: Make[GivenT, MadeT], *, patience: float) -> MadeT:
        """Meet the items that are made together with this one, and return what was made for all of them.

        (Here nobody else comes, since no batch runs.)
        """
        return await make({self.item_id: given}, ())

    def use(self, model: str) -> None:
        """Note which model works on the item now, for those who watch; empty when it has answered.

        One that has yet to be called (WAITS_FOR) is refused, with the reason, where its batch begins nothing more.
        """


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
