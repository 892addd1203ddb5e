"""What many failures do to a batch: nothing, a word to somebody, or a question whether to go on."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import kinds
import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from kinds import FakeItem, codes, items, run_batch, statuses

from flows.failures import Failures, lower_bound
from tasks.errors import BatchFailed, fault
from tasks.events import Progress, listening
from tasks.models import ItemStatus, OnFailures, Outcome
from tasks.results import BatchResult

TRANSIENT, OWN = fault("TEMPORARY_ERROR", what="busy"), fault("INVALID_INPUT", what="y")


@pytest.mark.parametrize(
    ("failed", "finished", "bound"),
    [
        (0, 5, 0),
        (1, 1, 0.05),
        (4, 4, 0.4729),
        (5, 5, 0.5493),
        (9, 9, 0.7169),
        (8, 9, 0.5709),
        (7, 8, 0.5293),
        (5, 10, 0.2224),
    ],
)
def test_the_lower_bound_is_that_of_the_tables(failed: int, finished: int, bound: float) -> None:
    assert lower_bound(failed, finished) == pytest.approx(bound, abs=5e-5)


@for_all(st.integers(1, 9), st.data())
def test_the_lower_bound_lies_below_the_rate_and_rises_with_each_failure(finished: int, data: st.DataObject) -> None:
    failed = data.draw(st.integers(1, finished))
    assert lower_bound(failed - 1, finished) < lower_bound(failed, finished) < failed / finished


def ends(good: int, bad: int, error: Exception = TRANSIENT, of: str = "i") -> list[Outcome]:
    made = [Outcome(item_id=f"{of}{number}") for number in range(good)]
    return made + [Outcome.failed(f"{of}{number}", error) for number in range(good, good + bad)]  # type: ignore[arg-type]


def watching(total: int, policy: OnFailures = OnFailures.ASK) -> Failures:
    return Failures(policy, items(total))


@pytest.mark.parametrize(
    ("good", "bad", "graves"),
    [
        (0, 4, []),
        (0, 5, [True]),
        (1, 7, [True]),
        (1, 6, []),
        (9, 1, []),
        (8, 2, [False]),
        (5, 5, [False]),
        (5, 6, [True]),
        (81, 19, []),
        (80, 20, [False]),
    ],
)
def test_the_rate_decides_and_below_ten_it_has_to_be_beyond_doubt(good: int, bad: int, graves: list[bool]) -> None:
    failures = watching(200)
    assert [finding.is_grave for finding in failures.note(ends(good, bad))] == graves
    assert failures.is_shut(items(1)[0]) is (graves == [True])
    assert (failures.error() is not None) is (graves == [True])


def test_what_is_wrong_with_an_item_itself_counts_neither_way() -> None:
    failures = watching(200)
    assert failures.note(ends(0, 60, OWN)) == []
    assert failures.note(ends(0, 60, fault("MODEL_KEY_MISSING", model="a:b", variable="C")))[0].is_grave


def test_neither_what_was_cancelled_nor_what_was_skipped_counts() -> None:
    failures = watching(200)
    reason = fault("CANCELLED", by="by you")
    both = (ItemStatus.CANCELLED, ItemStatus.SKIPPED)
    assert failures.note([Outcome.failed("i0", reason, status) for status in both for _ in range(10)]) == []


def test_each_model_is_counted_by_itself_and_the_question_comes_when_only_shut_ones_are_left() -> None:
    given = [*items(8, models=["acme:quill"]), *[FakeItem(item_id=f"o{n}", models=["other:pen"]) for n in range(8)]]
    failures = Failures(OnFailures.ASK, given)
    (finding,) = failures.note(ends(0, 5))
    assert finding.text == "5 of 5 finished items by acme:quill failed, most of them with TEMPORARY_ERROR."
    assert [failures.is_shut(item) for item in (given[0], given[-1])] == [True, False]
    failures.note(ends(7, 0, of="o"))
    assert failures.error() is None
    failures.note([Outcome(item_id="o7")])
    assert failures.error() is not None
    assert "acme:quill" in str(failures.error())
    failures.reopen()
    assert failures.error() is None
    assert not failures.is_shut(given[0])


def test_nothing_is_asked_when_nothing_is_left() -> None:
    failures = watching(5)
    assert len(failures.note(ends(0, 5))) == 1
    assert failures.error() is None


def test_what_is_tried_once_more_counts_as_unfinished() -> None:
    failures = watching(8)
    failures.note(ends(0, 4))
    failures.take_up_again(ends(0, 4))
    assert failures.note(ends(0, 4)) == []


def failing(count: int, **more: Any) -> list[FakeItem]:
    return items(count, ends={"draft": ["tried_out"] * 3}, **more)


def stopped(given: list[FakeItem], base_dir: Path, **options: Any) -> BatchResult:
    with pytest.raises(BatchFailed) as caught:
        run_batch("b", given, base_dir, **options)
    assert caught.value.code == "BATCH_STOPPED"
    assert caught.value.result is not None
    return caught.value.result


@pytest.mark.usefixtures("prefect_server")
def test_where_nobody_is_there_it_stops_and_can_be_resumed(tmp_path: Path) -> None:
    given = [*failing(6), *[FakeItem(item_id=f"later{number}") for number in range(6)]]
    result = stopped(given, tmp_path, max_parallel=1, window=1, on_failures="stop")
    assert result.status == "stopped"
    assert list(codes(result).values()) == ["TEMPORARY_ERROR"] * 5 + ["TOO_MANY_FAILURES"] * 7
    assert sum(kinds.calls_of("draft").values()) == 5
    resumed = run_batch("b", given, tmp_path, max_parallel=1)
    assert (resumed.successful, resumed.failed) == (6, 6)


@pytest.mark.usefixtures("prefect_server")
def test_what_is_at_work_ends_before_it_stops(tmp_path: Path) -> None:
    given = [*failing(5), FakeItem(item_id="slow", seconds={"draft": 3.0}), *items(20)[5:]]
    result = stopped(given, tmp_path, max_parallel=6, window=6, on_failures="stop", canary=0)
    assert kinds.ended("draft")[-1] == "slow"
    assert statuses(result)["slow"] == "cancelled"
    assert run_batch("b", given, tmp_path).successful == 16
    assert kinds.calls_of("draft")["slow"] == 1


@pytest.mark.usefixtures("prefect_server")
def test_one_that_may_wait_pauses_until_it_is_told_to_go_on_and_counts_anew(tmp_path: Path) -> None:
    given = [*failing(6), *[FakeItem(item_id=f"later{number}") for number in range(6)]]
    asked: list[str] = []

    def listener(progress: Progress, _outcomes: list[Outcome]) -> None:
        if progress.paused and progress.question:
            with kinds.ledger() as opened:
                row = opened.batch("b")
                assert row is not None
                if row.status == "paused":
                    asked.append(f"{progress.question} {row.reason}")
                    opened.update_batch("b", control="run")

    with listening("b", listener):
        result = run_batch("b", given, tmp_path, max_parallel=1, window=1, on_failures="pause")
    assert (result.successful, result.failed, result.status) == (6, 6, "partial")
    assert asked
    assert asked[0].startswith("5 of 5 finished items failed, most of them with TEMPORARY_ERROR. TOO_MANY_FAILURES: 5")
    with kinds.ledger() as opened:
        row = opened.batch("b")
    assert row is not None
    assert row.reason is None


@pytest.mark.usefixtures("prefect_server")
def test_a_question_that_nobody_answers_in_time_stops_the_batch_and_so_does_a_no(tmp_path: Path) -> None:
    result = stopped(failing(8), tmp_path, max_parallel=1, window=1, on_failures="pause", answer_seconds=1)
    assert codes(result)["i7"] == "TOO_MANY_FAILURES"

    def say_no() -> None:
        while True:
            with kinds.ledger() as opened:
                row = opened.batch("b")
                if row is not None and row.status == "paused":
                    opened.update_batch("b", control="cancel")
                    return
            time.sleep(0.05)

    asking = threading.Thread(target=say_no)
    asking.start()
    given = [FakeItem(item_id=f"n{number}", ends={"draft": ["tried_out"]}) for number in range(8)]
    result = stopped(given, tmp_path, max_parallel=1, window=1, on_failures="pause")
    asking.join()
    assert codes(result)["n7"] == "CANCELLED"


@pytest.mark.usefixtures("prefect_server")
def test_one_that_is_to_go_on_whatever_fails_does(tmp_path: Path) -> None:
    with pytest.raises(BatchFailed) as caught:
        run_batch("b", failing(12), tmp_path, on_failures="continue")
    assert caught.value.code == "BATCH_FAILED"
    assert set(codes(caught.value.result).values()) == {"TEMPORARY_ERROR"}


@pytest.mark.usefixtures("prefect_server")
def test_a_model_that_is_down_does_not_stop_what_another_can_finish(tmp_path: Path) -> None:
    given = []
    for number in range(10):
        given.append(FakeItem(item_id=f"down{number}", models=["acme:quill"], ends={"draft": ["tried_out"]}))
        given.append(FakeItem(item_id=f"up{number}", models=["other:pen"]))
    result = stopped(given, tmp_path, max_parallel=1, window=2)
    made = statuses(result)
    assert {made[f"up{number}"] for number in range(10)} == {"succeeded"}
    assert sum(kinds.calls_of("draft")[f"down{number}"] for number in range(10)) < 8
    assert made["down9"] == "cancelled"
    message = next(one.error_message for one in result.results if one.item_id == "down9")
    assert "acme:quill" in str(message)
    assert "other:pen" not in str(message)


@pytest.mark.usefixtures("prefect_server")
def test_mode_retry_asks_as_well_when_what_is_tried_again_fails_again(tmp_path: Path) -> None:
    given = items(8, ends={"draft": ["tried_out"] * 9})
    result = stopped(given, tmp_path, max_parallel=1, window=1, mode="retry", max_retries=5, on_failures="stop")
    assert sum(kinds.calls_of("draft").values()) < 20
    assert result.status == "stopped"
