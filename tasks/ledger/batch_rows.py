"""What the row of a batch means: whether it is at work, what is in flight, what bound it."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tasks.ledger.owner import is_held
from tasks.ledger.spending import NEVER

if TYPE_CHECKING:
    from tasks.ledger.glance import BoundDocument, Execute, Row

AT_WORK = ("running", "paused")
SENT = "sent"
"""What `control` says of a batch at rest of which a run was sent; whoever takes its lease writes over it."""
RESUMED = ("pending", "running", "cancelled", "skipped")
"""Statuses of the items that a batch at rest takes up when it is resumed."""


def batch_row(execute: Execute, batch_id: str) -> Row:
    """Return the row of a batch that the ledger has."""
    (row,) = execute("SELECT * FROM batch WHERE batch_id = ?", (batch_id,))
    return row


def item_rows(execute: Execute, batch_id: str) -> Sequence[Row]:
    """Return the rows of a batch's items, in their order."""
    return execute("SELECT * FROM item WHERE batch_id = ? ORDER BY position", (batch_id,))


def item_names(execute: Execute, batch_id: str) -> list[str]:
    """Return the ids of a batch's items, in their order, and nothing that takes longer to read."""
    query = "SELECT item_id FROM item WHERE batch_id = ? ORDER BY position"
    return [row["item_id"] for row in execute(query, (batch_id,))]


def worked_span(execute: Execute, batch_id: str) -> tuple[float, float] | None:
    """Say when a batch's first stage began and its last one ended, over all its runs; None where there was none."""
    query = "SELECT min(started_at) AS first, max(started_at + run_seconds) AS last FROM stage_run WHERE batch_id = ?"
    (row,) = execute(query, (batch_id,))
    return None if row["first"] is None else (row["first"], row["last"])


def bounds_of(batch: Row) -> list[BoundDocument]:
    """Read how many pieces of each lane's work ran at once."""
    found: list[BoundDocument] = json.loads(batch["parallelism"])
    for bound in found:
        bound.setdefault("stages", [])  # not written down by an earlier version
    return found


def true_status(batch: Row) -> str:
    """Say `interrupted` of a batch that claims to be at work while nobody works on it."""
    status: str = batch["status"]
    if status not in AT_WORK:
        return status
    return status if is_held(batch["owner"], batch["lease_until"]) else "interrupted"


def duration_of(execute: Execute, batch: Row, lease_seconds: float) -> float:
    """Say how long a batch ran, or runs: where its process was killed, until its last beat or the end of a stage.

    0 where nothing tells how long that was. `lease_seconds` is for how long each beat takes the lease.
    """
    if batch["status"] not in AT_WORK:
        return float(batch["wall_clock_seconds"])
    if true_status(batch) in AT_WORK:
        return time.time() - float(batch["started_at"])
    _, worked = worked_span(execute, batch["batch_id"]) or (0.0, 0.0)
    return float(max(0.0, max(batch["lease_until"] - lease_seconds, worked) - batch["started_at"]))


def alive_after(batch: Row) -> float:
    """Say when a call's lease must end at least for the call to be in flight; of a batch at rest none is."""
    return time.time() if true_status(batch) in AT_WORK else NEVER
