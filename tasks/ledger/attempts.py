"""Attempts at stages, as they were written down: when each asked for a place, waited, began and ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tasks.ledger.glance import Execute


class Attempt(NamedTuple):
    """One attempt at a stage, of an item or of a chunk of them. Times are seconds since the epoch."""

    item_id: str
    items: int
    """How many items the chunk holds; 1 for an item of its own."""
    stage: str
    run: str
    """Attempts that follow one another in one run of the batch share it."""
    number: int
    status: str
    code: str | None
    asked_at: float
    """When it asked for a place."""
    started_at: float
    ended_at: float
    limited: float = 0.0
    """Seconds that it waited for limits after it had got its place; they are told as its first, since when in the
    attempt it waited is not written down."""

    @property
    def worked_at(self) -> float:
        """When it began to work."""
        return self.started_at + self.limited

    @property
    def queued(self) -> float:
        """Seconds that it waited for a place."""
        return self.started_at - self.asked_at

    @property
    def worked(self) -> float:
        """Seconds that it worked."""
        return self.ended_at - self.worked_at


def read_attempts(execute: Execute, batch_id: str, known: set[str]) -> Iterator[Attempt]:
    """Yield the attempts of a batch, whose items are `known`, in order of their beginning."""
    query = (
        "SELECT id, item_id, stage, attempt, status, error_code, queued_seconds, waited_seconds, run_seconds,"
        " started_at FROM stage_run WHERE batch_id = ? AND status <> 'skipped' ORDER BY started_at, id"
    )
    for row in execute(query, (batch_id,)):
        started = row["started_at"]
        name, items = _who(row["item_id"], known)
        yield Attempt(
            item_id=name,
            items=items,
            stage=row["stage"],
            run=row["id"].rpartition("-")[0],
            number=row["attempt"],
            status=row["status"],
            code=row["error_code"],
            asked_at=started - row["queued_seconds"],
            started_at=started,
            ended_at=started + row["waited_seconds"] + row["run_seconds"],
            limited=row["waited_seconds"],
        )


def _who(name: str, known: set[str]) -> tuple[str, int]:
    """Say whom a stage row speaks of and how many items that are.

    A chunk is named by its first item and how many follow it; one that holds a single item is told as that item.
    """
    first, _, more = name.rpartition("+")
    if name in known or first not in known or not more.isdecimal():
        return name, 1
    return (first, 1) if int(more) == 0 else (name, int(more) + 1)


def split_attempts(attempts: Sequence[Attempt]) -> dict[str, list[Attempt]]:
    """Put attempts together by the item or chunk they were made at, in order of their beginning."""
    found: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        found.setdefault(attempt.item_id, []).append(attempt)
    return found
