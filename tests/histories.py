"""Histories of batches made by hand, for tests of what their reports say. Times are seconds since the batch began."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tasks.ledger.attempts import Attempt
from tasks.ledger.glance import BoundDocument
from tasks.ledger.history import History, ItemLine

BEGAN = 1_000_000.0


def attempt(
    item_id: str = "a",
    stage: str = "draft",
    asked: float = 0.0,
    started: float | None = None,
    ended: float | None = None,
    *,
    status: str = "succeeded",
    number: int = 1,
    run: str = "",
    items: int = 1,
    limited: float = 0.0,
) -> Attempt:
    """An attempt that got its place at once and took a second, unless said otherwise."""
    started = asked if started is None else started
    ended = started + 1.0 if ended is None else ended
    return Attempt(
        item_id=item_id,
        items=items,
        stage=stage,
        run=run or f"{item_id}-{stage}-{asked}",
        number=number,
        status=status,
        code="TIMEOUT" if status == "failed" else None,
        asked_at=BEGAN + asked,
        started_at=BEGAN + started,
        ended_at=BEGAN + ended,
        limited=limited,
    )


def item(
    item_id: str = "a",
    status: str = "succeeded",
    *,
    seconds: float = 1.0,
    finished: float | None = 1.0,
    started: float | None = 0.0,
    reused: bool = False,
    code: str | None = None,
) -> ItemLine:
    """An item that has ended after a second, unless said otherwise."""
    return ItemLine(
        item_id=item_id,
        status=status,
        code=code or ("TIMEOUT" if status == "failed" else None),
        reused=reused,
        seconds=seconds,
        started_at=None if started is None else BEGAN + started,
        finished_at=None if finished is None else BEGAN + finished,
    )


def bound(value: int, *stages: str, why: str = "limit") -> BoundDocument:
    """How many may work at once in some stages."""
    return {"lane": "main", "value": value, "bound": why, "stages": list(stages)}


def history(
    attempts: Sequence[Attempt] = (),
    items: Sequence[ItemLine] = (),
    *,
    last_run: float = 0.0,
    ended: float | None = None,
    as_of: float | None = None,
    bounds: Sequence[BoundDocument] = (),
    **more: Any,
) -> History:
    """The history of a batch whose last run began at `last_run` and ended with the last thing that happened."""
    ends = [one.ended_at - BEGAN for one in attempts] + [(one.finished_at or BEGAN) - BEGAN for one in items]
    last = max([last_run, *ends]) if ended is None else ended
    given: dict[str, Any] = {
        "batch_id": "b1",
        "kind": "fake",
        "status": "running" if as_of is not None else "succeeded",
        "reason": None,
        "output_dir": "/out/b1",
        "created_at": BEGAN,
        "started_at": BEGAN + last_run,
        "finished_at": None if as_of is not None else BEGAN + last,
        "wall_clock_seconds": last - last_run,
        "as_of": None if as_of is None else BEGAN + as_of,
        "bounds": list(bounds),
        "attempts": sorted(attempts, key=lambda one: one.started_at),
        "items": list(items),
    }
    return History(**given | more)
