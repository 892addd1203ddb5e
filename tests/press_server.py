"""A Prefect server for each process that runs tests, on a copy of a database that is built once and kept.

One for all would be asked by several at once, and SQLite then refuses what others have written in between: whoever
asked waits for seconds and tries again.
"""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

from flows.command.hosts import LOOPBACK
from flows.command.server import START_SECONDS, LocalServer, answers

BUILT = "PRESSROOM_TEST_PREFECT"
"""Variable with the path of the built database; it is there once a test's server is up."""


class PressServer:
    """The server of this process, at an address that is known before it is started."""

    def __init__(self, home: Path, built: Path) -> None:
        """Choose its address; it starts at once where the database is there to be copied."""
        self._home, self._built = home, built
        # Held, so that nobody else is given it meanwhile: two may have one where neither listens there.
        self._place = socket.socket()
        self._place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._place.bind((LOOPBACK, 0))
        self._port = self._place.getsockname()[1]
        self._server: LocalServer | None = None
        self.url = f"http://{LOOPBACK}:{self._port}/api"
        if built.exists():
            self._start()

    def wait(self) -> None:
        """Wait until it answers."""
        until = time.monotonic() + START_SECONDS
        while self._server is None or not answers(self.url):
            assert time.monotonic() < until, f"the Prefect server of the tests is silent; see {self._home}"
            if self._server is None and self._built.exists():
                self._start()
            time.sleep(0.1)

    def kill(self) -> None:
        """End it: what it holds is thrown away."""
        self._place.close()
        if self._server is not None:
            self._server.kill()

    def _start(self) -> None:
        shutil.copy(self._built, self._home / "prefect.db")
        self._server = LocalServer(self._home / "server.log", self._port)


def build_apart(built: Path) -> None:
    """Have the database built in a thread, where it is not there: it takes a machine half a minute."""
    if not built.exists():
        threading.Thread(target=_build, args=(built,), name="build-database", daemon=True).start()


def _build(built: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="pressroom-build-") as name:
        source = Path(name, "prefect.db")
        role = {
            "PREFECT__SERVER_EPHEMERAL": "1",
            "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{source}",
        }
        server = LocalServer(Path(name, "server.log"), role=role)
        try:
            server.wait()
        finally:
            server.end()
        draft = Path(tempfile.mkstemp(dir=built.parent)[1])
        with closing(sqlite3.connect(source)) as known, closing(sqlite3.connect(draft)) as copy:
            known.backup(copy)
        os.replace(draft, built)
