"""The worker of `pressroom up`: it starts each batch as a process of its own, and is started again if it ends."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from flows.command.child import Child
from flows.command.screen import note
from tasks.settings import settings

if TYPE_CHECKING:
    import psutil

CLOSING_SECONDS = 60.0
"""How long batches may take to close when all is stopped."""
SHORT_SECONDS, SHORT_LIVES = 60.0, 3
"""A worker that has ended so soon, so often in a row, is not started again."""
_RUNS = "prefect.engine"
"""By what a process that runs a batch is told."""
_WORK = """
import runpy
sys.argv = ["prefect", "worker", "start", "--pool", sys.argv[1], "--name", sys.argv[2], "--limit", sys.argv[3]]
runpy.run_module("prefect", run_name="__main__")
"""


class Worker:
    """A worker of the pool, kept alive."""

    def __init__(self, pool: str, limit: int) -> None:
        """Start it."""
        self._arguments = (pool, f"up-{os.getpid()}", str(limit))
        self.log = settings().home / "prefect-worker.log"
        self._short_lives = 0
        self._start(goes_on=False)

    def look(self) -> bool:
        """Start it again if it has ended; false where that is of no use."""
        if self._child.code is None:
            return True
        lived = time.monotonic() - self._began
        self._short_lives = self._short_lives + 1 if lived < SHORT_SECONDS else 0
        note(f"The worker has ended with code {self._child.code} (see {self.log}); its batches go on where they ended.")
        if self._short_lives >= SHORT_LIVES:
            return False
        self._start(goes_on=True)
        return True

    def close(self) -> None:
        """Let the batches at work close, then end it.

        A worker that is told to end kills its batches. So it is held still, so that it begins none, and they are told
        themselves: each keeps what is finished, and is put back into its queue.
        """
        import psutil

        try:
            worker = psutil.Process(self._child.process_id)
            worker.suspend()
            runs = [one for one in worker.children(recursive=True) if _RUNS in one.cmdline()]
        except psutil.NoSuchProcess:
            return
        for run in runs:
            run.terminate()
        until = time.monotonic() + CLOSING_SECONDS
        while any(map(_is_alive, runs)) and time.monotonic() < until:
            time.sleep(0.1)
        for run in filter(_is_alive, runs):
            run.kill()
        self._child.kill()

    def _start(self, *, goes_on: bool) -> None:
        self._began = time.monotonic()
        environment = {"PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30", "PRESSROOM_HOME": str(settings().home)}
        self._child = Child(_WORK, *self._arguments, log=self.log, environment=environment, goes_on=goes_on)


def _is_alive(process: psutil.Process) -> bool:
    import psutil

    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
