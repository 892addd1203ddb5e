"""`batch_response.json`: a batch of schedules told with exactly the names and values of its source."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from creating import WEEK

from tasks.creators.models import Saved
from tasks.creators.reply import BatchResponse, response_of
from tasks.models import BatchStatus, ItemStatus
from tasks.results import BatchResult, ItemResult, ItemResults

SOURCE = """
{
  "batch_id": "batch_20251220_001",
  "total_creators": 3,
  "successful": 3,
  "failed": 0,
  "total_duration_seconds": 45.2,
  "avg_duration_per_creator": 15.067,
  "results": [
    {"creator_id": "alma", "status": "SUCCESS", "schedule_id": "sched_abc123", "quality_score": 92,
     "duration_seconds": 14.5, "items_scheduled": 48},
    {"creator_id": "bela", "status": "SUCCESS", "schedule_id": "sched_def456", "quality_score": 88,
     "duration_seconds": 16.2, "items_scheduled": 42},
    {"creator_id": "cora", "status": "SUCCESS", "schedule_id": "sched_ghi789", "quality_score": 90,
     "duration_seconds": 14.5, "items_scheduled": 45}
  ],
  "summary": {"total_items_scheduled": 135, "avg_quality_score": 90.0, "predicted_weekly_revenue": "$3,720"}
}
"""
"""The source's example with other names. (Its mean of 15.1 s is rounded; ours is told to the millisecond.)"""
OURS = {"wall_clock_seconds", "sum_item_seconds"}


def saved(creator_id: str, number: str, score: float, items: int, value: float, week: date = WEEK) -> Saved:
    return Saved(
        schedule_id=f"sched_{number}",
        creator_id=creator_id,
        week_start=week,
        status="APPROVED",
        quality_score=score,
        items_scheduled=items,
        predicted_value=value,
    )


def line(item_id: str, seconds: float = 1.0, status: ItemStatus = ItemStatus.SUCCEEDED, **fields: Any) -> ItemResult:
    return ItemResult(item_id=item_id, status=status, duration_seconds=seconds, **fields)


def response(*lines: ItemResult, made: dict[str, Saved] | None = None, **fields: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {"batch_id": "b", "kind": "creators", "status": BatchStatus.PARTIAL, **fields}
    result = BatchResult(total=len(lines), results=ItemResults(lines), **whole)
    told: dict[str, Any] = json.loads(response_of(result, made or {}).model_dump_json())
    return told


def three() -> dict[str, Any]:
    made = {
        "alma": saved("alma", "abc123", 92.3, 48, 1_400),
        "bela": saved("bela", "def456", 87.6, 42, 1_100.4),
        "cora": saved("cora", "ghi789", 90, 45, 1_220),
    }
    lines = (line("alma", 14.5), line("bela", 16.2), line("cora", 14.5))
    return response(*lines, made=made, batch_id="batch_20251220_001", wall_clock_seconds=18.0, sum_item_seconds=45.2)


def test_the_sources_example_comes_out_field_by_field() -> None:
    told, source = three(), json.loads(SOURCE)
    assert {name: value for name, value in told.items() if name not in OURS} == source
    assert list(told) == [*list(source)[:6], "wall_clock_seconds", "sum_item_seconds", "results", "summary"]
    for one, expected in zip(told["results"], source["results"], strict=True):
        assert list(one) == list(expected)


def test_the_sources_example_is_read_by_our_model() -> None:
    source = json.loads(SOURCE) | {"wall_clock_seconds": 18.0, "sum_item_seconds": 45.2}
    assert json.loads(BatchResponse.model_validate(source).model_dump_json()) == source


def test_the_total_duration_is_the_sum_and_both_times_stand_beside_it() -> None:
    told = three()
    assert (told["total_duration_seconds"], told["sum_item_seconds"], told["wall_clock_seconds"]) == (45.2, 45.2, 18.0)


def test_a_creator_that_failed_is_told_as_the_source_tells_it() -> None:
    why = "CREATOR_UNKNOWN: Creator not found in active_creators: 'nobody'"
    failed = line("nobody", 0.3, ItemStatus.FAILED, error_code="PREFLIGHT_BLOCK", error_message=why)
    told = response(failed)
    assert told["results"] == [
        {
            "creator_id": "nobody",
            "status": "FAILED",
            "error_code": "PREFLIGHT_BLOCK",
            "error_message": why,
            "duration_seconds": 0.3,
        }
    ]
    assert (told["total_creators"], told["successful"], told["failed"]) == (1, 0, 1)
    assert told["summary"] == {
        "total_items_scheduled": 0,
        "avg_quality_score": 0.0,
        "predicted_weekly_revenue": "$0",
    }


def test_a_deadline_is_the_sources_timeout() -> None:
    late = line("alma", 300, ItemStatus.FAILED, error_code="ITEM_DEADLINE", error_message="'alma' passed its deadline.")
    assert response(late)["results"][0]["error_code"] == "TIMEOUT"


def test_what_waits_for_review_is_a_success_with_its_score() -> None:
    made = {"alma": saved("alma", "abc123", 78.2, 40, 500)}
    told = response(line("alma", status=ItemStatus.NEEDS_REVIEW), made=made)
    assert (told["successful"], told["results"][0]["status"], told["results"][0]["quality_score"]) == (1, "SUCCESS", 78)
    assert told["summary"]["predicted_weekly_revenue"] == "$500"


def test_who_was_not_reached_failed_and_counts_for_nothing() -> None:
    made = {"bela": saved("bela", "def456", 90, 40, 500)}
    told = response(line("alma", status=ItemStatus.CANCELLED), line("bela", status=ItemStatus.PENDING), made=made)
    assert [(one["status"], one["error_code"]) for one in told["results"]] == [
        ("FAILED", "CANCELLED"),
        ("FAILED", "PENDING"),
    ]
    assert told["summary"]["total_items_scheduled"] == 0


def test_with_several_weeks_each_result_says_which_and_revenue_is_that_of_a_week() -> None:
    later = date(2030, 3, 11)
    made = {
        "alma@2030-03-04": saved("alma", "a", 90, 40, 500),
        "alma@2030-03-11": saved("alma", "b", 80, 42, 700, later),
    }
    lost = line("bela@2030-03-11", status=ItemStatus.FAILED, error_code="TIMEOUT")
    told = response(line("alma@2030-03-04"), line("alma@2030-03-11"), lost, made=made)
    assert [(one["creator_id"], one["week_start"]) for one in told["results"]] == [
        ("alma", "2030-03-04"),
        ("alma", "2030-03-11"),
        ("bela", "2030-03-11"),
    ]
    assert told["summary"]["predicted_weekly_revenue"] == "$600"


def test_a_week_is_told_of_every_result_where_only_one_of_several_weeks_came_out() -> None:
    made = {f"alma@{WEEK}": saved("alma", "1", 80, 40, 900.0)}
    told = response(
        line(f"alma@{WEEK}"), line("alma@2030-03-11", status=ItemStatus.FAILED, error_code="TIMEOUT"), made=made
    )
    assert [one["week_start"] for one in told["results"]] == [str(WEEK), "2030-03-11"]


def test_a_creator_whose_name_looks_like_a_second_asking_keeps_it() -> None:
    told = response(*(line(name, status=ItemStatus.FAILED) for name in ("kiln#2", "alma", "alma#2")))
    assert [one["creator_id"] for one in told["results"]] == ["kiln#2", "alma", "alma"]
