"""Governors for tests, and short ways to ask them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from governor_client import CALL, CALLER
from kinds import ledger

from tasks.errors import PressroomError
from tasks.governor.charges import Charge, Lane, Limit, Reservation, Wait
from tasks.governor.governor import Governor
from tasks.settings import settings


@contextmanager
def open_governor(**changes: Any) -> Iterator[Governor]:
    """Open a governor of this test's ledger."""
    opened = Governor(replace(settings(), **changes))
    try:
        yield opened
    finally:
        opened.close()


def lane(*limits: Limit, parallel: int | None = None, name: str = "harbour") -> list[Lane]:
    """Make a list of one lane."""
    return [Lane(name, limits, parallel)]


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run asynchronous work."""
    return asyncio.run(work)


async def refused(work: Coroutine[Any, Any, Any]) -> str:
    """Say with which code work is refused."""
    with pytest.raises(PressroomError) as caught:
        await work
    return caught.value.code


async def reserved(our: Governor, worst: Charge = CALL, lanes: Any = (), purses: Any = (), **who: Any) -> Reservation:
    """Reserve a call that must be let through at once."""
    found = await our.try_reserve(replace(CALLER, **who), worst, lanes, purses, ticket=None)
    assert isinstance(found, Reservation), found
    return found


async def kept_waiting(our: Governor, worst: Charge = CALL, lanes: Any = (), purses: Any = (), **who: Any) -> Wait:
    """Ask for a call that must be kept waiting."""
    found = await our.try_reserve(replace(CALLER, **who), worst, lanes, purses, ticket=None)
    assert isinstance(found, Wait), found
    return found


def rows(table: str, where: str = "1 = 1") -> list[Any]:
    """Read rows of the ledger."""
    with ledger() as opened:
        return list(opened.execute(f"SELECT * FROM {table} WHERE {where}", ()))
