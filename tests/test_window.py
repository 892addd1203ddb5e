"""The window: items enter as others leave, the urgent first, and never more than it holds."""

from __future__ import annotations

import gc
from pathlib import Path

import kinds
import pytest
from kinds import NAMES, FakeItem, codes, items, run_batch, statuses
from prefect import flow
from prefect.client.schemas.objects import State
from prefect.task_runners import ThreadPoolTaskRunner

from flows.batch import open_batch
from flows.runner import EventLoopTaskRunner
from tasks.errors import PressroomError
from tasks.models import Priority

pytestmark = pytest.mark.usefixtures("prefect_server")


def most_inside() -> int:
    return max(int(line.item_id) for line in kinds.log("inside"))


def test_a_slow_item_does_not_keep_the_others_from_entering(tmp_path: Path) -> None:
    given = items(60)
    given[0].ends["draft"] = ["until:publish:59"]
    result = run_batch("b", given, tmp_path, limit=10, window=10, reuse="never", canary=0)
    assert set(statuses(result).values()) == {"succeeded"}
    assert kinds.ended("publish")[-1] == "i0"
    assert most_inside() == 10
    assert max(kinds.peak(name) for name in kinds.NAMES) <= 10


def test_the_states_of_items_that_have_left_are_let_go_before_the_batch_is_over(tmp_path: Path) -> None:
    @flow(task_runner=EventLoopTaskRunner())
    def counting(batch: kinds.FakeBatch) -> int:
        before = {id(each) for each in gc.get_objects() if isinstance(each, State)}
        kinds.fake.fn(batch)
        gc.collect()
        return sum(isinstance(each, State) and id(each) not in before for each in gc.get_objects())

    batch = kinds.FakeBatch(batch_id="b", items=items(40), base_dir=tmp_path, canary=0)
    with kinds.quick():
        assert counting(batch) < 40


def test_items_of_many_chunks_never_mean_as_many_futures(tmp_path: Path) -> None:
    result = run_batch("b", items(1800, lane="rush"), tmp_path, chunk=20)
    assert (result.successful, result.total) == (1800, 1800)
    assert len(kinds.ended("rush")) == 90
    assert most_inside() <= 4
    assert kinds.peak("rush") == 2


def test_the_more_urgent_enter_first_whatever_their_place_in_the_spec(tmp_path: Path) -> None:
    given = items(8)
    for item, priority in zip(given, ["low", "normal", "high", "critical"] * 2, strict=True):
        item.priority = Priority(priority)
    run_batch("b", given, tmp_path, limit=1, window=1, max_parallel=1)
    assert kinds.ended("publish") == ["i3", "i7", "i2", "i6", "i1", "i5", "i0", "i4"]


def test_a_fast_lane_never_waits_for_a_slow_one(tmp_path: Path) -> None:
    slow = items(3, ends={"draft": ["until:rush:10"]})
    fast = [FakeItem(item_id=f"f{number}", lane="rush") for number in range(100)]
    result = run_batch("b", [*slow, *fast], tmp_path, limit=1, window=1, chunk=10)
    assert result.successful == 103
    assert kinds.ended("draft") == ["i0", "i1", "i2"]


def test_max_parallel_bounds_every_stage_and_the_result_says_which_bound_it_was(tmp_path: Path) -> None:
    given = items(12, seconds=dict.fromkeys(kinds.NAMES, 0.02))
    result = run_batch("b", given, tmp_path, max_parallel=3)
    assert max(kinds.peak(name) for name in kinds.NAMES) == 3
    bound = {"lane": "main", "value": 3, "bound": "max_parallel", "stages": list(NAMES)}
    assert result.parallelism[0].model_dump() == bound


def test_another_task_runner_is_refused(tmp_path: Path) -> None:
    other = kinds.fake.with_options(task_runner=ThreadPoolTaskRunner())  # type: ignore[arg-type]  # as its caller may
    with kinds.quick(), pytest.raises(PressroomError, match="cannot run on 'ThreadPoolTaskRunner'"):
        other(kinds.FakeBatch(items=items(1), base_dir=tmp_path))
    assert kinds.log() == []


def test_a_batch_outside_a_flow_is_refused() -> None:
    with pytest.raises(PressroomError, match="outside a flow"), open_batch("fake", kinds.FakeBatch(), None, lanes=()):  # type: ignore[arg-type]
        pass


def test_an_empty_batch_is_refused_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(PressroomError) as caught:
        run_batch("b", [], tmp_path)
    assert caught.value.code == "EMPTY_BATCH"
    with kinds.ledger() as opened:
        assert opened.batch("b") is None


def test_one_items_failure_stops_that_item_only(tmp_path: Path) -> None:
    given = items(5)
    given[1].ends["draft"] = ["permanent"]
    given[2].ends["polish"] = ["unknown"]
    given[3].ends["publish"] = ["connection"] * 3
    result = run_batch("b", given, tmp_path)
    failed = {"i1": "INVALID_INPUT", "i2": "INTERNAL", "i3": "TEMPORARY_ERROR"}
    assert codes(result) == {"i0": None, **failed, "i4": None}
    assert (result.status, result.counts) == ("partial", "2 of 5 succeeded, 3 failed")
    assert sorted(path.name for path in (tmp_path / "output" / "b").glob("i*.txt")) == ["i0.txt", "i4.txt"]
    with kinds.ledger() as opened:
        rows = {(row.item_id, row.stage, row.attempt): (row.status, row.error_code) for row in opened.stages("b")}
    assert rows["i1", "publish", 1] == rows["i1", "polish", 1] == ("skipped", "UPSTREAM_FAILED")
    assert rows["i3", "publish", 3] == ("failed", "TEMPORARY_ERROR")
    assert len(rows) == 3 * 5 + 2


def test_however_many_items_are_refused_on_entering_the_others_come_out(tmp_path: Path) -> None:
    given = [FakeItem(item_id=f"r{number}", text="refuse") for number in range(1100)]
    result = run_batch("b", [*given, FakeItem(item_id="good")], tmp_path)
    assert (result.successful, result.failed, result.pending) == (1, 1100, 0)
    assert statuses(result)["good"] == "succeeded"
    assert codes(result)["r1099"] == "INVALID_INPUT"
