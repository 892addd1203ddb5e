"""Worker processes for templates, kept warm between renders and killed when one of them runs away.

Why not anyio's own worker processes: they run the caller's main script again in each worker, so an unguarded
script would start its batch over and over, and a heavy one would count against the memory a template may use.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from tasks.errors import fault
from tasks.limiters import LoopLimiter

_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);from tasks.documents.jinja_worker import serve; serve()"
)
# No more than Python itself needs: templates have no business with the keys the environment may hold.
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "PYTHONHOME", "SYSTEMROOT", "LANG", "LC_ALL", "TZ", "TMPDIR")
_limiter = LoopLimiter("pressroom_template_workers")
_lock = threading.Lock()
_idle: list[Worker] = []


class WorkerDied(Exception):
    """The worker process ended before it had answered."""


class Worker:
    """A process of our own that renders one template at a time."""

    def __init__(self) -> None:
        """Start the process and wait until it is ready."""
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            start_new_session=True,  # A Ctrl-C on the terminal must not reach it.
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin, self._process.stdout
        if self._from.readline() != b"READY\n":
            self.end()
            raise fault("TEMPORARY_ERROR", what="The process that renders templates did not start.")

    @property
    def alive(self) -> bool:
        """Whether the process is still there."""
        return self._process.poll() is None

    @property
    def process_id(self) -> int:
        """The process's number."""
        return self._process.pid

    def ask(self, line: bytes) -> bytes:
        """Send a request and return the line of its answer."""
        try:
            self._to.write(line + b"\n")
            self._to.flush()
            answer = self._from.readline()
        except (OSError, ValueError) as error:  # ValueError: its pipe was closed by `end` in the meantime
            raise WorkerDied(str(error)) from error
        if not answer.endswith(b"\n"):
            raise WorkerDied("its answer broke off")
        return answer

    def read(self, size: int) -> bytes:
        """Return the bytes that follow an answer."""
        data = self._from.read(size)
        if len(data) < size:
            raise WorkerDied("its answer broke off")
        return data

    def end(self) -> None:
        """Kill the process, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._to, self._from):
            try:
                pipe.close()
            except OSError:
                continue  # What was still to be sent has nobody to read it now.


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
    worker = Worker()
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
