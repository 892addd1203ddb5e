"""A batch as somebody sees it who follows it from outside: read from the ledger alone, however late he comes.

Nothing is added up from one look to the next, so that nothing is missed and nothing is counted twice.
"""

from __future__ import annotations

from typing import NamedTuple

from tasks.ledger.batch_rows import AT_WORK, SENT
from tasks.ledger.glance import Glance
from tasks.models import ItemStatus
from tasks.progress import SHOWN_AT_WORK, Progress, RunningItem


class Seen(NamedTuple):
    """What one look has shown."""

    status: str
    is_held: bool
    """Whether somebody works on it, or writes its reports yet."""
    is_sent: bool
    """Whether a run of it was sent to a worker that has not taken it up yet."""
    made: int
    """Items that its present run has brought to an end."""
    progress: Progress

    @property
    def is_over(self) -> bool:
        """Whether it has ended. One that was interrupted may go on at any time, at another worker."""
        return self.status not in (*AT_WORK, "interrupted") and not self.is_held and not self.is_sent


def look(glance: Glance, batch_id: str, number: int) -> Seen:
    """Look at a batch; `number` is that of the look. UNKNOWN_BATCH when there is none."""
    batch = glance.batch(batch_id)
    counts = {ItemStatus(name): count for name, count in batch["counts"].items()}
    # Of a batch that has just begun not all items are written down yet.
    unknown = max(0, batch["total"] - sum(counts.values()))
    counts[ItemStatus.PENDING] = counts.get(ItemStatus.PENDING, 0) + unknown
    is_paused = batch["status"] == "paused"
    return Seen(
        status=batch["status"],
        is_held=glance.is_held(batch_id),
        is_sent=bool(glance.execute("SELECT 1 FROM batch WHERE batch_id = ? AND control = ?", (batch_id, SENT))),
        made=_made(glance, batch_id, batch["started_at"]),
        progress=Progress(
            batch_id=batch_id,
            kind=batch["kind"],
            sequence=number,
            total=sum(counts.values()),
            counts=counts,
            running=[RunningItem(**one) for one in glance.running(batch_id)[:SHOWN_AT_WORK]],
            elapsed_seconds=batch["duration_seconds"],
            paused=is_paused,
            question=(batch["reason"] or "") if is_paused else "",
        ),
    )


def _made(glance: Glance, batch_id: str, since: float) -> int:
    query = "SELECT count(*) AS number FROM item WHERE batch_id = ? AND finished_at >= ? AND status IN (?, ?, ?)"
    (row,) = glance.execute(query, (batch_id, since, "succeeded", "failed", "needs_review"))
    return int(row["number"])
