"""A quick look into the ledger: plain sqlite3, nothing written, and nothing loaded that takes time.

`status`, and the resume of a batch that has nothing left to do, answer from here in a few
milliseconds; SQLAlchemy and Prefect take seconds to load. What comes out has the form of
`BatchResult` as JSON, which a test holds to be equal.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol, TypedDict

from tasks.errors import fault
from tasks.ledger.batch_rows import SENT, alive_after, bounds_of, duration_of, true_status
from tasks.ledger.lanes import LaneDocument, shut_lanes
from tasks.ledger.owner import is_held
from tasks.ledger.spending import budgets_in, item_costs, spent, total_use
from tasks.ledger.uses import NO_COST, ItemSpentDocument, MoneyDocument, SpentDocument
from tasks.ledger.version import RESTORE, check_version
from tasks.settings import settings

_CONTROLS = ("run", "pause", "retry", "cancel", SENT)


class OutputDocument(TypedDict):
    """A file that was made."""

    path: str
    size: int
    sha256: str


class ItemDocument(ItemSpentDocument):
    """A line of a batch's result."""

    item_id: str
    status: str
    error_code: str | None
    error_message: str | None
    remedy: str | None
    duration_seconds: float
    outputs: list[OutputDocument]
    reused: bool
    warnings: list[str]


class BoundDocument(TypedDict):
    """How many pieces of a lane's work ran at once, and what bound it."""

    lane: str
    value: int
    bound: str
    stages: list[str]


class BatchDocument(SpentDocument):
    """What became of a batch: `BatchResult` as JSON."""

    batch_id: str
    kind: str
    status: str
    reason: str | None
    total: int
    successful: int
    failed: int
    skipped: int
    cancelled: int
    pending: int
    needs_review: int
    reused: int
    wall_clock_seconds: float
    sum_item_seconds: float
    parallelism: list[BoundDocument]
    output_dir: str
    results: list[ItemDocument]


class RunningDocument(TypedDict):
    """An item at work, and for how many seconds."""

    item_id: str
    seconds: float


class StatusDocument(TypedDict):
    """A batch as `status` shows it."""

    batch_id: str
    kind: str
    status: str
    total: int
    counts: dict[str, int]
    output_dir: str
    reason: str | None
    started_at: float
    duration_seconds: float


class Row(Protocol):
    """A row, read by column name."""

    def __getitem__(self, name: str, /) -> Any:
        """Return a column."""


Execute = Callable[[str, Sequence[object]], Sequence[Row]]


