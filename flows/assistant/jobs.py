"""Batches at work for an assistant: each in a thread of its own, watched and cancelled from the event loop."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, wait
from functools import partial

import anyio
from anyio.to_thread import run_sync
from fastmcp import Context

from flows.assistant.engine import Engine
from flows.command.lines import describe
from flows.command.watch import Watch
from tasks.errors import fault
from tasks.models import BatchOptions
from tasks.results import BatchResult

LOOK_EVERY = 0.1


class Job:
    """A batch that is made in the background."""

    def __init__(self, engine: Engine, kind: str, batch: BatchOptions) -> None:
        """Start it."""
        self.kind = kind
        self.batch = batch
        self.watch = Watch()
        self.outcome: Future[BatchResult] = Future()
        self._engine = engine
        self._is_cancelled = False
        threading.Thread(target=self._run, name=f"pressroom-{self.batch_id}", daemon=True).start()

    @property
    def batch_id(self) -> str:
        """Name of its batch."""
        return self.batch.batch_id or ""

    def cancel(self) -> None:
        """End it and wait until it has ended; what is finished is kept."""
        self._is_cancelled = True
        while not self.outcome.done():
            # Said again and again, because a batch that is just beginning wipes out what was asked before.
            if self.watch.progress is not None:
                from flows.generate import ask_to_cancel

                ask_to_cancel(self.batch_id)
            wait([self.outcome], LOOK_EVERY)

    def _run(self) -> None:
        try:
            self.outcome.set_result(self._engine.call(self._make))
        except BaseException as error:
            self.outcome.set_exception(error)

    def _make(self) -> BatchResult:
        from flows.generate import run_batch

        if self._is_cancelled:
            raise fault("CANCELLED", by="before it began")
        return run_batch(self.kind, self.batch, self.watch.hear)


class Jobs:
    """All batches that this server has at work."""

    def __init__(self) -> None:
        self._engine = Engine()
        self._jobs: dict[str, Job] = {}

    def start(self, kind: str, batch: BatchOptions) -> Job:
        """Begin a batch; BATCH_BUSY when this server has it at work."""
        batch_id = batch.batch_id or ""
        if (known := self._jobs.get(batch_id)) is not None and not known.outcome.done():
            raise fault("BATCH_BUSY", batch_id=batch_id, owner="for this assistant")
        job = self._jobs[batch_id] = Job(self._engine, kind, batch)
        return job

    def find(self, batch_id: str) -> Job | None:
        """Return a batch that this server has at work, or has had there last under that name."""
        return self._jobs.get(batch_id)

    async def end(self) -> None:
        """Cancel what is at work, and wait until it has ended."""
        async with anyio.create_task_group() as group:
            for job in self._jobs.values():
                group.start_soon(partial(run_sync, job.cancel, abandon_on_cancel=True))


async def wait_for(job: Job, context: Context, seconds: float, *, cancels: bool = True) -> bool:
    """Wait so long for a batch's end, and say whether it has ended; a call that is cancelled cancels its batch."""
    until, told = time.monotonic() + seconds, 0
    try:
        await context.report_progress(0, None, "Starting")
        while not job.outcome.done() and time.monotonic() < until:
            told = await _report(job, context, told)
            await anyio.sleep(LOOK_EVERY)
    except anyio.get_cancelled_exc_class():
        with anyio.CancelScope(shield=True):
            if cancels:
                await run_sync(job.cancel)
        raise
    await _report(job, context, told)
    return job.outcome.done()


async def _report(job: Job, context: Context, told: int) -> int:
    """Tell the client how far a batch is, where it has come further; progress must grow with each notification."""
    if (progress := job.watch.progress) is None or job.watch.done <= told:
        return told
    await context.report_progress(job.watch.done, progress.total, describe(job.watch))
    return job.watch.done
