"""A Postgres server for tests, in a folder that is thrown away; it listens on a socket in that folder only."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

MISSING = "no PostgreSQL programs (initdb, postgres) under /usr/lib/postgresql or on the PATH"
_FAST = ("-c", "fsync=off", "-c", "listen_addresses=", "-c", "max_connections=100")


def postgres_programs() -> Path | None:
    """The folder of the server's programs, the newest version's; None where there is none."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    found = shutil.which("initdb")
    candidates = [*([Path(found).parent] if found else []), *reversed(folders)]
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


class Postgres:
    """A server that can be started again, with what it had written down."""

    def __init__(self, folder: Path) -> None:
        """Make its files; it refuses root, so then it runs as nobody."""
        programs = postgres_programs()
        assert programs is not None, MISSING
        self._folder, self._programs = folder, programs
        self._as_whom: dict[str, Any] = {
            **{"user": "nobody" if os.getuid() == 0 else None, "cwd": folder},
            **{"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL},
        }
        if self._as_whom["user"]:
            shutil.chown(folder, self._as_whom["user"])
        self._data = str(folder / "data")
        make = [str(programs / "initdb"), "-D", self._data, "-U", "pressroom", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(make, check=True, **self._as_whom)
        self.url = f"postgresql+psycopg://pressroom@/postgres?host={folder}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        serve = [str(self._programs / "postgres"), "-D", self._data, "-k", str(self._folder), *_FAST]
        self._process = subprocess.Popen(serve, **self._as_whom)
        _wait_until_up(f"host={self._folder} user=pressroom dbname=postgres", self._process)

    def stop(self, how: int = signal.SIGINT) -> None:
        """End those who are connected, and it: in order, or by SIGQUIT at once, as if the machine had lost power."""
        self._process.send_signal(how)
        self._process.wait(timeout=30)


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """Start a server, and remove all of it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="pressroom-postgres-"))
    try:
        server = Postgres(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(url: str) -> str:
    """Make an empty database on a server and give its address."""
    name = f"ledger_{uuid4().hex[:12]}"
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return url.replace("/postgres?", f"/{name}?")


def _wait_until_up(address: str, server: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(address).close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > ends or server.poll() is not None:
                raise
        time.sleep(0.05)
