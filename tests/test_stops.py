"""How a batch ends: by its mode, a deadline, a person's word, or nothing left to do; and what its caller then gets."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import kinds
import pytest
from kinds import FakeBatch, FakeItem, codes, items, run_batch, statuses
from prefect.client.orchestration import get_client

from tasks.errors import BatchFailed
from tasks.events import Progress, listening
from tasks.models import ItemStatus, Outcome
from tasks.results import BatchResult

pytestmark = pytest.mark.usefixtures("prefect_server")


def failed_batch(batch_id: str, given: list[FakeItem], base_dir: Path, **options: Any) -> BatchFailed:
    with pytest.raises(BatchFailed) as caught:
        run_batch(batch_id, given, base_dir, **options)
    assert caught.value.result is not None
    return caught.value


def hanging(count: int) -> list[FakeItem]:
    return items(count, ends={"draft": ["hang"]}, seconds={})


def ask(batch_id: str, control: str, made: int = 0) -> None:
    """Ask something of a batch at work, as the command line does, once it works and so many items are made."""
    while not kinds.log("start"):
        threading.Event().wait(0.02)
    with kinds.ledger() as opened:
        while sum(one.status == ItemStatus.SUCCEEDED for one in opened.items(batch_id)) < made:
            threading.Event().wait(0.02)
        opened.update_batch(batch_id, control=control)


def test_when_some_failed_the_caller_gets_the_result_and_the_state_says_so(tmp_path: Path) -> None:
    given = items(3)
    given[1].ends["draft"] = ["permanent"]
    with kinds.quick():
        state = kinds.fake(FakeBatch(batch_id="b", items=given, base_dir=tmp_path), return_state=True)
    assert (state.type, state.name) == ("COMPLETED", "CompletedWithFailures")
    assert state.message == "2 of 3 succeeded, 1 failed"
    result = state.result()
    assert isinstance(result, BatchResult)
    assert statuses(result) == {"i0": "succeeded", "i1": "failed", "i2": "succeeded"}
    with get_client(sync_client=True) as client:
        read = client.read_flow_run(state.state_details.flow_run_id)  # type: ignore[arg-type]  # a flow run has an id
    assert read.state_name == "CompletedWithFailures"


def test_when_nothing_succeeded_the_call_raises_with_the_result(tmp_path: Path) -> None:
    error = failed_batch("b", items(2, ends={"draft": ["permanent"]}), tmp_path)
    assert error.code == "BATCH_FAILED"
    assert "It is wrong." in str(error)
    assert codes(error.result) == {"i0": "INVALID_INPUT", "i1": "INVALID_INPUT"}
    assert (tmp_path / "output" / "b" / "batch_summary.json").exists()


def test_fail_fast_ends_the_siblings_at_once(tmp_path: Path) -> None:
    given = [*hanging(4), FakeItem(item_id="bad", ends={"draft": ["permanent"]})]
    waiting = [FakeItem(item_id=f"w{number}") for number in range(5)]
    error = failed_batch("b", [*given, *waiting], tmp_path, mode="fail_fast", limit=5, window=5)
    assert error.code == "BATCH_STOPPED"
    assert error.result is not None
    assert error.result.status == "stopped"
    assert {one: code for one, code in codes(error.result).items() if code != "FAIL_FAST"} == {"bad": "INVALID_INPUT"}
    assert sorted(set(statuses(error.result).values())) == ["cancelled", "failed"]
    assert kinds.calls()["publish"] == 0


def test_mode_retry_takes_up_at_the_end_what_may_pass_and_at_most_so_often(tmp_path: Path) -> None:
    given = items(4)
    given[0].ends["draft"] = ["connection"] * 3
    given[1].ends["polish"] = ["permanent"]
    given[2].ends["draft"] = ["connection"] * 99
    result = run_batch("b", given, tmp_path, mode="retry", max_retries=2)
    assert codes(result) == {"i0": None, "i1": "INVALID_INPUT", "i2": "TEMPORARY_ERROR", "i3": None}
    # Each time up means one attempt and the stage's own two retries.
    assert kinds.calls_of("draft") == {"i0": 4, "i1": 1, "i2": 9, "i3": 1}
    assert kinds.ended("publish") == ["i3", "i0"]


def test_what_was_tried_out_where_it_happened_is_not_retried_by_its_stage_but_taken_up_by_mode_retry(
    tmp_path: Path,
) -> None:
    given = items(2)
    given[0].ends["draft"] = ["tried_out"]
    given[1].ends["draft"] = ["tried_out"] * 9
    result = run_batch("b", given, tmp_path, mode="retry", max_retries=1)
    assert codes(result) == {"i0": None, "i1": "TEMPORARY_ERROR"}
    assert kinds.calls_of("draft") == {"i0": 2, "i1": 2}


def test_an_items_deadline_starts_with_its_first_stage_and_ends_that_item_only(tmp_path: Path) -> None:
    given = items(4)
    given[1].ends["draft"] = ["hang"]
    # The last two wait, inside the window, for the place that the second holds as long as its whole deadline.
    result = run_batch("b", given, tmp_path, max_parallel=1, window=4, item_deadline_seconds=3)
    assert codes(result) == {"i0": None, "i1": "ITEM_DEADLINE", "i2": None, "i3": None}
    assert statuses(result)["i1"] == "failed"


def test_an_items_deadline_counts_from_when_those_are_over_that_it_had_to_wait_for(tmp_path: Path) -> None:
    given = items(3, early={"draft": "i0"}, seconds={"publish": 0.5})
    given[0] = given[0].model_copy(update={"early": {}, "ends": {"draft": ["hang"]}})
    given[2].ends["draft"] = ["hang"]
    result = run_batch("b", given, tmp_path, item_deadline_seconds=2.5)
    assert codes(result) == {"i0": "ITEM_DEADLINE", "i1": None, "i2": "ITEM_DEADLINE"}


def test_a_batchs_deadline_ends_it_and_the_result_says_what_was_done(tmp_path: Path) -> None:
    error = failed_batch("b", [*items(1), *hanging(3)[1:]], tmp_path, deadline_seconds=5)
    assert error.code == "BATCH_STOPPED"
    assert codes(error.result) == {"i0": None, "i1": "BATCH_DEADLINE", "i2": "BATCH_DEADLINE"}
    assert statuses(error.result)["i2"] == "cancelled"


def test_a_budget_that_is_used_up_stops_the_batch_and_resume_goes_on(tmp_path: Path) -> None:
    given = [FakeItem(item_id="costs", ends={"polish": ["budget"]}), *hanging(3)]
    error = failed_batch("b", given, tmp_path, limit=4)
    assert error.code == "BATCH_STOPPED"
    assert set(codes(error.result).values()) == {"BUDGET_EXCEEDED"}
    assert set(statuses(error.result).values()) == {"cancelled"}
    assert run_batch("b", given, tmp_path).status == "succeeded"
    assert kinds.calls_of("draft")["costs"] == 1


def test_an_output_that_finds_no_room_stops_the_batch_and_resume_goes_on(tmp_path: Path) -> None:
    later = [FakeItem(item_id=f"later{number}") for number in range(5)]
    given = [FakeItem(item_id="large", ends={"publish": ["disk"]}), *hanging(3), *later]
    error = failed_batch("b", given, tmp_path, limit=4, window=4)
    assert error.code == "BATCH_STOPPED"
    assert "No space left while writing 'out.txt'. Free space, then `pressroom resume`." in str(error)
    assert set(codes(error.result).values()) == {"DISK_FULL"}
    assert set(statuses(error.result).values()) == {"cancelled"}
    assert len(kinds.calls_of("draft")) == 4
    assert run_batch("b", given, tmp_path).status == "succeeded"
    assert kinds.calls_of("draft")["large"] == 1


def test_an_items_own_budget_fails_that_item_only_and_retry_takes_it_up(tmp_path: Path) -> None:
    given = items(3)
    given[1].ends["polish"] = ["item budget"]
    result = run_batch("b", given, tmp_path)
    assert codes(result) == {"i0": None, "i1": "BUDGET_EXCEEDED", "i2": None}
    assert statuses(result)["i1"] == "failed"
    assert run_batch("b", given, tmp_path, select="failed").status == "succeeded"


def test_a_batch_can_be_cancelled_from_outside_and_resumed(tmp_path: Path) -> None:
    given = [*items(2), *hanging(4)[2:]]
    asking = threading.Thread(target=ask, args=("b", "cancel", 2))
    asking.start()
    error = failed_batch("b", given, tmp_path)
    asking.join()
    assert codes(error.result) == {"i0": None, "i1": None, "i2": "CANCELLED", "i3": "CANCELLED"}
    assert error.result is not None
    assert error.result.status == "stopped"
    result = run_batch("b", given, tmp_path)
    assert set(statuses(result).values()) == {"succeeded"}
    assert kinds.calls_of("draft") == {"i0": 1, "i1": 1, "i2": 2, "i3": 2}


def test_a_paused_batch_lets_nobody_in_until_it_goes_on(tmp_path: Path) -> None:
    given = items(3)
    given[0].seconds["draft"] = 2.0
    seen: list[int] = []

    def listener(progress: Progress, _outcomes: list[Outcome]) -> None:
        if progress.paused:
            seen.append(len(kinds.log("start")))
        if progress.paused and kinds.ended("draft") and len(seen) > 3:
            with kinds.ledger() as opened:
                opened.update_batch("b", control="run")

    asking = threading.Thread(target=ask, args=("b", "pause"))
    asking.start()
    with listening("b", listener):
        result = run_batch("b", given, tmp_path, max_parallel=1)
    asking.join()
    assert result.successful == 3
    assert set(seen) == {1}


def test_a_batch_that_is_paused_when_nothing_runs_waits_for_its_word(tmp_path: Path) -> None:
    given = items(4)
    given[0].seconds["publish"] = 2.0
    told: list[Progress] = []

    def listener(progress: Progress, _outcomes: list[Outcome]) -> None:
        told.append(progress)
        if progress.paused and progress.finished == 1:
            with kinds.ledger() as opened:
                opened.update_batch("b", control="run")

    asking = threading.Thread(target=ask, args=("b", "pause"))
    asking.start()
    with listening("b", listener):
        result = run_batch("b", given, tmp_path, window=1, max_parallel=1)
    asking.join()
    assert result.successful == 4
    assert any(progress.paused and progress.finished == 1 for progress in told)


def test_a_listener_that_raises_harms_nothing(tmp_path: Path) -> None:
    told: list[str] = []

    def listener(_progress: Progress, outcomes: list[Outcome]) -> None:
        told.extend(outcome.item_id for outcome in outcomes)
        raise RuntimeError("a listener's own fault")

    with listening("b", listener):
        result = run_batch("b", items(3), tmp_path)
    assert result.successful == 3
    assert sorted(told) == ["i0", "i1", "i2"]


def test_what_has_failed_side_by_side_is_tried_again_as_few_at_once_as_its_lane_says(tmp_path: Path) -> None:
    given = items(3, ends={"draft": ["connection"] * 3}, seconds={"draft": 0.2})
    result = run_batch("b", given, tmp_path, mode="retry", max_retries=1, drafts_again=1)
    assert set(statuses(result).values()) == {"succeeded"}
    steps = [line.event for line in kinds.log("start", "end", "broke") if line.stage == "draft"]
    last = len(steps) - steps[::-1].index("broke")
    assert steps[:3] == ["start"] * 3
    assert steps[last:] == ["start", "end"] * 3
