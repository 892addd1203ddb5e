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


@contextmanager
def postgres_server() -> Iterator[str]:
    """Start a server and give the address of its first database; it refuses root, so then it runs as nobody."""
    programs = postgres_programs()
    assert programs is not None, MISSING
    user = "nobody" if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="pressroom-postgres-"))
    data = str(folder / "data")
    if user:
        shutil.chown(folder, user)
    make = [str(programs / "initdb"), "-D", data, "-U", "pressroom", "-A", "trust", "-E", "UTF8", "--no-sync"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    subprocess.run(make, check=True, user=user, **quiet)  # type: ignore[call-overload]  # options that both calls take
    serve = [str(programs / "postgres"), "-D", data, "-k", str(folder), *_FAST]
    server: subprocess.Popen[bytes] = subprocess.Popen(serve, user=user, **quiet)  # type: ignore[call-overload]
    try:
        _wait_until_up(f"host={folder} user=pressroom dbname=postgres", server)
        yield f"postgresql+psycopg://pressroom@/postgres?host={folder}"
    finally:
        server.send_signal(signal.SIGINT)  # ends those who are still connected, where SIGTERM waits for them
        server.wait(timeout=30)
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
