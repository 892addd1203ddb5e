"""Opening the ledger's database: pragmas, migrations, and errors in our own words.

SQLite runs in WAL mode with synchronous=NORMAL: a commit survives kill -9, and readers never
wait for the writer; what is said of money is written through to the disk (FULL). Every transaction
begins IMMEDIATE, because one that starts as a reader and then writes fails at once, without waiting,
when another writer came between; only one that is said to read (`reads`, an option of its execution) does not, and
keeps nobody from writing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from operator import itemgetter
from pathlib import Path
from threading import RLock
from typing import Any, Literal

from sqlalchemy import (
    Connection,
    Engine,
    Insert,
    QueuePool,
    Table,
    Update,
    create_engine,
    event,
    inspect,
    make_url,
    text,
)
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError, ProgrammingError
from sqlmodel import SQLModel

import tasks
from tasks.errors import PressroomError, fault
from tasks.files import make_state_folder
from tasks.ledger import tables
from tasks.ledger.away import is_broken, patiently, redone
from tasks.ledger.version import OTHER_TABLES, RESTORE, REVISIONS, SQLITE_TABLES, check_version
from tasks.settings import Settings

MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATING = 0x7072657373
"""Name of the lock under which processes take turns in bringing a Postgres ledger up to date."""
_CHECK = "Check the user, password and database in PRESSROOM_LEDGER_URL."
_OPTIONS = "The options in PRESSROOM_LEDGER_URL are libpq's, such as `?sslmode=require`."


class Database:
    """A connection pool with one writer at a time in this process."""

    def __init__(
        self,
        settings: Settings,
        *,
        synchronous: Literal["NORMAL", "FULL"] = "NORMAL",
        connections: int | None = None,
        patience: float = 0.0,
    ) -> None:
        """`connections` is how many there are at most, and whoever finds none free waits; none leaves it open.

        `patience` is for how many seconds a database that does not answer is asked again: whoever looks wants to be
        told at once, and a batch rather begins a little later.
        """
        self._settings = settings
        self._lock = RLock()
        self.home = settings.home
        self.engine = _engine(settings, synchronous, _bounds(settings, connections))
        self._is_file = self.engine.dialect.name == "sqlite"
        self._open(patience)

    def _open(self, patience: float) -> None:
        for attempt in patiently(patience):
            with attempt, self.errors():
                _migrate(self.engine, self._settings)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Open a transaction that commits at the end; threads of this process take turns."""
        with self._lock, self.errors(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Say a database's failure in our own words."""
        try:
            yield
        except DatabaseError as error:
            raise self.translate(error) from error

    def translate(self, error: DatabaseError) -> PressroomError:
        """Say in our own words what a database's error means."""
        path, why = _place(self._settings), str(error.orig).strip()
        if any(word in why for word in ("locked", "lock timeout", "deadlock")):
            return fault("LEDGER_LOCKED", path=path, seconds=self._settings.ledger_patience_seconds)
        if "disk is full" in why:
            return fault("DISK_FULL", path=path)
        if not self._is_file and is_broken(error):
            return fault("LEDGER_AWAY", path=path, why=_first_line(why))
        if isinstance(error, ProgrammingError) and error.statement is None:
            return fault("LEDGER_UNREADABLE", path=path, why=_first_line(why), hint=_OPTIONS)
        if isinstance(error, OperationalError) or "not a database" in why or "malformed" in why:
            hint = RESTORE if self._is_file else _CHECK
            return fault("LEDGER_UNREADABLE", path=path, why=_first_line(why), hint=hint)
        return fault("INTERNAL", what=f"ledger: {why}")

    def prepared(
        self, statement: Update | Insert, ending: str = ""
    ) -> Callable[[Connection, list[dict[str, Any]]], None]:
        """Compile a statement once and return what runs it for many rows (SQLAlchemy's own way costs twice the row).

        It has two values at least; `ending` is what is added to it.
        """
        compiled = statement.compile(dialect=self.engine.dialect)
        names: list[str] | None = getattr(compiled, "positiontup", None)
        pick = itemgetter(*names) if names else None

        def run(connection: Connection, rows: list[dict[str, Any]]) -> None:
            given: Any = rows if pick is None else list(map(pick, rows))
            connection.exec_driver_sql(f"{compiled}{ending}", given)

        return run

    @redone
    def execute(self, query: str, values: Sequence[object]) -> Sequence[Any]:
        """Run a query with `?` for each value and return its rows, as the quick look into the ledger does."""
        with self.transaction() as connection:
            return ask(connection, query, values)

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def ask(connection: Connection, query: str, values: Sequence[object]) -> Sequence[Any]:
    """Run a query with `?` for each value in a transaction that is open, and return its rows."""
    head, *rest = query.split("?")
    named = head + "".join(f":value{number}{part}" for number, part in enumerate(rest))
    given = {f"value{number}": value for number, value in enumerate(values)}
    return connection.execute(text(named), given).mappings().all()


def _place(settings: Settings) -> str:
    """Name the ledger without its password."""
    if not settings.ledger_url:
        return str(settings.ledger_path)
    try:
        return make_url(settings.ledger_url).render_as_string()
    except ArgumentError:
        return "PRESSROOM_LEDGER_URL"


def _first_line(why: str) -> str:
    """Leave out what libpq advises below what it says."""
    return why.partition("\n")[0]


def _bounds(settings: Settings, connections: int | None) -> dict[str, Any]:
    if connections is None:
        return {}
    patience = settings.ledger_patience_seconds
    return {"poolclass": QueuePool, "pool_size": connections, "max_overflow": 0, "pool_timeout": patience}


def _engine(settings: Settings, synchronous: str, bounds: dict[str, Any]) -> Engine:
    if not settings.url.startswith("sqlite"):
        return _other_engine(settings, bounds)
    make_state_folder(settings.home)
    patience = {"timeout": settings.ledger_patience_seconds, "check_same_thread": False}
    engine = create_engine(settings.url, connect_args=patience, **bounds)

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(f"PRAGMA synchronous={synchronous}")
            connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get("reads", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def _other_engine(settings: Settings, bounds: dict[str, Any]) -> Engine:
    path = _place(settings)
    try:
        if make_url(settings.url).get_backend_name() != "postgresql":
            raise ArgumentError("no Postgres")
        options = {"options": f"-c lock_timeout={int(1000 * settings.ledger_patience_seconds)}"}
        return create_engine(settings.url, pool_pre_ping=True, connect_args=options, **bounds)
    except (ArgumentError, NoSuchModuleError) as error:
        why = "this is no address of a database known here: a ledger lies in SQLite or Postgres"
        hint = "Write one as `postgresql+psycopg://host/database`."
        raise fault("LEDGER_UNREADABLE", path=path, why=why, hint=hint) from error
    except ModuleNotFoundError as error:
        why, hint = f"the package {error.name!r} is not installed", "Install it; for Postgres, `pressroom[postgres]`."
        raise fault("LEDGER_UNREADABLE", path=path, why=why, hint=hint) from error


def _tables() -> list[Table]:
    """Return all tables, those of the kinds included, which are found and not listed as the kinds themselves are."""
    modules = [tables]
    for file in sorted(Path(tasks.__file__).parent.glob("*/tables.py")):
        modules.append(import_module(f"tasks.{file.parent.name}.tables"))
    rows = [row for module in modules for row in vars(module).values() if isinstance(row, type)]
    return list({row.__table__: None for row in rows if issubclass(row, SQLModel) and hasattr(row, "__table__")})


def _migrate(engine: Engine, settings: Settings) -> None:
    """Bring the schema up to date.

    A new ledger is made from the tables as they are and stamped, since Alembic takes a second to load; a test
    holds that this and the migrations give the same schema.
    """
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATING})")
        if check_version(connection.exec_driver_sql, _place(settings), SQLITE_TABLES if is_sqlite else OTHER_TABLES):
            return
        if not inspect(connection).has_table("alembic_version"):
            SQLModel.metadata.create_all(connection, tables=_tables())
            connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
            connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{REVISIONS[-1]}')")
            return
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
