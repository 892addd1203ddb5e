"""What a program hears of its own batch: a call for each item that is done, and one when all of it is over.

    run_batch("fiction", batch, on_item_complete=check_next, on_batch_complete=tell_editor)

By the second call reports are written, notifications sent and temporary files gone. Both come on the batch's own
thread. What they raise is logged and harms nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from tasks.events import Progress
from tasks.models import CAME_OUT, Mode, Outcome
from tasks.results import BatchResult, ItemResult

logger = logging.getLogger("pressroom")

OnItem = Callable[[str, ItemResult], object]
OnBatch = Callable[[BatchResult], object]


class Callbacks:
    """Calls back, once for each item."""

    def __init__(self, mode: Mode, on_item: OnItem | None, on_batch: OnBatch | None) -> None:
        self._mode = mode
        self._on_item = on_item
        self._on_batch = on_batch
        self._open: dict[str, ItemResult] = {}
        """Items that have failed and that mode `retry` may take up again."""

    def hear(self, _progress: Progress, outcomes: list[Outcome]) -> None:
        """Hear what has ended."""
        for outcome in outcomes:
            result = item_result(outcome)
            if self._mode is Mode.RETRY and outcome.status not in CAME_OUT:
                self._open[outcome.item_id] = result
                continue
            self._open.pop(outcome.item_id, None)
            self._tell(result)

    def end(self, result: BatchResult) -> None:
        """Hear that all is over."""
        for failed in self._open.values():
            self._tell(failed)
        if self._on_batch is None:
            return
        try:
            self._on_batch(result)
        except Exception:
            logger.exception("`on_batch_complete` raised for batch %r.", result.batch_id)

    def _tell(self, result: ItemResult) -> None:
        if self._on_item is None:
            return
        try:
            self._on_item(result.item_id, result)
        except Exception:
            logger.exception("`on_item_complete` raised for %r.", result.item_id)


def item_result(outcome: Outcome) -> ItemResult:
    """Write what became of an item as a line of its batch's result; what it cost is known at the end."""
    failure = outcome.failure
    return ItemResult(
        item_id=outcome.item_id,
        status=outcome.status,
        error_code=failure.code if failure else None,
        error_message=failure.message if failure else None,
        remedy=failure.remedy if failure else None,
        duration_seconds=outcome.seconds,
        outputs=outcome.outputs,
        reused=outcome.reused,
        warnings=list(outcome.warnings),
    )
