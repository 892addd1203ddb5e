"""`pressroom queue` shows who waits, and changes a priority, from the ledger alone and from any process."""

from __future__ import annotations

import re
import time
from pathlib import Path

import kinds
import pytest
from kinds import FakeItem, items
from queueing import Hall, record
from sites import HEAVY, loaded_by, press

from tasks.ledger.queues import Queue, Span
from tasks.ledger.roster import enroll
from tasks.models import ItemStatus, Outcome, Priority, Select

Capture = pytest.CaptureFixture[str]


def batch() -> list[FakeItem]:
    """Items of which one lends another its urgency."""
    made = [*items(3), FakeItem(item_id="urgent", priority=Priority.CRITICAL, needs=["i2"])]
    made[1].priority = Priority.LOW
    return made


def code(capsys: Capture, *arguments: str) -> tuple[int, str]:
    said = press(capsys, "queue", *arguments, "--json")
    return said.code, said.document["error"]["code"]


def test_who_waits_is_shown_with_place_priority_lane_and_for_whom(capsys: Capture) -> None:
    with kinds.ledger() as opened:
        hall = Hall(opened, "b", batch())
        said = press(capsys, "queue", "b").out
        document = press(capsys, "queue", "--json").document
        assert hall.let_in() == ["i2"]
        later = press(capsys, "queue", "b").out
    assert said.startswith("Batch b (fake): running, 0 at work, 4 waiting\n")
    shown = [re.split(r"  +", line) for line in said.splitlines()[2:]]
    assert [row[:4] for row in shown[1:]] == [
        ["main", "1", "i2", "critical (lent by urgent)"],
        ["main", "2", "urgent", "critical"],
        ["main", "3", "i0", "normal"],
        ["main", "4", "i1", "low"],
    ]
    assert {row[5] for row in shown[1:]} == {"unknown"}
    assert shown[2][6] == "i2"
    (told,) = document["batches"]
    assert (told["batch_id"], told["status"], told["waiting_count"]) == ("b", "running", 4)
    first = told["waiting"][0]
    assert (first["item_id"], first["lent_by"], first["own_priority"]) == ("i2", "urgent", "normal")
    assert first["expected_start"] is first["expected_seconds"] is None
    assert "At work:\n  main  i2  " in later


def test_at_most_so_many_are_shown_and_how_many_there_are(capsys: Capture) -> None:
    with kinds.ledger() as opened:
        Hall(opened, "b", items(30))
        assert "  and 10 more (--most N shows more)" in press(capsys, "queue", "b").out
        assert "  and 27 more" in press(capsys, "queue", "b", "--most", "3").out
        document = press(capsys, "queue", "b", "--most", "3", "--json").document
    assert (len(document["waiting"]), document["waiting_count"]) == (3, 30)


def test_when_an_item_begins_is_told_from_how_fast_others_did_and_not_while_paused(capsys: Capture) -> None:
    with kinds.ledger() as opened:
        hall = Hall(opened, "b", items(5), began=time.time() - 100)
        hall.let_in()
        hall.end(0)
        hall.let_in()
        waiting = press(capsys, "queue", "b", "--json").document["waiting"]
        seconds = [one["expected_seconds"] for one in waiting]
        assert 0 < seconds[0] < seconds[1] < seconds[2]
        assert waiting[0]["expected_start"] > time.time() - 60
        opened.update_batch("b", status="paused", reason="Over half of it fails")
        paused = press(capsys, "queue", "b").out
    assert "Nothing new begins until `pressroom continue b` (Over half of it fails)." in paused
    assert "unknown" in paused


def test_the_pace_is_that_of_the_last_ends_and_slows_down_while_nothing_ends() -> None:
    queue = Queue("b", "fake", "running", None, began=0.0)
    assert queue.pace("main", 50.0) is None
    queue.spans["main"] += [Span(float(number), number + 1.0) for number in range(100)]
    pace = queue.pace("main", 100.5)
    assert pace is not None
    assert pace.each == pytest.approx(1.0)
    assert pace.seconds(3) == pytest.approx(2.5)
    stalled = queue.pace("main", 1180.0)
    assert stalled is not None
    assert stalled.each > 50
    assert queue.pace("other", 100.5) is None
    assert queue.pace(None, 100.5) == pace


