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
from tasks.progress import Progress, RunningItem

__all__ = [
    "Listener",
    "Progress",
    "RunningItem",
    "emit",
    "emit_ends",
    "emit_failures",
    "ends_told",
    "listening",
    "tell",
]

logger = logging.getLogger("pressroom")


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


def emit_ends(batch_id: str, kind: str, outcomes: list[Outcome], *, is_chunk: bool) -> None:
    """Send an event an item that came out, but one for all of a chunk: an event costs as much as such an item."""
    for event, payload in ends_told(outcomes, is_chunk=is_chunk):
        emit(event, batch_id, kind, payload)


def ends_told(outcomes: list[Outcome], *, is_chunk: bool) -> Iterator[tuple[str, BaseModel | dict[str, object]]]:
    """Yield each event with its payload; what waits for review is told by itself, since somebody may want to know."""
    done = [outcome for outcome in outcomes if outcome.status is ItemStatus.SUCCEEDED]
    if is_chunk:
        yield "item.chunk-completed", {"item_ids": [outcome.item_id for outcome in done]}
    elif done:
        yield "item.completed", done[0]
    for outcome in outcomes:
        if outcome.status is ItemStatus.NEEDS_REVIEW:
            yield "item.needs_review", outcome


def emit_failures(batch_id: str, kind: str, outcomes: list[Outcome]) -> None:
    """Send an event for each item that did not come out."""
    for outcome in outcomes:
        if outcome.failure is not None:
            emit("item.failed", batch_id, kind, {"item_id": outcome.item_id} | outcome.failure.model_dump())
