"""The thread in which all that is said of money is written down, so that no event loop waits for a disk.

What has gathered while one change was being written goes into the next one together: eight calls that end
at once are written through to the disk once, not eight times.
"""

from __future__ import annotations

import asyncio
import queue
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import Any, TypeVar, cast

from tasks.errors import PressroomError
from tasks.ledger.away import redone
from tasks.ledger.money import Money
from tasks.ledger.till import Till

ResultT = TypeVar("ResultT")


@dataclass
class Job:
    """Something to be done in a transaction, and what it is about."""

    work: Callable[[Till], Any]
    lanes: tuple[str, ...] = ()
    purses: tuple[str, ...] = ()
    is_glance: bool = False
    """Whether it only asks for the ledger's change number."""
    done: Future[Any] = field(default_factory=Future)
    result: Any = None
    error: BaseException | None = None

    def run(self, till: Till) -> None:
        """Do it. What it refuses is its own affair; anything else undoes the whole transaction."""
        try:
            self.result = self.work(till)
        except PressroomError as error:
            self.error = error

    def tell(self) -> None:
        """Say what came of it to whoever waits."""
        if self.error is not None:
            self.done.set_exception(self.error)
        else:
            self.done.set_result(self.result)


class Worker:
    """Does jobs in its own thread, in the order in which they come, and something else every few seconds."""

    def __init__(self, opened: Callable[[], Money], beat: Callable[[], Job | None], beat_seconds: float) -> None:
        self._opened = opened
        self._beat = beat
        self._beat_seconds = beat_seconds
        self._money: Money | None = None
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread: Thread | None = None
        self._starting = Lock()  # two loops may send the first jobs at once, and the ledger's connection bears one

    def send(self, job: Job) -> Future[Any]:
        """Have a job done and wait for nothing."""
        with self._starting:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="governor", daemon=True)
                self._thread.start()
        self._jobs.put(job)
        return job.done

    async def do(
        self, work: Callable[[Till], ResultT], lanes: tuple[str, ...] = (), purses: tuple[str, ...] = ()
    ) -> ResultT:
        """Have work done and wait for it; it is done also when nobody waits any more."""
        return cast(ResultT, await result_of(self.send(Job(work, lanes, purses))))

    async def see_version(self) -> int:
        """The ledger's change number, without waiting for those who write."""
        return cast(int, await result_of(self.send(Job(lambda _till: None, is_glance=True))))

    def version(self) -> int:
        """The same; only for work that this thread does."""
        assert self._money is not None
        return self._money.version()

    def close(self) -> None:
        """Do what has been sent, and end."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        beat_at = time.monotonic() + self._beat_seconds
        while True:
            jobs, is_last = self._gather(beat_at - time.monotonic())
            if time.monotonic() >= beat_at:
                beat_at = time.monotonic() + self._beat_seconds
                if (beat := self._beat()) is not None:
                    jobs.append(beat)
            if jobs:
                self._work_off(jobs)
            if is_last:
                break
        if self._money is not None:
            self._money.close()
            self._money = None

    def _gather(self, seconds: float) -> tuple[list[Job], bool]:
        """Wait for a job and take all that have gathered; say whether there will be no more."""
        jobs: list[Job] = []
        with suppress(queue.Empty):
            job = self._jobs.get(timeout=max(0.0, seconds))
            while job is not None:
                jobs.append(job)
                job = self._jobs.get_nowait()
            return jobs, True
        return jobs, False

    def _work_off(self, jobs: list[Job]) -> None:
        try:
            if self._money is None:
                self._money = self._opened()
            for job in jobs:
                if job.is_glance:
                    job.result = self._money.version()
            if changes := [job for job in jobs if not job.is_glance]:
                self._change(self._money, changes)
        except BaseException as error:
            for job in jobs:
                job.error = error
        for job in jobs:
            job.tell()

    @staticmethod
    @redone
    def _change(money: Money, jobs: list[Job]) -> None:
        lanes = {name for job in jobs for name in job.lanes}
        purses = {name for job in jobs for name in job.purses}
        with money.transaction(list(lanes), list(purses)) as till:
            for job in jobs:
                job.run(till)


async def result_of(done: Future[Any]) -> Any:
    """Wait for a job, which is done also when whoever waits is cancelled, or his loop has ended."""
    loop = asyncio.get_running_loop()
    waiting = loop.create_future()

    def tell() -> None:
        if not waiting.done():
            waiting.set_result(None)

    def wake(_done: Future[Any]) -> None:
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(tell)

    done.add_done_callback(wake)
    await waiting
    return done.result()
