"""A batch's result in the words of those who asked for schedules: `batch_response.json`.

Names and values are the source's, and a contract. Beside its `total_duration_seconds`, which is the sum over all
creators, stand two fields of ours that say which is which. What waits for review is saved and counts as SUCCESS.
"""

from __future__ import annotations

from collections.abc import Set
from datetime import date
from typing import Any, Literal

from pydantic import SerializerFunctionWrapHandler, model_serializer

from tasks.creators.models import CreatorBatch, Saved
from tasks.creators.pool import pool
from tasks.creators.saved import named_in, saved_in
from tasks.models import CAME_OUT
from tasks.results import BatchResult, ItemResult
from tasks.shape import Shape

CODES = {"ITEM_DEADLINE": "TIMEOUT"}
"""Our code of a failure, where the source has another word for it."""


class CreatorResult(Shape):
    """One schedule, or why there is none. What does not apply is left out, as the source leaves it out."""

    creator_id: str
    status: Literal["SUCCESS", "FAILED"]
    week_start: date | None = None
    """Only where a batch is for several weeks."""
    schedule_id: str | None = None
    quality_score: int | None = None
    error_code: str | None = None
    error_message: str | None = None
    duration_seconds: float
    items_scheduled: int | None = None

    @model_serializer(mode="wrap")
    def _without_what_does_not_apply(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in write(self).items() if value is not None}


class ReplySummary(Shape):
    """All schedules together."""

    total_items_scheduled: int
    avg_quality_score: float
    predicted_weekly_revenue: str
    """Such as `$3,720`."""


class BatchResponse(Shape):
    """The whole batch, one result a creator and week."""

    batch_id: str
    total_creators: int
    successful: int
    failed: int
    total_duration_seconds: float
    """Sum over all creators, whatever ran side by side."""
    avg_duration_per_creator: float
    wall_clock_seconds: float
    """Time that passed."""
    sum_item_seconds: float
    results: list[CreatorResult]
    summary: ReplySummary


def batch_response(result: BatchResult, batch: CreatorBatch) -> BatchResponse:
    """Put what became of a batch in the form of the source, with what the ledger says of its schedules."""
    return response_of(result, saved_in(pool().execute, result.batch_id))


def response_of(result: BatchResult, saved: dict[str, Saved]) -> BatchResponse:
    """Put results and schedules together, by item."""
    made = [saved[item.item_id] for item in result.results if item.status in CAME_OUT and item.item_id in saved]
    weeks = {one.week_start for one in made}
    names = {item.item_id for item in result.results}
    has_weeks = len(weeks) > 1 or any(named_in(name, names)[1] for name in names)
    results = [_result(item, saved.get(item.item_id), names, has_weeks=has_weeks) for item in result.results]
    seconds = result.sum_item_seconds
    return BatchResponse(
        batch_id=result.batch_id,
        total_creators=len(results),
        successful=sum(one.status == "SUCCESS" for one in results),
        failed=sum(one.status == "FAILED" for one in results),
        total_duration_seconds=_rounded(seconds),
        avg_duration_per_creator=_rounded(seconds / len(results)) if results else 0.0,
        wall_clock_seconds=_rounded(result.wall_clock_seconds),
        sum_item_seconds=_rounded(result.sum_item_seconds),
        results=results,
        summary=_summary(made, weeks=len(weeks)),
    )


def _summary(made: list[Saved], *, weeks: int) -> ReplySummary:
    scores = [round(one.quality_score) for one in made]
    a_week = sum(one.predicted_value for one in made) / max(1, weeks)
    return ReplySummary(
        total_items_scheduled=sum(one.items_scheduled for one in made),
        avg_quality_score=round(sum(scores) / len(scores), 1) if scores else 0.0,
        predicted_weekly_revenue=f"${a_week:,.0f}",
    )


def _result(item: ItemResult, saved: Saved | None, names: Set[str], *, has_weeks: bool) -> CreatorResult:
    seconds = _rounded(item.duration_seconds)
    if item.status not in CAME_OUT or saved is None:
        code = item.error_code or item.status.value.upper()
        creator_id, week_start = named_in(item.item_id, names)
        return CreatorResult(
            creator_id=creator_id,
            status="FAILED",
            week_start=week_start,
            error_code=CODES.get(code, code),
            error_message=item.error_message or f"It is {item.status.value}.",
            duration_seconds=seconds,
        )
    return CreatorResult(
        creator_id=saved.creator_id,
        status="SUCCESS",
        week_start=saved.week_start if has_weeks else None,
        schedule_id=saved.schedule_id,
        quality_score=round(saved.quality_score),
        duration_seconds=seconds,
        items_scheduled=saved.items_scheduled,
    )


def _rounded(seconds: float) -> float:
    return round(seconds, 3)
