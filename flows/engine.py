"""How one stage of one item runs: Prefect's async task engine with six seams.

Prefect's engine keeps states, retries, timeouts, names and events. Changed here, because of what
was measured or tried about Prefect 3.8.8:

- the run starts when admission gives it a place, which it needs only where it has something to do, and gives the
  place back during a retry's sleep (Prefect holds its own limits across the sleep);
- its timeout counts work only, and waiting for a model's limits neither counts nor holds a place
  (Prefect's runs on whatever the stage waits for);
- what stages hand on is taken as it is (Prefect searches all of it for futures and reads each run's state
  from its server: 70 % of the loop's time where a stage is given a few thousand values);
- items of equal fingerprint in flight run once: the second waits, then finds the checkpoint;
- checkpoints are read and written by our own code, before the run is called Completed
  (Prefect swallows a failed write, and lets the record choose its deserialiser);
- a run that we cancel ends as Cancelled with our reason (Prefect calls it Crashed and loses it).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, get_type_hints

from prefect.client.schemas.objects import State
from prefect.context import TaskRunContext
from prefect.exceptions import UpstreamTaskError
from prefect.states import Cancelled
from prefect.task_engine import AsyncTaskRunEngine
from prefect.tasks import Task
from prefect.transactions import AsyncTransaction, TransactionState, atransaction
from prefect.utilities.annotations import BaseAnnotation
from prefect.utilities.callables import call_with_parameters
from pydantic import TypeAdapter

from flows.admission import Admission
from flows.stage_desk import Attempt, Desk, Ticket
from flows.stage_future import StageFuture
from flows.waiting import Clock, Place, StageWork
from tasks.errors import PressroomError
from tasks.fingerprint_parts import input_parts
from tasks.stage import is_idle
from tasks.traces import traces
from tasks.work import begin_work, is_provisional

YIELD_SECONDS = 0.001
"""Long enough for everything that is ready on the loop to run."""

DoWork = Callable[[Task[Any, Any], dict[str, Any]], Awaitable[Any]]
"""Does the work of a stage, given its parameters."""


async def work_here(stage: Task[Any, Any], parameters: dict[str, Any]) -> Any:
    """Do the work of a stage in this process."""
    call: Callable[..., Awaitable[Any]] = call_with_parameters
    return await call(stage.fn, parameters)


@dataclass(kw_only=True)
class StageEngine(AsyncTaskRunEngine[Any, Any]):
    """Runs one stage of one item to its end, retries included."""

    admission: Admission
    desk: Desk
    ticket: Ticket
    flights: dict[str, asyncio.Event]
    do_work: DoWork
    reason: PressroomError | None = None
    _key: str | None = None
    _is_idle: bool = False
    _clock: Clock | None = None
    _work: StageWork | None = None
    _asked_at: float = 0.0
    _attempt: Attempt | None = None
    _ended: Attempt | None = None
    _flight: asyncio.Event | None = None

    def __post_init__(self) -> None:
        """Prepare to ask for a place."""
        super().__post_init__()
        self._place = Place(self.admission, self.ticket)

    async def begin_run(self) -> None:
        """Wait for an equal item in flight, then for a place, then let Prefect call it Running."""
        self._is_idle = is_idle(self.task, self.parameters or {})
        self._key = None if self._is_idle else self.compute_transaction_key()
        if self._key:
            while flight := self.flights.get(self._key):
                await flight.wait()
            self._flight = self.flights[self._key] = asyncio.Event()
        await self._take_place()
        await super().begin_run()

    async def wait_until_ready(self) -> None:
        """Sit out a retry's delay without a place; one without a delay asks for a place all the same."""
        if scheduled := self.state.state_details.scheduled_time:
            await asyncio.sleep(max(0.0, scheduled.timestamp() - time.time()))
        if not self._place.is_held:
            await self._take_place()
        await super().wait_until_ready()

    @asynccontextmanager
    async def run_context(self) -> AsyncGenerator[StageEngine, None]:
        """Hold the timeout, on a clock that stands still while the stage waits."""
        async with self.setup_run_context():
            self._clock = Clock(self.task.timeout_seconds)
            try:
                with self._clock.limit():
                    yield self
            except TimeoutError as error:
                await self.handle_timeout(error)
            except Exception as error:
                await self.handle_exception(error)
            finally:
                # The loop keeps this context with the timer of the timeout, for a while after it was cancelled.
                if (context := TaskRunContext.get()) is not None:
                    context.parameters.clear()

    async def call_task_fn(self, transaction: AsyncTransaction) -> Any:
        """Take the checkpoint, or do the work and keep it; only then is the run Completed."""
        attempt, adapter = self._start_attempt(), _adapter(self.task)
        result = await self.desk.read_checkpoint(self.ticket, self._key, adapter) if self._key else None
        if result is not None:
            transaction.state = TransactionState.COMMITTED
            attempt.cached = True
        else:
            result = await self.do_work(self.task, self.parameters or {})
            if self._key and not is_provisional(result):
                parts = input_parts(self.task.version, self.parameters or {})
                attempt.checkpoint = await self.desk.write_checkpoint(self._key, adapter, result, parts)
        self._end_attempt(None)
        # Whoever got the place starts first: his time counts, what is noted of this one does not.
        await asyncio.sleep(YIELD_SECONDS)
        await self.handle_success(result, transaction=transaction)
        return result

    async def report_attempt(self) -> None:
        """Tell the desk of the attempt that has ended, unless there was nothing to do.

        That is apart from the work, so that its timeout does not count this.
        """
        attempt, self._ended = self._ended, None
        if attempt is not None and (attempt.error is not None or not self._is_idle):
            await self.desk.attempt_ended(attempt)

    async def handle_retry(self, exc_or_state: Exception | State[Any]) -> bool:
        """Note the failed attempt before Prefect decides whether there is another."""
        self._end_attempt(exc_or_state if isinstance(exc_or_state, Exception) else None)
        await self.report_attempt()
        return await super().handle_retry(exc_or_state)

    async def handle_exception(self, exc: Exception) -> None:
        """Let nothing that a stage raises while it is being cancelled pass for a failure, which might be retried."""
        await (super().handle_exception(exc) if self.reason is None else self.handle_crash(exc))

    async def handle_timeout(self, exc: TimeoutError) -> None:
        """Do the same for a timeout."""
        await (super().handle_timeout(exc) if self.reason is None else self.handle_crash(exc))

    async def handle_crash(self, exc: BaseException) -> None:
        """End as Cancelled with our reason where we cancelled."""
        try:
            self._end_attempt(self.reason or exc)
            await self.report_attempt()
        finally:
            if self.reason is None:
                await super().handle_crash(exc)
            else:
                self._raised = self.reason
                await self.set_state(Cancelled(message=str(self.reason)), force=True)

    @asynccontextmanager
    async def transaction_context(self) -> AsyncGenerator[AsyncTransaction, None]:
        """Open a transaction that stores nothing, since `call_task_fn` keeps the checkpoint."""
        async with atransaction(key=None, write_on_commit=False, logger=self.logger) as transaction:
            yield transaction

    def leave(self) -> None:
        """Give back what is still held, however the run ended."""
        self._place.give()
        if self._key and self._flight is not None:
            del self.flights[self._key]
            self._flight.set()

    def _resolve_parameters(self) -> None:
        try:
            self.parameters = {name: _resolved(value) for name, value in (self.parameters or {}).items()}
        except UpstreamTaskError:
            # Prefect names a run by what it is given, and this one is given nothing.
            if self.task_run is not None and self.ticket.item_id:
                self.task_run.name = f"{self.ticket.stage}-{self.ticket.item_id}"
            raise

    async def _take_place(self) -> None:
        self._asked_at = time.monotonic()
        if not self._is_idle:
            await self._place.take()
        self.desk.admitted(self.ticket)

    def _start_attempt(self) -> Attempt:
        queued = time.monotonic() - self._asked_at
        run_id = str(self.task_run.id) if self.task_run else ""
        self._attempt = Attempt(self.ticket, run_id, self.retries + 1, queued, started_at=time.time(), key=self._key)
        ticket, number = self.ticket, self._attempt.number
        if not self._is_idle:
            self._attempt.span = traces().begin_stage(ticket.item_id, ticket.stage, number, is_chunk=ticket.is_chunk)
        self._work = StageWork(
            batch_id=self.desk.batch_id,
            kind=self.desk.kind,
            item_id=self.ticket.item_id,
            stage=self.ticket.stage,
            models=self.desk.models,
            budget=self.desk.budget,
            part_of=self.desk.part_of,
            clock=self._clock or Clock(None),
            place=self._place,
            gatherings=self.desk.gatherings,
            hold_deadline=partial(self.desk.held, self.ticket),
            begin_deadline=partial(self.desk.admitted, self.ticket),
            tell_model=partial(self.desk.uses, self.ticket.item_id),
            read_kept=partial(self.desk.read_checkpoint, self.ticket),
            write_kept=self.desk.write_checkpoint,
        )
        begin_work(self._work)
        return self._attempt

    def _end_attempt(self, error: BaseException | None) -> None:
        self._place.give()
        attempt, self._attempt = self._attempt, None
        work, self._work = self._work, None
        if attempt is not None and work is not None:
            attempt.waited_seconds = work.end()
            attempt.run_seconds = max(0.0, time.time() - attempt.started_at - attempt.waited_seconds)
            attempt.error = error
            self._ended = attempt


def _resolved(value: Any) -> Any:
    """Return what a stage before has made; what is no stage's is given as it is."""
    if not isinstance(value, StageFuture):
        return value.unwrap() if isinstance(value, BaseAnnotation) else value
    if value.error is not None:
        raise UpstreamTaskError(f"Upstream task run {str(value.task_run_id)!r} did not reach a 'COMPLETED' state.")
    return value.value


@cache
def _adapter(task: Task[Any, Any]) -> TypeAdapter[Any]:
    return TypeAdapter(get_type_hints(task.fn)["return"])
