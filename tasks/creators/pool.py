"""The pool: the few connections to the database that all creators of a batch share.

How many creators are worked on at once follows from it: by default a third of the connections, never over a half,
and fewer when somebody had to wait for one. Reading takes no lock that a writer needs; writers take turns. What the
database does is not done on the event loop, and not in the threads that others use.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, lru_cache
from threading import Lock, RLock
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from tasks.creators.pool_use import Meter, Pace, PoolUse
from tasks.errors import fault
from tasks.limiters import LoopLimiter
from tasks.settings import Settings
from tasks.settings import settings as settings_of_process

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from tasks.ledger.database import Database

ResultT = TypeVar("ResultT")
_limiter = LoopLimiter("creators-pool")


class Pool:
    """The connections of this process, and what is known of how they are used. Opened when first needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opening = Lock()
        self._turn = RLock()
        self.size = settings.connections
        self.default = max(1, self.size // 3)
        """Creators worked on at once where nothing else is asked for."""
        self.cap = max(1, self.size // 2)
        """Creators worked on at once at most."""
        self._pace = Pace(most=self.cap, allowed=float(self.default))
        self._meter = Meter(self.size, self._pace)

    @property
    def database(self) -> Database:
        """The ledger's database, brought up to date; whoever comes first opens it."""
        with self._opening:
            return self._database

    @cached_property
    def _database(self) -> Database:
        from sqlalchemy import event

        from tasks.ledger.database import Database

        database = Database(self._settings, connections=self.size)

        @event.listens_for(database.engine, "before_cursor_execute")
        def _count(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            self._meter.ran(statement)

        return database

    def parallelism(self) -> int:
        """Return how many creators may be worked on now, as waiting for connections has taught it."""
        return self._pace.value

    def at_once(self, asked: int | None) -> int:
        """Return how many creators a batch that asks for so many works on at once, at most."""
        return min(asked or self.default, self.cap)

    def begin_with(self, asked: int | None) -> None:
        """Begin with as many creators as were asked for, or with the default; never over the cap."""
        self._pace.begin_with(asked or self.default)

    def use(self) -> PoolUse:
        """Return how the pool was used so far; `since` an earlier look tells of one batch."""
        return self._meter.use()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Hold a connection for reading: what is seen is of one moment, and nobody is kept from writing."""
        engine = self.database.engine
        level = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
        with self._held(engine.execution_options(reads=True, **level)) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Hold a connection for a transaction that commits at the end; writers of this process take turns."""
        with self._turn, self._held(self.database.engine) as connection:
            yield connection

    def execute(self, query: str, values: Sequence[object] = ()) -> Sequence[Any]:
        """Run a query with `?` for each value and return its rows."""
        from tasks.ledger.database import ask

        with self.reading() as connection:
            return ask(connection, query, values)

    async def apart(self, work: Callable[..., ResultT], *given: Any) -> ResultT:
        """Do work that needs the database in a thread, under a limit of its own."""
        return await _limiter.apart(2 * self.size, work, *given)

    def close(self) -> None:
        """Give every connection back."""
        if "_database" in self.__dict__:
            self._database.close()

    @contextmanager
    def _held(self, engine: Engine) -> Iterator[Connection]:
        from sqlalchemy.exc import TimeoutError as NoneFree

        asked = monotonic()
        try:
            with self.database.errors(), engine.connect() as connection:
                taken = monotonic()
                self._meter.took(taken - asked)
                try:
                    with connection.begin():
                        yield connection
                finally:
                    self._meter.gave(monotonic() - taken)
        except NoneFree as error:
            seconds = f"{self._settings.ledger_patience_seconds:g}"
            why = f"None of the {self.size} connections to the ledger was free within {seconds} s."
            raise fault("TEMPORARY_ERROR", what=why) from error


@lru_cache(maxsize=1)
def _pool(settings: Settings, _process: int) -> Pool:
    return Pool(settings)


def pool() -> Pool:
    """The pool of this process: one, since its connections are what all creators share."""
    return _pool(settings_of_process(), os.getpid())
