"""Where a batch stands, as a snapshot. Apart from the events, because a command that only looks loads no Prefect."""

from __future__ import annotations

from pydantic import BaseModel

from tasks.models import ItemStatus


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
