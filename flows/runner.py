"""The event-loop task runner: every stage of every item on one loop, one thread, one client.

Prefect's stock runner gives each async task a thread, an event loop and an HTTP client of its own.
Here `.map` and `.submit` work as usual, but a submission waits for its upstream futures on the
loop, is admitted under its stage's limit, runs in `StageEngine`, and leaves.

A flow is decorated with one runner and Prefect runs each call on a duplicate of it; on SIGTERM it
calls `cancel_all` on the decorator's. So all duplicates share the set of live ones.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import gc
import threading
from collections.abc import Iterable, Mapping
from contextvars import copy_context
from functools import partial
from typing import Any
from uuid import uuid4
from weakref import WeakSet

from prefect.client.schemas.objects import RunInput, State
from prefect.context import AsyncClientContext
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner
from prefect.tasks import Task

from flows.admission import Admission
from flows.engine import DoWork, StageEngine, work_here
from flows.job import Job, ticket_for, upstream_of
from flows.stage_desk import Attempt, Desk, NoDesk
from flows.stage_future import StageFuture
from tasks.errors import PressroomError, StoppedError, as_fault, fault

DRAIN_SECONDS = 10.0
"""How long work that was cancelled may take to end before the runner leaves without it."""


class EventLoopTaskRunner(TaskRunner[PrefectFuture[Any]]):
    """Runs async tasks on one event loop under limits per stage, given by task name."""

    def __init__(
        self,
        limits: Mapping[str, int] | None = None,
        *,
        drain_seconds: float = DRAIN_SECONDS,
        do_work: DoWork = work_here,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Prefect's has no annotations
        self.limits = dict(limits or {})
        self.drain_seconds = drain_seconds
        self.do_work = do_work
        self.desk: Desk = NoDesk()
        self._live: WeakSet[EventLoopTaskRunner] = WeakSet()
        self._jobs: set[Job] = set()
        self._flights: dict[str, asyncio.Event] = {}

    def __eq__(self, other: object) -> bool:
        """Runners are equal when they are configured alike, as Prefect's flows expect."""
        return isinstance(other, EventLoopTaskRunner) and other.limits == self.limits

    __hash__ = TaskRunner.__hash__

    def duplicate(self) -> EventLoopTaskRunner:
        """Return a runner of the same configuration that `cancel_all` on this one reaches."""
        copy = type(self)(self.limits, drain_seconds=self.drain_seconds, do_work=self.do_work)
        copy._live = self._live
        return copy

    def __enter__(self) -> EventLoopTaskRunner:
        """Start the loop's thread and open the one client that all stages share."""
        super().__enter__()
        # Hundreds of thousands of objects live as long as the process; looking them through again stops the loop
        # for a third of a second in the middle of a batch (measured).
        gc.freeze()
        self.admission = Admission(self.limits)
        ready: concurrent.futures.Future[None] = concurrent.futures.Future()
        serve = partial(asyncio.run, self._serve(ready))
        self._thread = threading.Thread(target=copy_context().run, args=(serve,), name="pressroom-stages", daemon=True)
        self._thread.start()
        ready.result()
        self._live.add(self)
        return self

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        """End what still runs, close the client, stop the loop."""
        self._live.discard(self)
        self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join(2 * self.drain_seconds)
        for job in list(self._jobs):
            # Work that does not end must not keep whoever waits for its future.
            job.error = job.error or fault("CANCELLED", by="because its flow ended")
            job.resolve(job.ended(job.error))
        gc.unfreeze()
        super().__exit__(exc_type, exc_value, traceback)

    def submit(
        self,
        task: Task[Any, Any],
        parameters: dict[str, Any],
        wait_for: Iterable[PrefectFuture[Any]] | None = None,
        dependencies: dict[str, set[RunInput]] | None = None,
    ) -> StageFuture:
        """Schedule a task run on the loop and return its future at once."""
        if not self._started:
            raise RuntimeError("The task runner must be started before submitting work.")
        if not task.isasync or task.isgenerator:
            raise TypeError(
                f"Task {task.name!r} is not an `async def` function; blocking work goes to a thread inside one."
            )
        upstream = upstream_of(parameters, wait_for)
        ticket = ticket_for(task, parameters, upstream)
        job = Job(task, uuid4(), parameters, upstream, wait_for, dependencies, ticket, copy_context())
        future = StageFuture(job)
        self._loop.call_soon_threadsafe(self._start, job)
        return future

    def cancel(self, reason: PressroomError, item_ids: Iterable[str] | None = None) -> None:
        """End the stages of some items, or all, for a reason that each future then carries."""
        names = None if item_ids is None else set(item_ids)

        def cancel() -> None:
            for job in list(self._jobs):
                if names is None or job.ticket.item_id in names:
                    job.cancel(reason)

        self._loop.call_soon_threadsafe(cancel)

    def cancel_all(self) -> None:
        """End everything on this runner and on every live duplicate of it (Prefect calls this on SIGTERM)."""
        for runner in list(self._live):
            runner.cancel(fault("CANCELLED", by="by a termination signal"))

    def call(self, function: Any, *arguments: Any) -> None:
        """Run a plain function on the loop, where admission may be touched."""
        self._loop.call_soon_threadsafe(function, *arguments)

    def _start(self, job: Job) -> None:
        self._jobs.add(job)
        job.handle = self._loop.create_task(self._run(job), context=job.context)
        job.handle.add_done_callback(lambda handle: self._finish(job, handle))

    async def _run(self, job: Job) -> State[Any]:
        AsyncClientContext.__var__.set(self._client)
        for future in job.upstream:
            await asyncio.shield(asyncio.wrap_future(future.wrapped_future))
        stopped = next((f.error for f in job.upstream if isinstance(f.error, StoppedError)), None)
        if stopped is not None:
            raise stopped
        job.engine = engine = StageEngine(
            task=job.task,
            parameters=job.parameters,
            wait_for=list(job.wait_for) if job.wait_for else None,
            admission=self.admission,
            desk=self.desk,
            ticket=job.ticket,
            flights=self._flights,
            do_work=self.do_work,
        )
        try:
            async with engine.start(task_run_id=job.run_id, dependencies=job.dependencies):
                while engine.is_running():
                    await engine.wait_until_ready()
                    async with (
                        engine.asset_context(),
                        engine.run_context(),
                        engine.transaction_context() as transaction,
                    ):
                        await engine.call_task_fn(transaction)
                    await engine.report_attempt()
        finally:
            engine.leave()
        if engine.state.is_pending():
            job.error = job.skipped()
            await self.desk.attempt_ended(Attempt(job.ticket, str(job.run_id), 1, error=job.error))
        else:
            job.value = await engine.result(raise_on_failure=False)
        return engine.state

    def _finish(self, job: Job, handle: asyncio.Task[State[Any]]) -> None:
        self._jobs.discard(job)
        job.engine = job.handle = None
        found = fault("CANCELLED", by="by the task runner") if handle.cancelled() else handle.exception() or job.value
        if job.error is None and isinstance(found, BaseException):
            job.error = as_fault(found, what=job.ticket.stage, seconds=job.task.timeout_seconds or 0.0)
        job.value = None if job.error else job.value
        job.parameters, job.upstream = {}, []
        job.resolve(job.ended(job.error) if job.error else handle.result())

    async def _serve(self, ready: concurrent.futures.Future[None]) -> None:
        self._loop, self._closing = asyncio.get_running_loop(), asyncio.Event()
        try:
            async with AsyncClientContext() as self._client:
                ready.set_result(None)
                await self._closing.wait()
                await self._drain()
        except Exception as error:
            if ready.done():
                raise
            ready.set_exception(error)

    async def _drain(self) -> None:
        handles = [job.handle for job in self._jobs if job.handle is not None]
        for job in list(self._jobs):
            job.cancel(fault("CANCELLED", by="because its flow ended"))
        if handles:
            _, stuck = await asyncio.wait(handles, timeout=self.drain_seconds)
            for task in stuck:
                self.logger.warning("Left behind after %s s: %r does not end when cancelled.", self.drain_seconds, task)
