"""What a Prefect server that is started here would be made of: its database, and who is let in. Nothing is written."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from tasks.checkup.finding import Finding, defect, ok, warning
from tasks.settings import AUTH_STRINGS, SERVER_DATABASE

if TYPE_CHECKING:
    from sqlalchemy import URL

_PATIENCE_SECONDS = 5
_FORM = "postgresql+asyncpg://user:password@host/database"


def database() -> Iterator[Finding]:
    """Look at the database that the environment names for a server; its own file needs no look."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    if not (given := os.environ.get(SERVER_DATABASE)):
        return
    driver = ""
    with suppress(ArgumentError):
        address = make_url(given)
        driver = address.drivername
    if driver == "postgresql+asyncpg":
        yield _reached(address)
    elif driver != "sqlite+aiosqlite":
        says = f"{SERVER_DATABASE} names no database that a Prefect server takes, so that none can be started"
        yield defect("server's database", says, f"Write `{_FORM}`, or unset it.")


def _reached(address: URL) -> Finding:
    shown = address.render_as_string()
    try:
        asyncio.run(_connect(address))
    except Exception as error:  # The driver's own share no class with SQLAlchemy's or the system's.
        why = " ".join(str(error).split())[:300] or f"no answer in {_PATIENCE_SECONDS} s"
        says = f"{shown} cannot be reached, so that no server can be started here: {why}"
        remedy = f"Check that it runs, and user, password and database of {SERVER_DATABASE}."
        return defect("server's database", says, remedy)
    return ok("server's database", shown)


async def _connect(address: URL) -> None:
    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine(address, connect_args={"timeout": _PATIENCE_SECONDS})
    try:
        async with engine.connect():
            pass
    finally:
        await engine.dispose()


def auth_strings(*, is_local: bool) -> Iterator[Finding]:
    """Look at what a server wants to hear and what its clients say; where it `is_local`, they are to be the same."""
    given = {name: os.environ[name] for name in AUTH_STRINGS if os.environ.get(name)}
    if bare := [name for name, value in given.items() if ":" not in value]:
        says = f"{' and '.join(bare)}: without a colon, so that no password is told from a user"
        yield warning("auth string", says, "Write it as `user:password`, the same for server, workers and commands.")
    if len(set(given.values())) > 1:
        says = f"{' and '.join(given)} differ, so that a server started here does not let in whoever calls it from here"
        yield (defect if is_local else warning)("auth strings", says, "Set both to the same, or only one of them.")
