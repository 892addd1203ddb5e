"""Who waits in a batch and who is at work, as the ledger knows it: light like the quick look, and through it."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tasks.ledger.batch_rows import AT_WORK, RESUMED, true_status
from tasks.ledger.glance import Execute, Row

_ENDED = ("succeeded", "failed", "needs_review")
RECENT = 20
"""Ends from which a lane's pace is told, the last ones: after a pause, or with other items, it is another one."""


class Waiter(NamedTuple):
    """An item that waits."""

    item_id: str
    position: int
    """Its place in the spec."""
    priority: str
    """What a person has made of it, or else what its spec says."""
    asked_at: float | None
    """When a person did."""
    needs: list[str]
    continues: str
    lane: str | None
    group: int | None
    since: float | None
    """None in a batch at rest, where nobody waits for a turn."""
    is_free: bool
    """Whether those are over that it has waited for."""
    is_kept_back: bool


class Worker(NamedTuple):
    """An item at work."""

    item_id: str
    priority: str
    lane: str | None
    since: float | None


class Span(NamedTuple):
    """When an item of this run began, and when it ended."""

    began: float
    ended: float | None


class Pace(NamedTuple):
    """How fast items begin.

    Where a lane is full one begins as another ends, so ends are counted: at first as many begin as there is room for.
    """

    each: float
    """Seconds from one to the next."""
    passed: float
    """Of those, how many have passed; half of them when nothing ends for long."""

    def seconds(self, ahead: int) -> float:
        """Return in how many seconds the one will begin that is so many ahead, 1 for the next."""
        return ahead * self.each - self.passed


@dataclass
class Queue:
    """A batch's items that wait, in the order of the spec, and what their places and times follow from."""

    batch_id: str
    kind: str
    status: str
    reason: str | None
    began: float
    """When its last run did, in seconds since the epoch."""
    waiting: list[Waiter] = field(default_factory=list)
    at_work: list[Worker] = field(default_factory=list)
    statuses: dict[str, str] = field(default_factory=dict)
    """How all its items stand, where any wait for others."""
    spans: dict[str | None, list[Span]] = field(default_factory=lambda: defaultdict(list))
    """What has begun in this run, by lane."""

    @property
    def is_at_work(self) -> bool:
        """Whether somebody works on it."""
        return self.status in AT_WORK

    def pace(self, lane: str | None, now: float) -> Pace | None:
        """Return how fast items begin in a lane, or anywhere; None where nothing tells."""
        spans = self.spans[lane] if lane is not None else [one for found in self.spans.values() for one in found]
        ends = sorted(one.ended for one in spans if one.ended is not None)[-RECENT - 1 :]
        if not ends or self.status != "running":
            return None
        since = ends.pop(0) if len(ends) > RECENT else min(one.began for one in spans)
        # The next end has not come yet, so that the pace is no faster than with it.
        each = max((ends[-1] - since) / len(ends), (now - since) / (len(ends) + 1))
        return Pace(each, min(now - ends[-1], each / 2))


def read_queues(execute: Execute, batch_id: str | None) -> list[Queue]:
    """Read the queue of a batch, or those of all batches at work, the newest first."""
    given = () if batch_id is None else (batch_id,)
    where = " WHERE batch_id = ?" if given else " WHERE status IN ('running', 'paused')"
    rows = execute(f"SELECT * FROM batch{where} ORDER BY started_at DESC, batch_id", given)
    return [_read(execute, row) for row in rows if given or true_status(row) in AT_WORK]


def _read(execute: Execute, batch: Row) -> Queue:
    queue = Queue(batch["batch_id"], batch["kind"], true_status(batch), batch["reason"], batch["started_at"])
    query = (
        "SELECT item_id, position, status, priority, asked_priority, asked_at, needs, lane, lane_group, waiting_since,"
        " kept_back, started_at, finished_at FROM item WHERE batch_id = ? ORDER BY position"
    )
    rows = execute(query, (queue.batch_id,))
    for row in rows:
        _add(queue, row)
    if any(one.needs or one.continues for one in queue.waiting):
        queue.statuses = {row["item_id"]: row["status"] for row in rows}
    return queue


def _add(queue: Queue, row: Row) -> None:
    status, since = row["status"], row["waiting_since"]
    if not queue.is_at_work:
        if status in RESUMED:
            queue.waiting.append(_waiter(row, None, is_free=False))
        return
    if status == "pending" and since is not None and since >= queue.began:
        queue.waiting.append(_waiter(row, since, is_free=since > queue.began))
    elif status == "running":
        priority = row["asked_priority"] or row["priority"]
        queue.at_work.append(Worker(row["item_id"], priority, row["lane"], row["started_at"]))
    if status in ("running", *_ENDED) and (row["started_at"] or 0.0) >= queue.began:
        queue.spans[row["lane"]].append(Span(row["started_at"], row["finished_at"] if status in _ENDED else None))


def _waiter(row: Row, since: float | None, *, is_free: bool) -> Waiter:
    awaited: dict[str, Any] = json.loads(row["needs"]) if row["needs"] else {"needs": [], "continues": ""}
    return Waiter(
        item_id=row["item_id"],
        position=row["position"],
        priority=row["asked_priority"] or row["priority"],
        asked_at=row["asked_at"],
        needs=awaited["needs"],
        continues=awaited["continues"],
        lane=row["lane"],
        group=row["lane_group"],
        since=since,
        is_free=is_free,
        is_kept_back=since is not None and bool(row["kept_back"]),
    )
