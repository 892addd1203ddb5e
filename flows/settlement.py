"""How a batch ends: every item gets a status, the result is made from the ledger, and reports are written."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from prefect.logging import get_run_logger

from flows.asking import words_of
from flows.scheduled import is_cancelled
from flows.window import BatchRun
from tasks.errors import PressroomError, StoppedError, fault
from tasks.events import emit, tell
from tasks.ledger.history import read_history
from tasks.ledger.results import read_result
from tasks.ledger.store import Ledger
from tasks.litter import remove_leftovers
from tasks.llm.prices import cost_of
from tasks.models import BatchOptions, BatchStatus, ItemT
from tasks.notices import Sort, notices
from tasks.reports.artifacts import publish
from tasks.reports.files import report_paths, write_html, write_markdown, write_summary
from tasks.reports.replies import reply_paths, write_reply
from tasks.reports.report import report_of
from tasks.reports.sections import Section, sections_of
from tasks.results import BatchResult
from tasks.traces import traces

logger = logging.getLogger("pressroom")
_COUNTED = {"total", "successful", "failed", "skipped", "cancelled", "needs_review", "reused", "sum_item_seconds"}
_TRACED = {"cost_is_complete", "total", "successful", "failed", "skipped", "cancelled", "needs_review", "reused"}

_SORTS: dict[BatchStatus, Sort] = {BatchStatus.SUCCEEDED: "success", BatchStatus.PARTIAL: "warning"}
"""What the end of a batch is to whom is notified; any other is a failure."""


@contextmanager
def close_batch(run: BatchRun[ItemT], ledger: Ledger) -> Iterator[None]:
    """Close the batch whatever happens inside; an exception ends its work first and then goes on."""
    try:
        yield
    except BaseException as error:
        is_asked_for = not isinstance(error, Exception) and is_cancelled()
        by = "by a fault" if isinstance(error, Exception) else "by Ctrl-C or a termination signal"
        asked = run.question
        # Never the fault itself: items that it took down with it are to be resumed, not to count as failed.
        stop = fault("CANCELLED", by="on request" if is_asked_for else by)
        run.stop(error if isinstance(error, StoppedError) else stop)
        unanswered = words_of(asked) if asked is not None and asked.is_asked and not is_asked_for else ""
        _drain_and_close(run, ledger, None if is_asked_for else BatchStatus.INTERRUPTED, unanswered)
        raise
    _drain_and_close(run, ledger, None)


def _drain_and_close(run: BatchRun[ItemT], ledger: Ledger, forced: BatchStatus | None, unanswered: str = "") -> None:
    """End its work, then close it; what it has asked and nobody has answered stays its reason."""
    try:
        run.drain()
    finally:
        if not run.is_lost:
            # Where nothing was left to do, nothing was stopped either.
            stopped = run.stopped if run.before is None else None
            ended = (forced or BatchStatus.STOPPED) if stopped else None
            _close(run, ledger, ended, unanswered or (str(stopped) if stopped else None))
    if run.is_lost and run.stopped is not None and forced is None:
        raise run.stopped


def _close(run: BatchRun[ItemT], ledger: Ledger, forced: BatchStatus | None, reason: str | None) -> None:
    wall_clock = time.monotonic() - run.tally.started_at
    if run.stopped is not None:
        ledger.cancel_unfinished(run.batch_id, run.stopped)
        run.tally.cancel_rest()
    ledger.finish_batch(run.batch_id, forced, reason=reason, **_times(run, wall_clock))
    run.result = result = read_result(ledger, run.batch_id)
    traces().settle(result.status.value, result.model_dump(include=_TRACED) | {"cost_usd": result.cost})
    _report(result, run.options, ledger)
    _clean(result, began=time.time() - wall_clock)
    if forced is not BatchStatus.INTERRUPTED:
        report = report_paths(Path(result.output_dir), result.batch_id).html
        sort = _SORTS.get(result.status, "failure")
        notices().complete(result.status.value, f"{result.counts}. Report: {report}", sort)
    tell(run.progress(), [])
    get_run_logger().info(
        "Batch %r: %s in %.2f s.",
        run.batch_id,
        result.counts,
        wall_clock,
        extra={"batch_id": run.batch_id, "wall_clock_seconds": wall_clock} | result.model_dump(include=_COUNTED),
    )
    emit("batch.completed", run.batch_id, run.kind, result.model_dump(mode="json", exclude={"results"}))


def _times(run: BatchRun[ItemT], wall_clock: float) -> dict[str, Any]:
    """Return when and how it was made; a run that finds nothing to do leaves what the last one has written down."""
    if run.before is not None and run.before.finished_at is not None:
        return run.before.model_dump(include={"started_at", "finished_at", "wall_clock_seconds", "parallelism"})
    bounds = [bound.model_dump() for bound in run.parallelism]
    return {"finished_at": time.time(), "wall_clock_seconds": wall_clock, "parallelism": json.dumps(bounds)}


def _report(result: BatchResult, batch: BatchOptions, ledger: Ledger) -> None:
    """Write and show the reports, each by itself, and say which could not be written."""
    paths = report_paths(Path(result.output_dir), result.batch_id)
    missing: dict[str, str] = {}
    with _harmless(result.batch_id, "batch_summary.json", missing):
        write_summary(result, paths.summary)
    with _harmless(result.batch_id, "replies"):
        for path, reply in reply_paths(result.kind, Path(result.output_dir), result.batch_id):
            with _harmless(result.batch_id, path.name, missing):
                write_reply(reply, result, batch, path)
    with _harmless(result.batch_id, "reports", missing):
        history = read_history(ledger.execute, result.batch_id, now=time.time())
        report = report_of(history, cost_of, _sections(result, ledger))
        for write, path in ((write_markdown, paths.markdown), (write_html, paths.html)):
            with _harmless(result.batch_id, path.name, missing):
                write(report, path)
        with _harmless(result.batch_id, "artifacts"):
            publish(report)
    if missing:
        what, why = ", ".join(missing), "; ".join(dict.fromkeys(missing.values()))
        text = f"{what} ({why}). Older ones do not tell of this run; `pressroom report {result.batch_id}` makes them."
        notices().warn("reports could not be written", text)


def _clean(result: BatchResult, *, began: float) -> None:
    """Remove what runs, or workers of this one, that were killed have left among the outputs."""
    outputs = [Path(output.path) for one in result.results for output in one.outputs]
    with _harmless(result.batch_id, "leftovers"):
        remove_leftovers(outputs, before=began)


def _sections(result: BatchResult, ledger: Ledger) -> list[Section]:
    """Ask the kind for its part; a slip in it costs the reports that part and nothing else."""
    found: list[Section] = []
    with _harmless(result.batch_id, f"section on {result.kind}"):
        found = sections_of(result.kind, ledger.execute, result.batch_id)
    return found


@contextmanager
def _harmless(batch_id: str, what: str, missing: dict[str, str] | None = None) -> Iterator[None]:
    """Log what goes wrong: the ledger has the truth, so a full disk, an absent server or a slip of ours loses nothing.

    `missing` takes down why, in words. `pressroom report` makes what is missing, or says why it cannot.
    """
    why = ""
    try:
        yield
    except (OSError, PressroomError) as error:
        logger.error("Batch %r: its %s could not be written: %s", batch_id, what, error)
        why = (error.strerror if isinstance(error, OSError) else error.message) or repr(error)
    except Exception as error:
        logger.warning("Batch %r: its %s could not be made.", batch_id, what, exc_info=True)
        why = repr(error)
    if why and missing is not None:
        missing[what] = why
