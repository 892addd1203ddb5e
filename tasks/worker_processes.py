"""Processes for work that may never end or take all memory: bounded, and killed without harm to anything else.

Why not anyio's own worker processes: they run the caller's main script again in each worker, so an unguarded
script would start its batch over and over, and a heavy one would count against the memory a worker may use.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import IO

from tasks.errors import fault

_START = (
    "import importlib, json, sys; sys.path[:] = json.loads(sys.argv[1]); importlib.import_module(sys.argv[2]).serve()"
)
# No more than Python itself needs: what it reads has no business with the keys the environment may hold.
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "PYTHONHOME", "SYSTEMROOT", "LANG", "LC_ALL", "TZ", "TMPDIR")


class WorkerDied(Exception):
    """The worker process ended before it had answered."""


class Worker:
    """A process of our own that does one piece of work at a time; it can be killed whatever it does."""

    def __init__(self, module: str) -> None:
        """Start the process and wait until it is ready; `module` has the function `serve` that it runs.

        `serve` writes the line READY, then a line of JSON for each line it reads, and ends with its input.
        """
        # -P: what it imports before it has our path is not looked for in the current folder, which may be a stranger's.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", _START, json.dumps(sys.path), module],
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
            raise fault("TEMPORARY_ERROR", what=f"The process that runs {module} did not start.")

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

    def kill(self) -> None:
        """Kill the process, whatever it is doing; any thread may, and whoever waits for its answer gets WorkerDied."""
        self._process.kill()

    def end(self) -> None:
        """Kill the process and close what leads to it."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._to, self._from):
            try:
                pipe.close()
            except OSError:
                continue  # What was still to be sent has nobody to read it now.


def serve_lines(answer: Callable[[bytes, IO[bytes]], None]) -> None:
    """Serve in a worker process: have each line of standard input answered, until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for those who end this process themselves.
    source, target = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # Nothing a library prints may get between the answers.
    target.write(b"READY\n")
    target.flush()
    while line := source.readline():
        answer(line, target)
        target.flush()


def set_alarm(seconds: float) -> None:
    """Let this process be killed in so many seconds, in case nobody else does; 0 for never."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def limit_memory(memory: int) -> None:
    """Bound this process's address space, in bytes, where the platform can."""
    try:
        import resource
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if soft != memory and (hard == resource.RLIM_INFINITY or memory <= hard):
        resource.setrlimit(resource.RLIMIT_AS, (memory, hard))
