"""What leaves a batch while it runs: Prefect events for the world, calls for listeners in this process.

Events are lossy on their way to subscribers (measured: up to 42 % lost), so progress is a
cumulative snapshot with a sequence number: any one of them is enough, and the ledger is the truth.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prefect.events import emit_event
from pydantic import BaseModel

from tasks.models import ItemStatus, Outcome

logger = logging.getLogger("pressroom")


class RunningItem(BaseModel):
    """An item at work, and for how many seconds."""

    item_id: str
    seconds: float


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

    @property
    def finished(self) -> int:
        """Items that need nothing more."""
        return self.total - self.counts.get(ItemStatus.PENDING, 0) - self.counts.get(ItemStatus.RUNNING, 0)


Listener = Callable[[Progress, list[Outcome]], None]
_listeners: dict[str, list[Listener]] = {}


@contextmanager
def listening(batch_id: str, listener: Listener) -> Iterator[None]:
    """Call `listener` with each snapshot and what has just ended, on the thread that has news."""
    _listeners.setdefault(batch_id, []).append(listener)
    try:
        yield
    finally:
        _listeners[batch_id].remove(listener)
        if not _listeners[batch_id]:
            del _listeners[batch_id]


def tell(progress: Progress, outcomes: list[Outcome]) -> None:
    """Tell this process's listeners; what they raise is logged and harms nothing."""
    for listener in list(_listeners.get(progress.batch_id, ())):
        try:
            listener(progress, outcomes)
        except Exception:
            logger.exception("A progress listener of batch %r raised.", progress.batch_id)


def emit(event: str, batch_id: str, kind: str, payload: BaseModel | dict[str, object]) -> None:
    """Send a Prefect event about a batch; `event` is such as `batch.started` or `item.failed`."""
    body = payload.model_dump(mode="json") if isinstance(payload, BaseModel) else payload
    resource = {"prefect.resource.id": f"pressroom.batch.{batch_id}", "prefect.resource.name": batch_id}
    emit_event(event=event, resource=resource, payload={"batch_id": batch_id, "kind": kind} | body)
