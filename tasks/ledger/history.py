"""What happened in a batch, read for its reports: attempts at stages, how items ended, and a bounded part of the words.

Light like the quick look, and through the same `execute`, so that a report is made in the same way at the
end of a run and a week later. Each table is read with one query. Messages and outputs are kept of so many
items only as a report shows.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tasks.errors import fault
from tasks.ledger.attempts import Attempt, read_attempts
from tasks.ledger.batch_rows import AT_WORK, alive_after, bounds_of, true_status
from tasks.ledger.glance import BoundDocument, Execute, OutputDocument, Row
from tasks.ledger.lanes import LaneDocument, shut_lanes
from tasks.ledger.spending import budgets_in, read_spending
from tasks.ledger.uses import Spending
from tasks.words import cut

SHOWN = 1000
"""Items whose messages or outputs are kept, at most; `batch_summary.json` has them all."""
FILES = 20
"""Files of one item that are kept, at most."""
LETTERS = 1000
"""Length to which a message is cut."""
NOT_MADE = ("failed", "skipped", "cancelled", "needs_review")
"""Statuses of items that have an end but no result to use, in the order in which they are told."""


class ItemLine(NamedTuple):
    """How an item stands, without its words."""

    item_id: str
    status: str
    code: str | None
    reused: bool
    seconds: float
    started_at: float | None
    finished_at: float | None


class Missing(NamedTuple):
    """An item that did not come out, and why."""

    item_id: str
    status: str
    code: str | None
    message: str
    remedy: str


class Made(NamedTuple):
    """An item that came out, and its first files."""

    item_id: str
    reused: bool
    seconds: float
    outputs: list[OutputDocument]
    files: int
    """How many files there are in all."""
    warnings: Sequence[str] = ()
    """What is good to know of it."""


@dataclass
class Pile:
    """Files that were made, counted."""

    files: int = 0
    size: int = 0

    def add(self, size: int) -> None:
        """Count a file."""
        self.files += 1
        self.size += size


@dataclass
class History:
    """A batch as its reports see it."""

    batch_id: str
    kind: str
    status: str
    reason: str | None
    output_dir: str
    created_at: float
    started_at: float
    """When the last run began."""
    finished_at: float | None
    wall_clock_seconds: float
    as_of: float | None
    """Now, when the batch is at work; a report of one at rest is the same whenever it is made."""
    bounds: list[BoundDocument]
    attempts: list[Attempt] = field(default_factory=list)
    items: list[ItemLine] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)
    outputs: Pile = field(default_factory=Pile)
    warned: int = 0
    """Items that came out and of which there is something to know."""
    folders: dict[str, Pile] = field(default_factory=dict)
    spending: Spending = field(default_factory=Spending)
    lanes: list[LaneDocument] = field(default_factory=list)
    """Lanes that were shut while it ran and still are."""

    @property
    def end(self) -> float:
        """When the last run ended, as far as is known: a killed one by its last sign of life."""
        if self.as_of is not None:
            return self.as_of
        if self.finished_at is not None:
            return self.finished_at
        signs = [attempt.ended_at for attempt in self.attempts] + [item.finished_at or 0.0 for item in self.items]
        return max(self.started_at, *signs) if signs else self.started_at

    @property
    def wall_clock(self) -> float:
        """Seconds that the last run took, so far."""
        if self.as_of is None and self.finished_at is not None:
            return self.wall_clock_seconds
        return self.end - self.started_at

    @property
    def is_resumed(self) -> bool:
        """Whether earlier runs of the batch have done some of what is told."""
        return any(attempt.started_at < self.started_at for attempt in self.attempts)

    def ended_in_last_run(self) -> Iterator[ItemLine]:
        """Yield the items that the last run brought to an end of their own."""
        for item in self.items:
            if item.status in ("succeeded", "failed", "needs_review") and (item.finished_at or 0.0) >= self.started_at:
                yield item


def read_history(execute: Execute, batch_id: str, *, now: float) -> History:
    """Read what happened in a batch so far; UNKNOWN_BATCH when there is none."""
    rows = execute("SELECT * FROM batch WHERE batch_id = ?", (batch_id,))
    if not rows:
        raise fault("UNKNOWN_BATCH", batch_id=batch_id)
    history = _history(rows[0], now)
    query = (
        "SELECT item_id, status, error_code, error_message, remedy, reused, duration_seconds, started_at,"
        " finished_at, outputs, warnings FROM item WHERE batch_id = ? ORDER BY position"
    )
    missing: dict[str, list[Missing]] = {status: [] for status in NOT_MADE}
    for row in execute(query, (batch_id,)):
        _add_item(history, row, missing)
    for status in NOT_MADE:
        history.missing.extend(missing[status][: SHOWN - len(history.missing)])
    history.attempts.extend(read_attempts(execute, batch_id, {item.item_id for item in history.items}))
    history.spending = read_spending(execute, batch_id, budgets_in(rows[0]["spec"]), alive=alive_after(rows[0]))
    if history.spending.total.calls:
        history.lanes = list(_lanes(execute, history, now))
    return history


def _history(batch: Row, now: float) -> History:
    status = true_status(batch)
    return History(
        batch_id=batch["batch_id"],
        kind=batch["kind"],
        status=status,
        reason=batch["reason"],
        output_dir=batch["output_dir"],
        created_at=batch["created_at"],
        started_at=batch["started_at"],
        finished_at=batch["finished_at"],
        wall_clock_seconds=batch["wall_clock_seconds"],
        as_of=now if status in AT_WORK else None,
        bounds=bounds_of(batch),
    )


def _add_item(history: History, row: Row, missing: dict[str, list[Missing]]) -> None:
    name, status, reused, seconds = row["item_id"], row["status"], bool(row["reused"]), row["duration_seconds"]
    if status == "running" and history.as_of is None:
        status = "pending"  # left so by a run that was killed
    times = row["started_at"], row["finished_at"]
    history.items.append(ItemLine(name, status, row["error_code"], reused, seconds, *times))
    if status in missing and len(missing[status]) < SHOWN:
        message, remedy = (cut(text, LETTERS) for text in _words_of(row, history.batch_id))
        missing[status].append(Missing(name, status, row["error_code"], message, remedy))
    outputs: list[OutputDocument] = json.loads(row["outputs"]) if row["outputs"] != "[]" else []
    if status in ("succeeded", "needs_review"):
        for output in outputs:
            history.outputs.add(output["size"])
            history.folders.setdefault(os.path.dirname(output["path"]), Pile()).add(output["size"])
    if status == "succeeded":
        if len(history.made) < SHOWN:
            warnings = [cut(text, LETTERS) for text in json.loads(row["warnings"] or "[]")]
            history.made.append(Made(name, reused, seconds, outputs[:FILES], len(outputs), warnings))
        history.warned += row["warnings"] is not None


def _words_of(row: Row, batch_id: str) -> tuple[str, str]:
    """Return what is said of an item that did not come out, and what helps."""
    if row["status"] == "needs_review":
        why = "; ".join(json.loads(row["warnings"] or "[]"))
        return why or "It waits for a person's decision.", f"`pressroom review {batch_id}` decides."
    return row["error_message"] or "", row["remedy"] or ""


def _lanes(execute: Execute, history: History, now: float) -> Iterator[LaneDocument]:
    """Yield the shut lanes of the batch's own models, unless they were shut after its end."""
    models = {use.name for use in history.spending.models}
    names = models | {model.partition(":")[0] for model in models}
    for lane in shut_lanes(execute, now=now):
        if lane["lane"] in names and lane["changed_at"] <= history.end:
            yield lane
