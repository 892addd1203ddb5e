"""What the engine adds to Prefect's: equal work one at a time, and a ledger row for each attempt."""

from __future__ import annotations

import time
from pathlib import Path

import kinds
import pytest
from kinds import Draft, FakeItem, codes, items, run_batch
from prefect import flow

from flows.runner import EventLoopTaskRunner
from tasks.errors import PressroomError, fault

pytestmark = pytest.mark.usefixtures("prefect_server")


def run_equal(item: FakeItem, count: int, *, cancel_after: float | None = None) -> list[object]:
    """Run one stage on equal inputs, in a flow that keeps no checkpoints."""
    runner = EventLoopTaskRunner()

    @flow(name="equal", task_runner=runner)
    def equal() -> list[object]:
        futures = kinds.draft.map([item] * count)
        if cancel_after is not None:
            while not kinds.log("start"):
                time.sleep(0.01)
            (live,) = runner._live
            live.cancel(fault("CANCELLED", by="on request"))
        return [future.result(raise_on_failure=False) for future in futures]

    with kinds.quick():
        return equal()


def test_equal_stages_wait_for_each_other_and_a_failure_lets_the_next_one_try() -> None:
    ends = {"draft": ["permanent", "well", "connection", "well"]}
    made = run_equal(FakeItem(item_id="twin", seconds={"draft": 0.02}, ends=ends), 3)
    assert kinds.peak("draft") == 1
    assert [type(one) for one in made].count(Draft) == 2
    assert [one.code for one in made if isinstance(one, PressroomError)] == ["INVALID_INPUT"]


def test_a_cancel_reaches_those_that_wait_for_an_equal_stage() -> None:
    made = run_equal(FakeItem(item_id="twin", ends={"draft": ["hang"]}), 3, cancel_after=0)
    assert [one.code for one in made if isinstance(one, PressroomError)] == ["CANCELLED"] * 3
    assert kinds.calls_of("draft") == {"twin": 1}


def test_the_ledger_has_a_row_for_each_attempt_and_says_how_it_ended(tmp_path: Path) -> None:
    given = items(2)
    given[0].ends = {"draft": ["connection"], "polish": ["permanent"]}
    result = run_batch("a", given, tmp_path)
    assert codes(result) == {"i0": "INVALID_INPUT", "i1": None}
    again = run_batch("b", given[1:], tmp_path)
    assert again.results[0].reused
    with kinds.ledger() as opened:
        rows = [*opened.stages("a"), *opened.stages("b")]
    found = {(row.batch_id, row.item_id, row.stage, row.attempt): (row.status, row.error_code) for row in rows}
    assert found == {
        ("a", "i0", "draft", 1): ("failed", "TEMPORARY_ERROR"),
        ("a", "i0", "draft", 2): ("succeeded", None),
        ("a", "i0", "polish", 1): ("failed", "INVALID_INPUT"),
        ("a", "i0", "publish", 1): ("skipped", "UPSTREAM_FAILED"),
        **{("a", "i1", stage, 1): ("succeeded", None) for stage in kinds.NAMES},
        **{("b", "i1", stage, 1): ("reused", None) for stage in ("draft", "polish")},
        ("b", "i1", "publish", 1): ("succeeded", None),
    }
    assert {row.stage for row in rows if row.checkpoint} == {"draft", "polish"}


def test_what_was_queued_and_what_was_worked_are_told_apart(tmp_path: Path) -> None:
    run_batch("a", items(3, seconds={"draft": 0.3}), tmp_path, max_parallel=1, window=3)
    with kinds.ledger() as opened:
        rows = {row.item_id: row for row in opened.stages("a") if row.stage == "draft"}
    # The second and third waited for the first to work, and the third for both.
    assert rows["i0"].queued_seconds < rows["i1"].queued_seconds < rows["i2"].queued_seconds
    assert rows["i2"].queued_seconds > rows["i0"].run_seconds
