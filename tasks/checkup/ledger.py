"""The ledger: whether it can be reached, read and written to, and of which version it is. It is changed in nothing."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tasks.checkup.finding import Finding, defect, ok, warning
from tasks.checkup.state import why_unusable
from tasks.ledger.looking import ledger_file
from tasks.ledger.version import OTHER_TABLES, RESTORE, REVISIONS, SQLITE_TABLES, check_version
from tasks.settings import settings

PATIENCE_SECONDS = 5
MOST_BYTES_READ_WHOLE = 200_000_000
"""A larger ledger is not read from end to end, which would take longer than somebody waits."""
MOST_SKEW_SECONDS = 30.0
"""How far clocks may differ: half of how long a silent run keeps its batch."""


def look() -> Iterator[Finding]:
    """Look at whatever ledger is set."""
    path = ledger_file()
    yield from _sqlite(path) if path is not None else _server(settings().url)


def _sqlite(path: Path) -> Iterator[Finding]:
    if not path.exists():
        if why := why_unusable(path.parent):
            yield defect("ledger", f"{str(path)!r} cannot be made: {why}", "Mend the state folder first.")
            return
        yield ok("ledger", f"{str(path)!r} will be made by the first batch")
        return
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=PATIENCE_SECONDS)) as connection:
            yield _version(connection.execute, str(path), SQLITE_TABLES)
            if path.stat().st_size <= MOST_BYTES_READ_WHOLE:
                yield from _wholeness(connection)
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            yield warning("ledger", "another process has kept it locked for seconds", "End what holds it.")
            return
        remedy = "Check that file, its folder and their permissions."
        yield defect("ledger", f"{str(path)!r} cannot be written to: {error}", remedy)
    except sqlite3.DatabaseError as error:
        yield defect("ledger", f"{str(path)!r} cannot be read: {error}", RESTORE)


def _wholeness(connection: sqlite3.Connection) -> Iterator[Finding]:
    [said] = connection.execute("PRAGMA quick_check(1)").fetchone()
    if said != "ok":
        yield defect("ledger", f"it is damaged: {said}", RESTORE)


def _server(url: str) -> Iterator[Finding]:
    from sqlalchemy import create_engine
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError, DBAPIError

    try:
        address = make_url(url)
    except ArgumentError:
        remedy = "Write one such as `postgresql+psycopg://host/database`."
        yield defect("ledger", "PRESSROOM_LEDGER_URL is no address of a database", remedy)
        return
    is_postgres = address.get_backend_name() == "postgresql"
    if not is_postgres and address.get_backend_name() != "sqlite":
        says = f"PRESSROOM_LEDGER_URL names a {address.get_backend_name()}; a ledger lies in SQLite or Postgres"
        yield defect("ledger", says, "Write one such as `postgresql+psycopg://host/database`, or unset it for SQLite.")
        return
    if is_postgres and find_spec("psycopg") is None:
        says = "PRESSROOM_LEDGER_URL names a Postgres, and its driver is not installed"
        yield defect("ledger", says, "Install `pressroom[postgres]`, or `uv sync --extra postgres`.")
        return
    options = {"connect_timeout": PATIENCE_SECONDS} if is_postgres else {}
    engine = create_engine(address, connect_args=options)
    try:
        with engine.connect() as connection:
            yield _version(connection.exec_driver_sql, address.render_as_string(), OTHER_TABLES)
            if is_postgres:
                [[now]] = connection.exec_driver_sql("SELECT extract(epoch FROM clock_timestamp())").fetchall()
                yield skew("ledger's clock", float(now) - time.time())
    except DBAPIError as error:
        why = " ".join(str(error.orig).split())[:300]
        remedy = "Check that it runs, and user, password and database of PRESSROOM_LEDGER_URL."
        yield defect("ledger", f"{address.render_as_string()} cannot be reached: {why}", remedy)
    finally:
        engine.dispose()


def _version(execute: Any, path: str, tables: str) -> Finding:
    """Say which version the schema has; LEDGER_VERSION for one that is newer than this Pressroom."""
    is_newest = check_version(execute, path, tables)
    if is_newest:
        return ok("ledger", f"{path}, version {REVISIONS[-1]}")
    return ok("ledger", f"{path}; the next batch brings it to version {REVISIONS[-1]}")


def skew(name: str, seconds: float) -> Finding:
    """Say how far another clock is from this machine's."""
    if abs(seconds) <= MOST_SKEW_SECONDS:
        return ok(name, f"{abs(seconds):.0f} s from this machine's")
    says = f"it is {abs(seconds):.0f} s {'ahead of' if seconds > 0 else 'behind'} this machine's, so that schedules"
    return warning(name, f"{says} are off and runs on several machines may take batches from each other", "Set both.")
