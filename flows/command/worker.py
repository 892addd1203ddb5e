"""`pressroom worker`, and the worker of `pressroom up`: it starts each batch as a process of its own.

It is Prefect's, started again if it ends, and its batches are closed before it does.
"""

from __future__ import annotations

import argparse
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from flows.command import exits, options
from flows.command.child import Child
from flows.command.interrupts import interruptible
from flows.command.screen import note, say
from tasks.settings import settings

if TYPE_CHECKING:
    import psutil

HELP = "start a worker for a server that runs elsewhere; Ctrl-C stops it"
DESCRIPTION = """Start a worker that takes batches from the server of PREFECT_API_URL, on this machine, beside those of
other machines. They share limits, budgets and batches by one ledger (PRESSROOM_LEDGER_URL), and must find the specs'
folders and PRESSROOM_HOME at the same paths. Ctrl-C stops it: batches that are at work are closed, and go on at another
worker. One that is gone, with its machine or without, leaves its batches to the others as well."""
LOOK_EVERY_SECONDS = 0.5
CLOSING_SECONDS = 60.0
"""How long batches may take to close when all is stopped."""
SHORT_SECONDS, SHORT_LIVES = 60.0, 3
"""A worker that has ended so soon, so often in a row, is not started again."""
_SETTLE_SECONDS = 2.0
"""What the server needs to hear of batches that have closed, and to put them back into their queues."""
_ASK_SECONDS = "3"
"""How often it asks for its next batch: Prefect's ten seconds are as long as a small part of a list takes."""
_RUNS = "prefect.engine"
"""By what a process that runs a batch is told."""
_WORK = """
import runpy
import flows.pool_worker
pool, name, limit = sys.argv[1:]
sys.argv = ["prefect", "worker", "start", "--type", "pressroom", "--pool", pool, "--name", name, "--limit", limit]
runpy.run_module("prefect", run_name="__main__")
"""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "worker", help=HELP, description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.limit(parser)
    parser.set_defaults(call=run, json=False, verbose=False)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    from flows.command.server import reached

    with interruptible(lambda: note("Stopping: batches at work are closed, and go on at another worker.")):
        try:
            with reached():
                from deployments.pool import require_pool

                url = require_pool()
                say(f"API:     {url}")
                with working(arguments.limit, url) as worker:
                    say("Ctrl-C stops it.")
                    while worker.look():
                        time.sleep(LOOK_EVERY_SECONDS)
        except KeyboardInterrupt:
            return exits.SUCCEEDED
    return exits.OUR_FAULT


class Worker:
    """A worker of the pool, kept alive."""

    def __init__(self, pool: str, limit: int, url: str) -> None:
        """Start it for the server at `url`.

        It is named by machine and process, and so is its log: several may share the state folder.
        """
        self._url = url
        self._is_waiting = False
        self.name = f"{socket.gethostname()}-{os.getpid()}"
        self._arguments = (pool, self.name, str(limit))
        self.log = settings().home / "workers" / f"{self.name}.log"
        self._short_lives = 0
        self._start(goes_on=False)

    def look(self) -> bool:
        """Start it again if it has ended and its server answers; false where that is of no use."""
        if self._child.code is None or not self._has_server():
            return True
        lived = time.monotonic() - self._began
        self._short_lives = self._short_lives + 1 if lived < SHORT_SECONDS else 0
        note(f"The worker has ended with code {self._child.code} (see {self.log}); its batches go on where they ended.")
        if self._short_lives >= SHORT_LIVES:
            note("It ends each time that it is started, so it is not started again.")
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
            runs = list(filter(is_run, worker.children(recursive=True)))
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

    def _has_server(self) -> bool:
        """Say whether its server answers: Prefect's worker ends, by and by, where none does."""
        from flows.command.serving import Server

        try:
            Server(self._url).ask("/health", known=False)
        except OSError as error:
            if not self._is_waiting:
                why = f"nobody answers at {self._url} ({error.strerror or error})"
                note(f"The worker has ended, and {why}: it is started again once somebody does.")
            self._is_waiting = True
            return False
        self._is_waiting = False
        return True

    def _start(self, *, goes_on: bool) -> None:
        self._began = time.monotonic()
        environment = {
            "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
            "PREFECT_WORKER_QUERY_SECONDS": os.environ.get("PREFECT_WORKER_QUERY_SECONDS", _ASK_SECONDS),
            "PRESSROOM_HOME": str(settings().home),
        }
        self._child = Child(_WORK, *self._arguments, log=self.log, environment=environment, goes_on=goes_on)


@contextmanager
def working(limit: int, url: str) -> Iterator[Worker]:
    """Have a worker at work that starts so many batches at once, and close them at the end."""
    from deployments.pool import POOL

    worker = Worker(POOL, limit, url)
    say(f"Worker:  {worker.name}, {limit} batches at once, its log is {worker.log}")
    try:
        yield worker
    finally:
        worker.close()
        time.sleep(_SETTLE_SECONDS)


def is_run(process: psutil.Process) -> bool:
    """Say whether a process runs a batch; one that has just ended does not."""
    import psutil

    try:
        return _RUNS in process.cmdline()
    except psutil.NoSuchProcess:
        return False


def _is_alive(process: psutil.Process) -> bool:
    import psutil

    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
