"""Where a batch stands, as a snapshot. Apart from the events, because a command that only looks loads no Prefect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pydantic import BaseModel

from tasks.models import ItemStatus

SHOWN_AT_WORK = 8
"""Items at work that a snapshot names, those longest at it first."""


class RunningItem(BaseModel):
    """An item at work, for how many seconds, and which model works on it just now; empty where none does."""

    item_id: str
    seconds: float
    model: str = ""


class Progress(BaseModel):
    """Where a batch stands; each snapshot replaces the ones before it."""

    batch_id: str
    kind: str
    sequence: int
    total: int
    counts: dict[ItemStatus, int]
    running: list[RunningItem] = []
    elapsed_seconds: float = 0.0
    paused: bool = False
    question: str = ""
    """Why it has paused by itself."""

    @property
    def finished(self) -> int:
        """Items that need nothing more."""
        return self.total - self.counts.get(ItemStatus.PENDING, 0) - self.counts.get(ItemStatus.RUNNING, 0)


def together(found: Sequence[Progress]) -> Progress:
    """Put snapshots of several batches into one; what it asks, and the name that goes with it, is one batch's."""
    if len(found) == 1:
        return found[0]
    counts = Counter[ItemStatus]()
    for one in found:
        counts.update(one.counts)
    speaker = next((one for one in found if one.question), found[0])
    running = sorted((item for one in found for item in one.running), key=lambda item: -item.seconds)
    return Progress(
        batch_id=speaker.batch_id,
        kind=speaker.kind,
        sequence=sum(one.sequence for one in found),
        total=sum(one.total for one in found),
        counts=dict(counts),
        running=running[:SHOWN_AT_WORK],
        elapsed_seconds=max(one.elapsed_seconds for one in found),
        paused=all(one.paused for one in found if one.finished < one.total) and any(one.paused for one in found),
        question=speaker.question,
    )