def test_a_priority_is_changed_while_an_item_waits_and_shown_and_kept_with_when(capsys: Capture) -> None:
    with kinds.ledger() as opened:
        hall = Hall(opened, "b", items(4))
        hall.let_in()
        before = time.time()
        said = press(capsys, "queue", "b", "i3", "--priority", "high", "--json").document
        assert (said["priority"], said["before"], said["is_at_work"]) == ("high", "normal", True)
        again = press(capsys, "queue", "b", "i3", "--priority", "low")
        assert "i3 of batch b: low (was high)" in again.out
        assert "hears of it" in again.err
        row = next(row for row in opened.items("b") if row.item_id == "i3")
        assert (row.priority, row.asked_priority) == ("normal", "low")
        assert before <= row.asked_at <= time.time()
        (shown,) = press(capsys, "queue", "b", "i3", "--json").document["waiting"]
        assert (shown["position"], shown["priority"], shown["asked_at"]) == (3, "low", row.asked_at)


@pytest.mark.parametrize("status", [ItemStatus.SUCCEEDED, ItemStatus.FAILED, ItemStatus.NEEDS_REVIEW])
def test_what_is_at_work_or_over_or_unknown_cannot_be_hastened(status: ItemStatus, capsys: Capture) -> None:
    assert code(capsys, "b", "i0", "--priority", "high") == (2, "UNKNOWN_BATCH")
    with kinds.ledger() as opened:
        hall = Hall(opened, "b", items(3))
        hall.let_in()
        assert code(capsys, "b", "i0", "--priority", "high") == (2, "ITEM_NOT_WAITING")
        hall.end(0, status)
        assert code(capsys, "b", "i0", "--priority", "high") == (2, "ITEM_NOT_WAITING")
        assert code(capsys, "b", "i9", "--priority", "high") == (2, "UNKNOWN_ITEM")
        assert code(capsys, "c", "i0", "--priority", "high") == (2, "UNKNOWN_BATCH")
        assert {row.asked_priority for row in opened.items("b")} == {None}
    assert code(capsys, "b", "--priority", "high") == (2, "USAGE")
    assert code(capsys, "c") == (2, "UNKNOWN_BATCH")


def test_a_batch_at_rest_shows_in_which_order_a_resume_goes_on(capsys: Capture) -> None:
    with kinds.ledger() as opened:
        record(opened, "b", began=time.time(), owner=None)
        enroll(opened, "b", [(f"i{number}", "x") for number in range(4)], Select.UNFINISHED)
        opened.settle_items("b", [Outcome(item_id="i0"), Outcome(item_id="i1", status=ItemStatus.CANCELLED)])
        assert "pressroom resume b" in press(capsys, "queue", "b", "i3", "--priority", "high").err
        said = press(capsys, "queue", "b").out
        names = [one["item_id"] for one in press(capsys, "queue", "b", "--json").document["waiting"]]
        assert press(capsys, "queue").out == "No batch is at work.\n"
    assert names == ["i3", "i1", "i2"]
    assert "Nobody works on it; `pressroom resume b` goes on in this order." in said


@pytest.mark.usefixtures("database")
def test_it_is_the_same_in_every_database(capsys: Capture) -> None:
    with kinds.ledger() as opened:
        hall = Hall(opened, "b", batch())
        press(capsys, "queue", "b", "i1", "--priority", "critical")
        assert [turn.waiter.item_id for turn in hall.turns()] == ["i2", "i1", "urgent", "i0"]
        shown = press(capsys, "queue", "b", "--json").document["waiting"]
    assert [one["item_id"] for one in shown] == ["i2", "i1", "urgent", "i0"]


def test_without_a_ledger_nothing_waits_and_a_look_loads_nothing_heavy(tmp_path: Path, capsys: Capture) -> None:
    assert press(capsys, "queue", "--json").document == {"batches": []}
    with kinds.ledger() as opened:
        Hall(opened, "b", items(3))
    assert loaded_by(tmp_path, "queue", "b", "--json") & {*HEAVY, "psutil", "jinja2", "yaml"} == set()
