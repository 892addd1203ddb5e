"""What waits for a person's decision, and what was decided: read from the ledger alone, and light like `status`."""

from __future__ import annotations

import json
from typing import Any, TypedDict, cast

from tasks.ledger.glance import Execute, OutputDocument
from tasks.ledger.looking import looking


class WaitingDocument(TypedDict):
    """An item that waits."""

    batch_id: str
    kind: str
    item_id: str
    why: list[str]
    """What is good to know of it; that is what it waits for."""
    since: float | None
    outputs: list[OutputDocument]


class DecisionDocument(TypedDict):
    """What was decided of an item, by whom and when."""

    batch_id: str
    item_id: str
    decision: str
    note: str
    decided_by: str
    decided_at: float
    before: str | None
    after: str | None
    broken_rules: list[str]
    """Those that an edit was taken despite."""


def waiting_items(execute: Execute, batch_id: str | None = None) -> list[WaitingDocument]:
    """Return what waits in one batch or in all, those that have waited longest first."""
    query = (
        "SELECT item.batch_id AS batch_id, kind, item_id, warnings, item.finished_at AS since, outputs FROM item "
        "JOIN batch ON batch.batch_id = item.batch_id WHERE item.status = 'needs_review'"
    )
    given = () if batch_id is None else (batch_id,)
    query += " AND item.batch_id = ?" * len(given) + " ORDER BY item.finished_at, item.batch_id, position"
    return [
        {
            "batch_id": row["batch_id"],
            "kind": row["kind"],
            "item_id": row["item_id"],
            "why": json.loads(row["warnings"]) if row["warnings"] else [],
            "since": row["since"],
            "outputs": json.loads(row["outputs"]),
        }
        for row in execute(query, given)
    ]


def decisions_in(execute: Execute, batch_id: str) -> list[DecisionDocument]:
    """Return what was decided in a batch, the newest last."""
    fields = tuple(DecisionDocument.__annotations__)
    query = f"SELECT {', '.join(fields)} FROM review_decision WHERE batch_id = ? ORDER BY decided_at, id"
    found = []
    for row in execute(query, (batch_id,)):
        known: Any = {name: row[name] for name in fields}
        found.append(cast(DecisionDocument, known | {"broken_rules": json.loads(row["broken_rules"] or "[]")}))
    return found


def decided_in(batch_id: str) -> dict[str, list[DecisionDocument]]:
    """Return the same by item, from whatever ledger there is; nothing where there is none."""
    found: dict[str, list[DecisionDocument]] = {}
    with looking() as glance:
        for one in decisions_in(glance.execute, batch_id) if glance is not None else ():
            found.setdefault(one["item_id"], []).append(one)
    return found


def count_decisions(execute: Execute, batch_id: str) -> int:
    """Count what was decided in a batch so far."""
    query = "SELECT count(*) AS number FROM review_decision WHERE batch_id = ?"
    return int(execute(query, (batch_id,))[0]["number"])
