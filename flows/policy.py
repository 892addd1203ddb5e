"""What an end means for its item, and how the whole batch ends; `flows.failures` has what many failures do to it."""

from __future__ import annotations

from collections.abc import Sequence

from prefect.client.schemas.objects import State
from prefect.states import Cancelled, Completed

from flows.scheduled import deployed_run
from flows.stage_future import StageFuture
from tasks.errors import BatchFailed, PressroomError, StoppedError, fault, rebuilt
from tasks.models import BatchOptions, BatchStatus, ChunkOutcome, Item, ItemStatus, Mode, Outcome
from tasks.results import BatchResult

_NOT_KEPT = {"DISK_FULL": "the disk is full", "CHECKPOINT_UNWRITABLE": "nothing can be kept"}
RUNS_DRY = {"BUDGET_EXCEEDED": "the budget is used up", **_NOT_KEPT}
"""Codes after which each further call would be refused, or paid for and lost; and what a person is told."""


def outcomes_of(items: Sequence[Item], future: StageFuture) -> list[Outcome]:
    """Say what became of the items of a unit whose last stage has ended."""
    error = future.error
    if error is None:
        value = future.value
        if isinstance(value, ChunkOutcome):
            return [_resumable(outcome) for outcome in value.outcomes]
        return [value if isinstance(value, Outcome) else Outcome(item_id=items[0].item_id)]
    if future.blamed is not None and future.blamed.item_id == future.ticket.item_id:
        # A stage of the item itself failed: that is the item's failure, not that its last stage was skipped.
        error = error.__cause__ if isinstance(error.__cause__, PressroomError) else error
    return [Outcome.failed(item.item_id, error, _status(error)) for item in items]


def _resumable(outcome: Outcome) -> Outcome:
    """Let the item of a chunk that could not be kept be taken up again as one that had a stage of its own."""
    if outcome.failure is None or outcome.failure.code not in _NOT_KEPT:
        return outcome
    return outcome.model_copy(update={"status": ItemStatus.CANCELLED})


def _status(error: PressroomError) -> ItemStatus:
    if error.code == "UPSTREAM_FAILED":
        return ItemStatus.SKIPPED
    if isinstance(error, StoppedError) and not _is_the_items_own(error):
        return ItemStatus.CANCELLED
    return ItemStatus.FAILED


def _is_the_items_own(error: StoppedError) -> bool:
    """Say whether a bound ended this item alone: its deadline, or what it may cost."""
    return error.code == "ITEM_DEADLINE" or (error.code == "BUDGET_EXCEEDED" and error.details.get("scope") == "item")


def stops_all(outcomes: Sequence[Outcome]) -> PressroomError | None:
    """Return what ends the batch: it has no money left, or no place for what it would pay for."""
    for outcome in outcomes:
        failure = outcome.failure
        if outcome.status is ItemStatus.CANCELLED and failure is not None and failure.code in RUNS_DRY:
            return rebuilt(failure.code, failure.message, failure.remedy)
    return None


def stops_batch(options: BatchOptions, outcomes: Sequence[Outcome]) -> PressroomError | None:
    """Return the reason to end the batch now, or None to go on."""
    if options.mode is not Mode.FAIL_FAST:
        return None
    for outcome in outcomes:
        if outcome.status is ItemStatus.FAILED and outcome.failure is not None:
            return fault("FAIL_FAST", item_id=outcome.item_id, code=outcome.failure.code)
    return None


def takes_up_again(options: BatchOptions, outcome: Outcome, attempts: dict[str, int]) -> bool:
    """Say whether mode `retry` takes a failed item up again after the batch, and count that it does."""
    if options.mode is not Mode.RETRY or outcome.status is not ItemStatus.FAILED:
        return False
    if outcome.failure is None or not outcome.failure.transient:
        return False
    attempts[outcome.item_id] = attempts.get(outcome.item_id, 0) + 1
    return attempts[outcome.item_id] <= options.max_retries


def final_state(result: BatchResult, stopped: PressroomError | None) -> BatchResult | State[BatchResult]:
    """Return what the flow returns: the result when all is well, a Completed state named
    CompletedWithFailures when some failed, a Cancelled state when somebody has cancelled what a worker was making, and
    BatchFailed when nothing succeeded or the batch was stopped otherwise.

    (A Failed state with data makes the flow's call raise a TypeError, which is why it is not used.)
    """
    if stopped is not None and stopped.code == "CANCELLED" and deployed_run() is not None:
        return Cancelled(message=result.counts)
    if stopped is not None:
        raise _batch_failed("BATCH_STOPPED", f"Batch {result.batch_id!r} was stopped: {stopped}", result)
    if result.status is BatchStatus.FAILED:
        first = result.failures[0] if result.failures else None
        why = f" The first: {first.error_message}" if first else ""
        raise _batch_failed("BATCH_FAILED", f"Batch {result.batch_id!r}: {result.counts}.{why}", result)
    if result.status is BatchStatus.PARTIAL:
        return Completed(name="CompletedWithFailures", message=result.counts, data=result)
    return result


def _batch_failed(code: str, why: str, result: BatchResult) -> BatchFailed:
    error = fault(code, why=why)
    return BatchFailed(error.code, error.message, error.remedy, result)
