"""A database elsewhere that is gone for a while, because it is started again: whoever asks it asks again.

A transaction that went down with its connection is done as a whole once more. Only what may be done twice is: whether
the first one was written before the connection broke, nobody knows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.exc import DatabaseError, OperationalError
from tenacity import Retrying, retry, retry_if_exception, stop_after_delay, wait_fixed

from tasks.errors import PressroomError

AWAY_SECONDS = 120.0
"""How long a batch at work waits for its ledger: a database that was killed first reads what it had not written."""
_ASK_EVERY_SECONDS = 0.25
_ENDING = ("57P01", "57P02", "57P03")
"""Postgres's codes for: told to end, another of its processes was killed, not yet or no longer open."""
_REFUSALS = ("authentication failed", "no password supplied", "does not exist", "pg_hba.conf", "not permitted")
"""Words of a Postgres that answers and lets nobody in: no waiting mends that. (Its code is not told before one is.)"""
CallT = TypeVar("CallT", bound=Callable[..., Any])


def is_broken(error: DatabaseError) -> bool:
    """Say whether an error means that the connection is gone, or that none could be had for now."""
    code = getattr(error.orig, "sqlstate", None) or ""
    could_not_connect = isinstance(error, OperationalError) and error.statement is None and not _is_refusal(error)
    return error.connection_invalidated or could_not_connect or code in _ENDING or code.startswith("08")


def _is_refusal(error: DatabaseError) -> bool:
    return any(words in str(error.orig) for words in _REFUSALS)


def _is_away(error: BaseException) -> bool:
    return isinstance(error, PressroomError) and error.code == "LEDGER_AWAY"


def _asking(seconds: float) -> dict[str, Any]:
    return {
        "retry": retry_if_exception(_is_away),
        "stop": stop_after_delay(seconds),
        "wait": wait_fixed(_ASK_EVERY_SECONDS),
        "reraise": True,
    }


def patiently(seconds: float) -> Retrying:
    """Return what does something again while the ledger is away, for so long."""
    return Retrying(**_asking(seconds))


def redone(work: CallT) -> CallT:
    """Let a function be done again while the ledger is away."""
    again: CallT = retry(**_asking(AWAY_SECONDS))(work)
    return again
