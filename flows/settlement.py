"""How a batch ends: every item gets a status, the result is made from the ledger, and reports are written."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from prefect.logging import get_run_logger

from flows.window import BatchRun
from tasks.errors import PressroomError, StoppedError, fault
from tasks.events import emit, tell
from tasks.ledger.results import read_result
from tasks.ledger.store import Ledger
from tasks.models import BatchOptions, BatchStatus, ItemStatus, ItemT
from tasks.reports.artifacts import publish
from tasks.reports.files import write_reports
from tasks.reports.replies import write_replies
from tasks.results import BatchResult

logger = logging.getLogger("pressroom")
_COUNTED = {"total", "successful", "failed", "skipped", "cancelled", "reused", "sum_item_seconds"}


@contextmanager
def close_batch(run: BatchRun[ItemT], ledger: Ledger) -> Iterator[None]:
    """Close the batch whatever happens inside; an exception ends its work first and then goes on."""
    try:
        yield
    except BaseException as error:
        by = "by a fault" if isinstance(error, Exception) else "by Ctrl-C or a termination signal"
        # Never the fault itself: items that it took down with it are to be resumed, not to count as failed.
        run.stop(error if isinstance(error, StoppedError) else fault("CANCELLED", by=by))
        _drain_and_close(run, ledger, BatchStatus.INTERRUPTED)
        raise
    _drain_and_close(run, ledger, None)


def _drain_and_close(run: BatchRun[ItemT], ledger: Ledger, forced: BatchStatus | None) -> None:
    try:
        run.drain()
    finally:
        if not run.is_lost:
            _close(run, ledger, forced or (BatchStatus.STOPPED if run.stopped else None))
    if run.is_lost and run.stopped is not None and forced is None:
        raise run.stopped


def _close(run: BatchRun[ItemT], ledger: Ledger, forced: BatchStatus | None) -> None:
    wall_clock = time.monotonic() - run.tally.started_at
    if run.stopped is not None:
        ledger.cancel_unfinished(run.batch_id, run.stopped)
        run.tally.cancel_rest()
    status = forced or _status(run)
    ledger.update_batch(
        run.batch_id,
        status=status.value,
        reason=str(run.stopped) if run.stopped else None,
        finished_at=time.time(),
        wall_clock_seconds=wall_clock,
        parallelism=json.dumps([bound.model_dump() for bound in run.parallelism]),
    )
    run.result = result = read_result(ledger, run.batch_id)
    _report(result, run.options)
    tell(run.progress(), [])
    get_run_logger().info(
        "Batch %r: %s in %.2f s.",
        run.batch_id,
        result.counts,
        wall_clock,
        extra={"batch_id": run.batch_id, "wall_clock_seconds": wall_clock} | result.model_dump(include=_COUNTED),
    )
    emit("batch.completed", run.batch_id, run.kind, result.model_dump(mode="json", exclude={"results"}))


def _report(result: BatchResult, batch: BatchOptions) -> None:
    """Write and show the reports. The ledger has the truth, so a full disk or an absent server loses nothing."""
    try:
        write_reports(result)
        write_replies(result, batch)
    except (OSError, PressroomError) as error:
        logger.error("The reports of batch %r could not be written: %s", result.batch_id, error)
    try:
        publish(result)
    except Exception:
        logger.warning("Batch %r: its artifacts could not be made.", result.batch_id, exc_info=True)


def _status(run: BatchRun[ItemT]) -> BatchStatus:
    counts = run.progress().counts
    good = counts[ItemStatus.SUCCEEDED] + counts[ItemStatus.NEEDS_REVIEW]
    if good == run.tally.total:
        return BatchStatus.SUCCEEDED
    return BatchStatus.PARTIAL if good else BatchStatus.FAILED
