"""Worker processes for templates, kept warm between renders and killed when one of them runs away."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from tasks.limiters import LoopLimiter
from tasks.worker_processes import Worker

SERVES = "tasks.documents.jinja_worker"
_limiter = LoopLimiter("pressroom_template_workers")
_lock = threading.Lock()
_idle: list[Worker] = []


@asynccontextmanager
async def borrowed() -> AsyncIterator[Worker]:
    """Lend a worker; it is kept for the next one only if the block ends without an error."""
    # More workers than cores would only slow each other.
    async with _limiter.of_loop(os.cpu_count() or 2):
        while (worker := _take_idle()) is None:
            await anyio.to_thread.run_sync(_start_one, limiter=anyio.CapacityLimiter(1))
        try:
            yield worker
        except BaseException:  # Also when cancelled: a worker that is still rendering is of no use to anyone.
            worker.end()
            raise
        with _lock:
            _idle.append(worker)


def _start_one() -> None:
    # Straight into the pool: if whoever waits for it is cancelled meanwhile, the next one finds it there.
    worker = Worker(SERVES)
    with _lock:
        _idle.append(worker)


def _take_idle() -> Worker | None:
    while True:
        with _lock:
            if not _idle:
                return None
            worker = _idle.pop()
        if worker.alive:
            return worker
        worker.end()


def idle_process_ids() -> list[int]:
    """Return the numbers of the processes that wait for work."""
    with _lock:
        return [worker.process_id for worker in _idle]


if hasattr(os, "register_at_fork"):  # A forked child must not talk through its parent's pipes.
    os.register_at_fork(after_in_child=_idle.clear)


@atexit.register
def end_idle_workers() -> None:
    """End the workers nobody is using."""
    with _lock:
        workers, _idle[:] = list(_idle), []
    for worker in workers:
        worker.end()
