"""How the lanes of models stand, read like the quick look: plain SQL, nothing written, nothing loaded that is slow."""

from __future__ import annotations

import time
from typing import TypedDict

from tasks.ledger.glance import Execute, Row


class LaneDocument(TypedDict):
    """A vendor or a model as `status` shows it."""

    lane: str
    breaker: str
    """closed, open or half_open."""
    failures: int
    """In a row."""
    shut_seconds: float
    """For how long no call will be made."""
    reason: str | None
    in_flight: int
    waiting: int
    """Those first in line of each process that lack room in it."""


def lane_documents(execute: Execute, now: float | None = None) -> list[LaneDocument]:
    """List the lanes that were ever used, by name."""
    moment = time.time() if now is None else now
    flights = _counts(execute, "model_call", "counts_from IS NULL AND lease_until >= ?", moment)
    waits = _counts(execute, "model_ticket", "lease_until >= ?", moment)
    rows = execute("SELECT * FROM model_lane ORDER BY name", ())
    return [_document(row, moment, flights.get(row["name"], 0), waits.get(row["name"], 0)) for row in rows]


def _counts(execute: Execute, table: str, where: str, moment: float) -> dict[str, int]:
    found: dict[str, int] = {}
    for column in ("vendor", "model"):
        query = f"SELECT {column} AS lane, COUNT(*) AS number FROM {table} WHERE {where} GROUP BY {column}"
        for row in execute(query, (moment,)):
            found[row["lane"]] = row["number"]
    return found


def _document(row: Row, moment: float, in_flight: int, waiting: int) -> LaneDocument:
    shut = max(row["penalised_until"], row["opened_until"] if row["breaker"] == "open" else 0.0)
    return {
        "lane": row["name"],
        "breaker": row["breaker"],
        "failures": row["failures"],
        "shut_seconds": max(0.0, shut - moment),
        "reason": row["reason"],
        "in_flight": in_flight,
        "waiting": waiting,
    }
