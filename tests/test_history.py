"""The history of a batch as it is read from the ledger for its reports."""

from __future__ import annotations

import time

import pytest
from kinds import ledger

from tasks.errors import PressroomError, fault
from tasks.ledger.glance import glancing
from tasks.ledger.history import FILES, LETTERS, SHOWN, History, read_history
from tasks.ledger.owner import new_owner
from tasks.ledger.roster import enroll
from tasks.ledger.store import Ledger
from tasks.ledger.tables import BatchRow, StageRow
from tasks.models import ItemStatus, Outcome, Output, Select
from tasks.settings import settings

NOW = 2_000_000_000.0


def begin(opened: Ledger, *names: str, status: str = "partial", **more: object) -> None:
    """Write down a batch `b1` of these items."""
    row = BatchRow(
        batch_id="b1",
        kind="fake",
        status=status,
        spec="{}",
        output_dir="/out",
        total=len(names),
        created_at=NOW - 100,
        started_at=NOW - 100,
    )
    for name, value in more.items():
        setattr(row, name, value)
    opened.record_batch(row)
    enroll(opened, "b1", [(name, "x") for name in names], Select.UNFINISHED)


def stage(name: str, started: float, run: str = "r", attempt: int = 1, status: str = "succeeded") -> StageRow:
    return StageRow(
        id=f"{run}-of-{name}-{attempt}",
        batch_id="b1",
        item_id=name,
        stage="draft",
        attempt=attempt,
        status=status,
        queued_seconds=2.0,
        run_seconds=3.0,
        started_at=started,
    )


def read(opened: Ledger) -> History:
    return read_history(opened.execute, "b1", now=NOW)


def test_an_unknown_batch_is_told_so() -> None:
    with ledger() as opened, pytest.raises(PressroomError) as caught:
        read(opened)
    assert caught.value.code == "UNKNOWN_BATCH"


def test_the_quick_look_and_the_full_store_read_the_same() -> None:
    with ledger() as opened:
        begin(opened, "a", "b")
        opened.record_stage(stage("a", NOW - 50))
        opened.settle_items("b1", [Outcome.failed("b", fault("CANCELLED", by="on request"))])
        full = read(opened)
    with glancing(settings().ledger_path, patience=1.0) as glance:
        assert glance is not None
        assert read_history(glance.execute, "b1", now=NOW) == full


def test_an_attempt_knows_when_it_asked_began_and_ended_and_whose_run_it_was() -> None:
    with ledger() as opened:
        begin(opened, "a")
        for number in (1, 2):
            opened.record_stage(stage("a", NOW - 50 + 10 * number, attempt=number))
        one, other = read(opened).attempts
    assert (one.asked_at, one.started_at, one.ended_at) == (NOW - 42, NOW - 40, NOW - 37)
    assert (one.number, other.number, one.run == other.run) == (1, 2, True)


def test_a_chunk_is_told_from_an_item_that_is_only_named_so() -> None:
    with ledger() as opened:
        begin(opened, "a", "b+2", "c", "c+1")
        for place, name in enumerate(["a+499", "b+2", "c+0", "c+1", "gone+3"]):
            opened.record_stage(stage(name, NOW - 50 + place))
        found = [(one.item_id, one.items) for one in read(opened).attempts]
    assert found == [("a+499", 500), ("b+2", 1), ("c", 1), ("c+1", 1), ("gone+3", 1)]


def test_stages_that_were_skipped_are_no_attempts() -> None:
    with ledger() as opened:
        begin(opened, "a")
        opened.record_stage(stage("a", NOW, status="skipped"))
        assert read(opened).attempts == []


def test_failures_come_before_what_was_skipped_or_cancelled_and_are_bounded() -> None:
    ends = [("cancelled", ItemStatus.CANCELLED)] * SHOWN + [
        ("skipped", ItemStatus.SKIPPED),
        ("failed", ItemStatus.FAILED),
    ]
    names = [f"{name}-{place}" for place, (name, _) in enumerate(ends)]
    error = fault("INVALID_INPUT", what="very " * 1000)
    with ledger() as opened:
        begin(opened, *names)
        opened.settle_items("b1", [Outcome.failed(name, error, ends[n][1]) for n, name in enumerate(names)])
        found = read(opened)
    assert len(found.missing) == SHOWN
    assert [one.status for one in found.missing[:3]] == ["failed", "skipped", "cancelled"]
    assert len(found.missing[0].message) == LETTERS
    assert len(found.items) == SHOWN + 2


def test_files_are_all_counted_and_the_first_are_named() -> None:
    outputs = [Output(path=f"/out/{n % 2}/{n}.md", size=10, sha256="") for n in range(FILES + 4)]
    with ledger() as opened:
        begin(opened, "a", "b")
        opened.settle_items("b1", [Outcome(item_id="a", outputs=outputs), Outcome(item_id="b", reused=True)])
        found = read(opened)
    assert (found.outputs.files, found.outputs.size) == (FILES + 4, 10 * (FILES + 4))
    assert {folder: pile.files for folder, pile in found.folders.items()} == {"/out/0": 12, "/out/1": 12}
    assert [(one.item_id, len(one.outputs), one.files, one.reused) for one in found.made] == [
        ("a", FILES, FILES + 4, False),
        ("b", 0, 0, True),
    ]


def test_the_files_of_what_waits_for_review_are_there_and_are_counted() -> None:
    with ledger() as opened:
        begin(opened, "a")
        held = Outcome(item_id="a", status=ItemStatus.NEEDS_REVIEW, outputs=[Output(path="/o/a", size=10, sha256="")])
        opened.settle_items("b1", [held])
        found = read(opened)
    assert (found.outputs.files, found.made) == (1, [])


def test_a_batch_at_work_is_seen_as_of_now() -> None:
    with ledger() as opened:
        begin(opened, "a", status="running", owner=new_owner(), lease_until=time.time() + 60)
        opened.start_items("b1", ["a"])
        found = read(opened)
    assert (found.as_of, found.end, found.wall_clock) == (NOW, NOW, 100.0)
    assert found.items[0].status == "running"


def test_a_killed_run_ends_with_its_last_sign_of_life_and_nothing_of_it_runs() -> None:
    with ledger() as opened:
        begin(opened, "a", status="running", wall_clock_seconds=7.0)
        opened.start_items("b1", ["a"])
        opened.record_stage(stage("a", NOW - 50))
        found = read(opened)
    assert (found.status, found.as_of, found.items[0].status) == ("interrupted", None, "pending")
    assert (found.end, found.wall_clock) == (NOW - 47, 53.0)