class Glance:
    """The ledger, open for a look. `execute` runs a query with `?` for each value and returns its rows."""

    def __init__(self, execute: Execute) -> None:
        self.execute = execute

    def batches(self) -> list[StatusDocument]:
        """All batches, the newest first."""
        counts: dict[str, dict[str, int]] = {}
        for row in self._rows("SELECT batch_id, status, count(*) AS number FROM item GROUP BY batch_id, status"):
            counts.setdefault(row["batch_id"], {})[row["status"]] = row["number"]
        rows = self._rows("SELECT * FROM batch ORDER BY started_at DESC, batch_id")
        return [self._status_document(row, counts.get(row["batch_id"], {})) for row in rows]

    def batch(self, batch_id: str) -> StatusDocument:
        """One batch; UNKNOWN_BATCH when there is none."""
        items = "SELECT status, count(*) AS number FROM item WHERE batch_id = ? GROUP BY status"
        counts = {row["status"]: row["number"] for row in self._rows(items, batch_id)}
        return self._status_document(self._batch(batch_id), counts)

    def is_held(self, batch_id: str) -> bool:
        """Whether somebody works on a batch, or is about to leave it."""
        row = self._batch(batch_id)
        return is_held(row["owner"], row["lease_until"])

    def running(self, batch_id: str) -> list[RunningDocument]:
        """The items at work, those that have worked longest first."""
        query = "SELECT item_id, started_at FROM item WHERE batch_id = ? AND status = 'running' ORDER BY started_at"
        now = time.time()
        return [
            {"item_id": row["item_id"], "seconds": now - (row["started_at"] or now)}
            for row in self._rows(query, batch_id)
        ]

    def spec(self, batch_id: str) -> tuple[str, str]:
        """The kind of a batch and what was asked for, as JSON."""
        row = self._batch(batch_id)
        return row["kind"], row["spec"]

    def result(self, batch_id: str) -> BatchDocument:
        """What became of a batch, its items in order."""
        batch = self._batch(batch_id)
        rows = self._rows("SELECT * FROM item WHERE batch_id = ? ORDER BY position", batch_id)
        alive = alive_after(batch)
        costs = item_costs(self.execute, batch_id, alive=alive)
        results = [_item_document(row, costs.get(row["item_id"], NO_COST)) for row in rows]
        counts: dict[str, int] = {}
        for one in results:
            counts[one["status"]] = counts.get(one["status"], 0) + 1
        return {
            "batch_id": batch_id,
            "kind": batch["kind"],
            "status": true_status(batch),
            "reason": batch["reason"],
            "total": len(results),
            "successful": counts.get("succeeded", 0),
            "failed": counts.get("failed", 0),
            "skipped": counts.get("skipped", 0),
            "cancelled": counts.get("cancelled", 0),
            "pending": counts.get("pending", 0) + counts.get("running", 0),
            "needs_review": counts.get("needs_review", 0),
            "reused": sum(one["reused"] for one in results),
            "wall_clock_seconds": batch["wall_clock_seconds"],
            "sum_item_seconds": sum(one["duration_seconds"] for one in results),
            **spent(total_use(self.execute, batch_id, alive=alive), budgets_in(batch["spec"])),
            "parallelism": bounds_of(batch),
            "output_dir": batch["output_dir"],
            "results": results,
        }

    def money(self, batch_id: str) -> MoneyDocument:
        """What a batch has spent so far."""
        batch = self._batch(batch_id)
        use = total_use(self.execute, batch_id, alive=alive_after(batch))
        return {**spent(use, budgets_in(batch["spec"])), "in_flight": use.held, "in_flight_usd": use.held_usd}

    def lanes(self) -> list[LaneDocument]:
        """Vendors and models that are not open to every call now."""
        return shut_lanes(self.execute, now=time.time())

    def _status_document(self, batch: Row, counts: dict[str, int]) -> StatusDocument:
        return {
            "batch_id": batch["batch_id"],
            "kind": batch["kind"],
            "status": true_status(batch),
            "total": batch["total"],
            "counts": counts,
            "output_dir": batch["output_dir"],
            "reason": batch["reason"],
            "started_at": batch["started_at"],
            "duration_seconds": duration_of(self.execute, batch, settings().lease_seconds),
        }

    def _batch(self, batch_id: str) -> Row:
        rows = self._rows("SELECT * FROM batch WHERE batch_id = ?", batch_id)
        if not rows:
            raise fault("UNKNOWN_BATCH", batch_id=batch_id)
        return rows[0]

    def _rows(self, query: str, *values: object) -> Sequence[Row]:
        return self.execute(query, values)


@contextmanager
def glancing(path: Path, *, patience: float) -> Iterator[Glance | None]:
    """Open the ledger for a look; None when there is none yet.

    Opened as if to write, and then forbidden to: a connection that may only read leaves the files of its
    write-ahead log behind.
    """
    with _open(path, patience) as connection:
        if connection is None:
            yield None
        else:
            found = connection
            found.execute("PRAGMA query_only = ON")
            yield Glance(lambda query, values: found.execute(query, values).fetchall())


def ask_of(path: Path, batch_id: str, control: str, *, patience: float) -> None:
    """Write down what a person asks of a batch: run, pause, retry or cancel, read by its pulse each second, or SENT."""
    assert control in _CONTROLS
    with _open(path, patience) as connection:
        if connection is None:
            raise fault("UNKNOWN_BATCH", batch_id=batch_id)
        with connection:
            connection.execute("UPDATE batch SET control = ? WHERE batch_id = ?", (control, batch_id))


def is_all_there(result: BatchDocument) -> bool:
    """Say whether every item came out and every file it made still has the size that was written down."""
    if result["status"] != "succeeded" or result["successful"] + result["needs_review"] < result["total"]:
        return False
    stat: Callable[[str], os.stat_result] = os.stat
    try:
        return all(stat(made["path"]).st_size == made["size"] for one in result["results"] for made in one["outputs"])
    except OSError:
        return False


@contextmanager
def _open(path: Path, patience: float) -> Iterator[sqlite3.Connection | None]:
    if not path.exists():
        yield None
        return
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=patience)) as connection:
            connection.row_factory = sqlite3.Row
            yield connection if check_version(connection.execute, str(path)) else None
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            raise fault("LEDGER_LOCKED", path=str(path), seconds=patience) from error
        raise fault("LEDGER_UNREADABLE", path=str(path), why=str(error), hint=RESTORE) from error


def _item_document(row: Row, cost: ItemSpentDocument) -> ItemDocument:
    outputs: str = row["outputs"]
    return {
        "item_id": row["item_id"],
        "status": row["status"],
        "error_code": row["error_code"],
        "error_message": row["error_message"],
        "remedy": row["remedy"],
        "duration_seconds": row["duration_seconds"],
        **cost,
        "outputs": json.loads(outputs) if outputs != "[]" else [],
        "reused": bool(row["reused"]),
        "warnings": json.loads(row["warnings"]) if row["warnings"] else [],
    }
