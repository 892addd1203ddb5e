"""The one connection through which money is reserved and spent: written through to the disk, one change at a time.

On SQLite a transaction holds the whole ledger, so everything in it is seen together. On Postgres it locks
the lanes and the purses that it is about, in one order everywhere, so that no two wait for each other.
Statements go straight to the driver: through SQLAlchemy each would take seven times as long (measured: 35
and 5 µs), and a reservation is a dozen of them.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import PoolProxiedConnection
from sqlalchemy.exc import DatabaseError

from tasks.ledger.database import Database
from tasks.ledger.till import Execute, Till, insert_lanes
from tasks.settings import Settings

_NAP_SECONDS, _LONGEST_NAP_SECONDS = 0.001, 0.006
"""How long one waits for a locked ledger, at first and at most; SQLite's own waits grow to 100 ms, which is felt."""
_LOOKS_A_SECOND = 50
"""How often to look again where a database does not say whether something has changed."""


class Money:
    """The ledger, open for what is said of money. Belongs to one thread."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self._patience = settings.ledger_patience_seconds
        self._database = Database(settings, synchronous="FULL", patience=self._patience)
        self._clock = clock
        self._is_sqlite = self._database.engine.dialect.name == "sqlite"
        self._connection: PoolProxiedConnection | None = None
        self._known: set[str] = set()

    @contextmanager
    def transaction(self, lanes: Sequence[str], purses: Sequence[str]) -> Iterator[Till]:
        """Open a transaction about these lanes and purses; it commits at the end."""
        with self._errors():
            execute = self._open()
            try:
                self._begin(execute, lanes, purses)
                yield self._till(execute)
                self._driver.commit()
            except BaseException:
                self._driver.rollback()
                raise
        self._known.update(lanes)

    def version(self) -> int:
        """Return a number that changes when another process changes the ledger; where that is not known, often."""
        if not self._is_sqlite:
            return int(time.monotonic() * _LOOKS_A_SECOND)
        with self._errors():
            return int(self._open()("PRAGMA data_version", ()).fetchone()[0])

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._database.close()

    @property
    def _driver(self) -> Any:
        assert self._connection is not None
        return self._connection.driver_connection

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Say a driver's failure in our own words, and trust its connection no more."""
        dialect = self._database.engine.dialect
        known = dialect.loaded_dbapi
        with self._database.errors():
            try:
                yield
            except known.Error as error:
                is_gone = self._connection is None or dialect.is_disconnect(error, self._driver, None)
                if self._connection is not None:
                    self._connection.invalidate()
                    self._connection = None
                raise DatabaseError.instance(
                    "", (), error, known.Error, dialect=dialect, connection_invalidated=is_gone
                ) from error

    def _open(self) -> Execute:
        if self._connection is None:
            self._connection = self._database.engine.raw_connection()
            if self._is_sqlite:
                self._driver.execute("PRAGMA busy_timeout = 0")
        run: Execute = self._driver.execute
        return run if self._is_sqlite else lambda query, values: run(_for_postgres(query), values)

    def _begin(self, execute: Execute, lanes: Sequence[str], purses: Sequence[str]) -> None:
        if self._is_sqlite:
            self._begin_immediate(execute)
        new = sorted(set(lanes) - self._known)
        if new:
            insert_lanes(execute, new)
        if not self._is_sqlite:
            _lock(execute, sorted(set(lanes)), sorted(set(purses)))

    def _begin_immediate(self, execute: Execute) -> None:
        started, pause = time.monotonic(), _NAP_SECONDS
        while True:
            try:
                execute("BEGIN IMMEDIATE", ())
                return
            except self._database.engine.dialect.loaded_dbapi.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() - started > self._patience:
                    raise
            time.sleep(pause * random.uniform(0.5, 1.5))
            pause = min(pause * 1.2, _LONGEST_NAP_SECONDS)

    def _till(self, execute: Execute) -> Till:
        mine = self._clock()
        if self._is_sqlite:
            return Till(execute, mine)
        # Asked after the locks are held. My own clock is read first, so that what I note seems late, never early.
        now = float(execute("SELECT extract(epoch FROM clock_timestamp())", ()).fetchone()[0])
        return Till(execute, now, now - mine)


def _lock(execute: Execute, lanes: Sequence[str], purses: Sequence[str]) -> None:
    """Hold lanes by their rows, and purses, which have none, by their names."""
    if lanes:
        marks = ", ".join("?" * len(lanes))
        execute(f"SELECT name FROM model_lane WHERE name IN ({marks}) ORDER BY name FOR UPDATE", lanes)
    for purse in purses:
        number = int.from_bytes(hashlib.sha256(purse.encode()).digest()[:8], signed=True)
        execute("SELECT pg_advisory_xact_lock(?)", (number,))


@cache
def _for_postgres(query: str) -> str:
    return query.replace("?", "%s")
