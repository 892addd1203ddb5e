"""Reading files of notes one after the other, each in a process that is killed when it takes too long."""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from tasks.files import MAX_BYTES
from tasks.podcast.research.blocks import Reading
from tasks.podcast.research.reading_worker import Job
from tasks.worker_processes import Worker, WorkerDied

SECONDS = 15.0
"""What a file may take; a book of a thousand pages takes about as long."""
LEAST_SECONDS = 2.0
"""What it may take however many before it had to be ended."""
MEMORY = 768 * 2**20
"""Bytes of address space that reading may take."""
_SERVES = "tasks.podcast.research.reading_worker"


class Reader:
    """Reads one file at a time; its process starts with the first, and again after one that had to be killed."""

    def __init__(self, *, seconds: float = SECONDS, memory: int = MEMORY, limit: int = MAX_BYTES) -> None:
        self._bounds = {"seconds": seconds, "memory": memory, "limit": limit}
        self._seconds = seconds
        self._worker: Worker | None = None
        self._ended = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end()

    def read(self, path: Path) -> Reading:
        """Return what is in a file, or why it cannot be read.

        The more files had to be ended, the less time the next ones have: a folder full of such would never be read.
        """
        job = Job.model_validate({"path": path, **self._bounds})
        worker = self._worker = self._worker or Worker(_SERVES)
        seconds, is_late, is_dead = self._time, threading.Event(), False
        timer = threading.Timer(seconds, _kill, (worker, is_late))
        timer.start()
        try:
            return Reading.model_validate_json(worker.ask(job.model_dump_json().encode()))
        except WorkerDied:
            is_dead = True
            why = f"{seconds:.3g} s" if is_late.is_set() else "as much memory as it may have"
            return Reading(refused=f"reading it took {why} and had to be ended")
        finally:
            timer.cancel()
            if is_late.is_set() or is_dead:
                self._end()

    @property
    def _time(self) -> float:
        return max(min(LEAST_SECONDS, self._seconds), self._seconds / (1 + self._ended))

    def _end(self) -> None:
        if self._worker is not None:
            self._worker.end()
            self._worker = None
            self._ended += 1


def _kill(worker: Worker, is_late: threading.Event) -> None:
    is_late.set()
    worker.kill()
