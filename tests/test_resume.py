"""The same batch id again: only what is unfinished runs, finished stages are taken up, and one run holds the batch."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import kinds
import pytest
from kinds import FakeBatch, FakeItem, codes, items, run_batch, statuses

from tasks.errors import BatchFailed, PressroomError
from tasks.ledger import lease
from tasks.ledger.standing import payload_of
from tasks.ledger.tables import BatchRow
from tasks.models import ItemStatus, Outcome

pytestmark = pytest.mark.usefixtures("prefect_server")


def test_a_finished_batch_runs_nothing_again(tmp_path: Path) -> None:
    first = run_batch("b", items(4), tmp_path)
    again = run_batch("b", items(4), tmp_path)
    assert kinds.calls() == {"draft": 4, "polish": 4, "publish": 4}
    assert statuses(again) == statuses(first)
    assert again.status == "succeeded"
    assert again.wall_clock_seconds == first.wall_clock_seconds


def test_what_failed_is_left_alone_by_resume_and_taken_up_by_retry_from_where_it_failed(tmp_path: Path) -> None:
    given = items(3)
    given[1].ends["polish"] = ["permanent"]
    run_batch("b", given, tmp_path)
    resumed = run_batch("b", given, tmp_path)
    assert codes(resumed)["i1"] == "INVALID_INPUT"
    assert kinds.calls() == {"draft": 3, "polish": 3, "publish": 2}
    retried = run_batch("b", given, tmp_path, select="failed")
    assert retried.status == "succeeded"
    assert kinds.calls() == {"draft": 3, "polish": 4, "publish": 3}


def test_who_ran_out_of_time_is_taken_up_under_a_longer_deadline_and_not_under_the_same(tmp_path: Path) -> None:
    given = items(2)
    given[0].ends["draft"] = ["hang"]
    given[1].ends["draft"] = ["permanent"]
    with pytest.raises(BatchFailed) as caught:
        run_batch("b", given, tmp_path, item_deadline_seconds=2.5)
    assert caught.value.result is not None
    late = caught.value.result.results[0]
    assert (late.error_code, late.remedy) == (
        "ITEM_DEADLINE",
        "Raise `item_deadline_seconds` in the spec and run that again under the same batch id.",
    )
    with pytest.raises(BatchFailed):
        run_batch("b", given, tmp_path, item_deadline_seconds=2.5)
    assert kinds.calls_of("draft") == {"i0": 1, "i1": 1}
    raised = run_batch("b", given, tmp_path, item_deadline_seconds=60)
    assert statuses(raised) == {"i0": "succeeded", "i1": "failed"}


def test_retry_takes_up_failed_items_only(tmp_path: Path) -> None:
    given = items(3)
    given[0].ends["draft"] = ["permanent"]
    given[1].ends["draft"] = ["hang"]
    with pytest.raises(BatchFailed):
        run_batch("b", given, tmp_path, deadline_seconds=5, limit=3)
    result = run_batch("b", given, tmp_path, select="failed")
    assert statuses(result) == {"i0": "succeeded", "i1": "cancelled", "i2": "succeeded"}
    assert kinds.calls_of("draft") == {"i0": 2, "i1": 1, "i2": 1}


def test_an_item_whose_payload_changed_is_made_again_and_a_new_one_is_added(tmp_path: Path) -> None:
    given = items(3)
    run_batch("b", given, tmp_path)
    given[1].text = "changed"
    result = run_batch("b", [*given[:2], FakeItem(item_id="new")], tmp_path)
    assert statuses(result) == {"i0": "succeeded", "i1": "succeeded", "new": "succeeded"}
    assert kinds.calls_of("publish") == {"i0": 1, "i1": 2, "i2": 1, "new": 1}
    assert (tmp_path / "output/b/i1.txt").read_text() == "changed drafted, polished\n"


def test_an_item_that_gets_another_model_is_still_the_item_that_was_asked_for() -> None:
    item = FakeItem(item_id="i0", models=["acme:quill"], model_reason="round robin")
    assert payload_of(item) == payload_of(FakeItem(item_id="i0"))


@pytest.mark.parametrize(("reuse", "calls"), [("never", [1, 2, 3]), ("batch", [1, 2, 2]), ("always", [1, 1, 1])])
def test_reuse_says_whose_finished_work_counts(tmp_path: Path, reuse: str, calls: list[int]) -> None:
    counted = []
    for batch_id in ("a", "b", "b"):
        result = run_batch(batch_id, items(1), tmp_path, reuse=reuse)
        counted.append(kinds.calls()["draft"])
        # As a run that was cancelled leaves it, so that it is taken up again.
        with kinds.ledger() as opened:
            opened.settle_items(batch_id, [Outcome(item_id="i0", status=ItemStatus.CANCELLED)])
    assert counted == calls
    assert result.results[0].reused is (reuse != "never")


def test_a_forced_item_is_made_anew_in_a_new_batch_and_keeps_what_its_own_has_made(tmp_path: Path) -> None:
    given = items(2)
    run_batch("a", given, tmp_path)
    given[1].force = True
    given[1].ends["publish"] = ["well", "permanent"]
    assert not run_batch("b", given, tmp_path).results[1].reused
    assert kinds.calls_of("draft") == kinds.calls_of("polish") == {"i0": 1, "i1": 2}
    result = run_batch("b", given, tmp_path, select="failed")
    assert result.status == "succeeded"
    assert kinds.calls_of("draft") == kinds.calls_of("polish") == {"i0": 1, "i1": 2}
    assert kinds.calls_of("publish") == {"i0": 2, "i1": 3}


def test_a_second_run_of_a_batch_is_refused_while_the_first_goes_on(tmp_path: Path) -> None:
    refused: list[PressroomError] = []
    given = items(2, ends={"draft": ["until:busy:1"]})

    def second() -> None:
        while not kinds.log("start"):
            threading.Event().wait(0.02)
        try:
            run_batch("b", given, tmp_path)
        except PressroomError as error:
            refused.append(error)
        kinds.note("end", "busy", "x")

    other = threading.Thread(target=second)
    other.start()
    result = run_batch("b", given, tmp_path)
    other.join()
    assert [error.code for error in refused] == ["BATCH_BUSY"]
    assert result.successful == 2
    assert kinds.calls() == {"draft": 2, "polish": 2, "publish": 2}
    with kinds.ledger() as opened:
        row = opened.batch("b")
    assert row is not None
    assert (row.status, row.owner) == ("succeeded", None)


def hold(owner: str, seconds: float) -> None:
    """Leave a batch as a run that never ended would."""
    row = BatchRow(
        batch_id="b", kind="fake", status="running", spec="{}", output_dir="", total=1, created_at=0, started_at=0
    )
    with kinds.ledger() as opened:
        opened.record_batch(row)
        lease.take(opened, "b", owner, seconds=seconds)


def test_a_batch_whose_runs_lease_ran_out_is_taken_over(tmp_path: Path) -> None:
    hold("elsewhere:1:1:x", seconds=-1)
    assert run_batch("b", items(1), tmp_path).successful == 1


def test_a_batch_whose_run_died_is_taken_over_at_once_and_one_held_elsewhere_is_not(tmp_path: Path) -> None:
    code = "from tasks.ledger.owner import new_owner; print(new_owner())"
    dead = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    hold(dead, seconds=3600)
    assert run_batch("b", items(1), tmp_path).successful == 1
    hold("elsewhere:1:1:x", seconds=3600)
    with pytest.raises(PressroomError, match="BATCH_BUSY"):
        run_batch("b", items(1), tmp_path)


def test_a_spec_that_has_nothing_in_common_with_a_batch_and_its_folder_is_refused_and_the_batch_stays(
    tmp_path: Path,
) -> None:
    run_batch("b", [FakeItem(item_id="tides"), FakeItem(item_id="maps")], tmp_path)
    with pytest.raises(PressroomError, match="BATCH_TAKEN"):
        run_batch("b", [FakeItem(item_id="bread")], tmp_path / "elsewhere")
    with kinds.ledger() as opened:
        assert [row.item_id for row in opened.items("b")] == ["tides", "maps"]
    assert run_batch("b", [FakeItem(item_id="bread")], tmp_path).successful == 1


def test_a_spec_that_asks_for_more_than_a_part_has_is_refused_under_its_name_unless_it_is_that_part(
    tmp_path: Path,
) -> None:
    part_of = "--batch-id w --chunks 2"
    before = run_batch("w-2", items(4)[2:], tmp_path, part_of=part_of, budget={"batch_usd": 1.0})
    with pytest.raises(PressroomError, match=r"BATCH_TAKEN.*'i0'.*`pressroom submit SPEC --batch-id w --chunks 2`"):
        run_batch("w-2", items(4), tmp_path, budget={"batch_usd": 2.0})
    with kinds.ledger() as opened:
        row = opened.batch("w-2")
        assert [one.item_id for one in opened.items("w-2")] == ["i2", "i3"]
    assert row is not None
    assert FakeBatch.model_validate_json(row.spec).budget.batch_usd == 1.0
    assert run_batch("w-2", items(4)[1:], tmp_path, part_of=part_of).total == 3
    assert run_batch("w-2", items(4)[2:], tmp_path).total == before.total


def test_a_name_under_which_nothing_was_made_is_free_for_another_spec(tmp_path: Path) -> None:
    with pytest.raises(BatchFailed):
        run_batch("b", [FakeItem(item_id="tidse", ends={"draft": ["permanent"]})], tmp_path)
    assert run_batch("b", [FakeItem(item_id="tides")], tmp_path).successful == 1


def test_a_batch_id_belongs_to_one_kind(tmp_path: Path) -> None:
    with kinds.ledger() as opened:
        opened.record_batch(
            BatchRow(
                batch_id="b", kind="other", status="x", spec="{}", output_dir="", total=1, created_at=0, started_at=0
            )
        )
    with pytest.raises(PressroomError, match="is of kind 'other'"):
        run_batch("b", items(1), tmp_path)
