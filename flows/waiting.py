"""How a stage waits for what is not its own work: its clock stands still, and its place serves another item.

A call of a model waits for its share of a vendor's minute, or for a vendor that is down, perhaps for an
hour. Counted as work that would run into the stage's timeout; and items that hold their places meanwhile
would keep out those that could work, with another model or from a checkpoint.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from anyio import CancelScope, current_time
from prefect.task_engine import TaskRunTimeoutError
from pydantic import BaseModel, TypeAdapter

from flows.admission import Admission
from flows.stage_desk import Ticket
from tasks.checkpoints import fingerprint
from tasks.gatherings import Gatherings, GivenT, MadeT, Make
from tasks.work import KeptT, Work, is_provisional, nap

LENDS_ABOVE_SECONDS = 0.5
"""An attempt that has waited less, all in all, keeps its place: the next item would hardly have begun."""


class Clock:
    """A stage's timeout, which counts its work and not its waiting. Belongs to one attempt."""

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds
        self._scope = CancelScope(deadline=math.inf if seconds is None else current_time() + seconds)
        self._waits = 0
        self._stopped_at = 0.0
        self._left = math.inf
        self._waited = 0.0

    @contextmanager
    def limit(self) -> Iterator[None]:
        """Cancel what runs inside once its time is up, and raise Prefect's own error for it."""
        late = f"Scope timed out after {self._seconds} second(s)."
        try:
            with self._scope:
                yield
        except Exception as error:
            if self._scope.cancel_called:
                # Whatever the work has made of its cancel.
                raise TaskRunTimeoutError(late) from error
            raise
        if self._scope.cancelled_caught:
            raise TaskRunTimeoutError(late)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Stand still; of waits that overlap, time counts once."""
        if self._waits == 0:
            self._stopped_at = current_time()
            self._left = self._scope.deadline - self._stopped_at
            self._scope.deadline = math.inf
        self._waits += 1
        try:
            yield
        finally:
            self._waits -= 1
            if self._waits == 0:
                self._waited += current_time() - self._stopped_at
                self._scope.deadline = current_time() + self._left

    @property
    def waited_seconds(self) -> float:
        """How long it has stood still so far."""
        return self._waited + (current_time() - self._stopped_at if self._waits else 0.0)


class Place:
    """A stage's place under its limit: taken, lent out and given back, and never held twice."""

    def __init__(self, admission: Admission, ticket: Ticket) -> None:
        self._admission = admission
        self._ticket = ticket
        self._stage = ticket.stage
        self.is_held = False

    async def take(self, *, again: bool = False) -> None:
        """Wait for it; one that comes again goes before those that have not begun."""
        if not again:
            await self._admission.take_turn(self._stage, self._ticket.rank, self._ticket.item_id)
        await self._admission.acquire(self._stage, self._ticket.rank, again=again)
        if self.is_held:
            self._admission.release(self._stage)
        self.is_held = True

    def give(self) -> None:
        """Give it back if it is held."""
        if self.is_held:
            self.is_held = False
            self._admission.release(self._stage)


def _ignore(_model: str) -> None:
    """Tell nobody."""


def _hold_nothing() -> None:
    """Know of no deadline."""


async def _find_nothing(_key: str, _adapter: TypeAdapter[Any]) -> Any | None:
    """Keep nothing, find nothing."""


async def _keep_nothing(_key: str, _adapter: TypeAdapter[Any], _value: Any, _parts: dict[str, str]) -> str:
    return ""


@dataclass(kw_only=True)
class StageWork(Work):
    """An attempt at a stage in a batch. One that does several things at once waits as soon as one of them does."""

    clock: Clock
    place: Place
    gatherings: Gatherings = field(default_factory=Gatherings)
    tell_model: Callable[[str], None] = _ignore
    read_kept: Callable[[str, TypeAdapter[Any]], Awaitable[Any | None]] = _find_nothing
    write_kept: Callable[[str, TypeAdapter[Any], Any, dict[str, str]], Awaitable[str]] = _keep_nothing
    hold_deadline: Callable[[], None] = _hold_nothing
    begin_deadline: Callable[[], None] = _hold_nothing
    _is_over: bool = False
    _coming_back: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def sleep(self, seconds: float, until: asyncio.Event | None = None) -> None:
        """Wait outside the timeout, and without a place once it takes longer."""
        if self._is_over:
            # Left behind by an attempt that has ended: clock and place are those of the next one.
            await nap(seconds, until)
            return
        with self.clock.stopped():
            # Many short waits are a long one: whoever is waited for may be waiting for this very place.
            if self.clock.waited_seconds + seconds > LENDS_ABOVE_SECONDS:
                async with self._lent():
                    await nap(seconds, until)
            else:
                await nap(seconds, until)
        self.waited_seconds = self.clock.waited_seconds

    @contextmanager
    def outside_its_time(self) -> Iterator[None]:
        """Let the item's deadline go on at the end of this, unless the attempt has ended by then."""
        self.hold_deadline()
        try:
            yield
        finally:
            if not self._is_over:
                self.begin_deadline()

    async def kept(
        self, name: str, inputs: BaseModel, returns: type[KeptT], make: Callable[[], Awaitable[KeptT]]
    ) -> KeptT:
        """Do a part of the stage's work, or take it over from its checkpoint."""
        key, adapter = f"{name}-{fingerprint(name, 1, {'inputs': inputs})}", TypeAdapter(returns)
        found: KeptT | None = await self.read_kept(key, adapter)
        if found is not None:
            return found
        made = await make()
        if not is_provisional(made):
            await self.write_kept(key, adapter, made, {})
        return made

    async def make_together(self, name: str, given: GivenT, make: Make[GivenT, MadeT], *, patience: float) -> MadeT:
        """Meet the others of the batch; waiting for them is not the stage's own work, nor the item's own time."""

        async def wait(seconds: float, until: asyncio.Event) -> None:
            with self.outside_its_time():
                await self.sleep(seconds, until)

        return await self.gatherings.make_together(name, self.item_id, given, make, patience=patience, sleep=wait)

    def use(self, model: str) -> None:
        """Tell those who watch which model works on the item now."""
        self.tell_model(model)

    def end(self) -> float:
        """End the attempt and return how long it has waited."""
        self._is_over = True
        self.tell_model("")
        return self.clock.waited_seconds

    @asynccontextmanager
    async def _lent(self) -> AsyncIterator[None]:
        """Lend the place out; a wait that is cancelled does not ask for it again."""
        self.place.give()
        yield
        async with self._coming_back:
            if not self.place.is_held and not self._is_over:
                await self.place.take(again=True)
                if self._is_over:
                    self.place.give()
