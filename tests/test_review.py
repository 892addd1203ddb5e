"""What waits for review is decided upon once, whoever else decides or runs; every decision is kept."""

from __future__ import annotations

import argparse
import json
import os
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import kinds
import pytest
from kinds import codes, items, ledger, run_batch, statuses
from rosters import put_rows
from sites import HEAVY, loaded_by, press, put

from flows.command import editing
from flows.command.editing import edited_file
from flows.command.paths import shown_path
from flows.command.report import renewed
from tasks.errors import PressroomError, fault
from tasks.events import Progress, ends_told, listening
from tasks.ledger.decisions import decide
from tasks.ledger.owner import new_owner
from tasks.ledger.reviews import decided_in
from tasks.ledger.roster import enroll
from tasks.ledger.store import Ledger
from tasks.ledger.tables import BatchRow, DecisionRow
from tasks.models import ItemStatus, Outcome, Output, Select
from tasks.reviews import Case, Decision, Review, Revised, made_anew, rejections
from tasks.settings import settings

Capture = pytest.CaptureFixture[str]


def waiting(
    folder: Path, *names: str, batch_id: str = "b", status: str = "succeeded", good: tuple[str, ...] = ()
) -> None:
    """Write down a batch that has ended: these items wait for review, and those in `good` have succeeded."""
    now = time.time()
    row = BatchRow(
        batch_id=batch_id,
        kind="fake",
        status=status,
        spec="{}",
        output_dir=str(folder / "output" / batch_id),
        total=len(names) + len(good),
        created_at=now,
        started_at=now,
        finished_at=now,
    )
    with ledger() as opened:
        opened.record_batch(row)
        enroll(opened, batch_id, [(name, "x") for name in (*names, *good)], Select.UNFINISHED)
        outcomes = []
        for name in (*names, *good):
            path = put(folder / "output" / batch_id / f"{name}.txt", f"{name}\n")
            made = Output.of(str(path), path.read_bytes())
            why = ("scored 78 of 100",) if name in names else ()
            ended = ItemStatus.NEEDS_REVIEW if name in names else ItemStatus.SUCCEEDED
            outcomes.append(Outcome(item_id=name, status=ended, outputs=[made], fingerprint=f"f-{name}", warnings=why))
        opened.settle_items(batch_id, outcomes)


def decided(
    opened: Ledger, item: str, decision: str, batch_id: str = "b", review: Review | None = None, **more: Any
) -> DecisionRow:
    case = Case(batch_id, "fake", item, Decision(decision), (), edited=more.pop("edited", None))
    return decide(opened, case, by=more.pop("by", "ines"), review=review, **more)


def refusal(opened: Ledger, item: str, decision: str = "approve", **more: Any) -> str:
    with pytest.raises(PressroomError) as caught:
        decided(opened, item, decision, **more)
    return str(caught.value)


def row_of(opened: Ledger, item: str, batch_id: str = "b") -> Any:
    return next(row for row in opened.items(batch_id) if row.item_id == item)


def batch_status(opened: Ledger, batch_id: str = "b") -> str:
    row = opened.batch(batch_id)
    assert row is not None
    return row.status


def test_what_waits_is_listed_over_all_batches_with_why_and_where(tmp_path: Path, capsys: Capture) -> None:
    assert press(capsys, "review").out == "Nothing waits for review.\n"
    waiting(tmp_path, "tides", good=("books",))
    waiting(tmp_path, "maps", batch_id="c")
    said = press(capsys, "review")
    assert said.code == 0
    heads = [line.partition(" (since ")[0] for line in said.out.splitlines() if "since" in line]
    assert heads == ["b  tides", "c  maps"]
    assert "  scored 78 of 100" in said.out.splitlines()
    assert f"  {shown_path(tmp_path / 'output/b/tides.txt')}" in said.out.splitlines()
    (one,) = press(capsys, "review", "c", "--json").document["waiting"]
    assert (one["batch_id"], one["item_id"], one["why"]) == ("c", "maps", ["scored 78 of 100"])
    assert one["since"] > 0
    assert [made["path"] for made in one["outputs"]] == [str(tmp_path / "output/c/maps.txt")]
    assert press(capsys, "review", "d").err.startswith("error UNKNOWN_BATCH")


def test_an_approved_item_counts_as_succeeded_and_the_reports_say_so(tmp_path: Path, capsys: Capture) -> None:
    waiting(tmp_path, "tides", good=("books",))
    assert press(capsys, "resume", "b").code == 1
    said = press(capsys, "review", "b", "tides", "approve", "--note", "As it should be.", "--json")
    assert said.code == 0
    document = said.document
    assert (document["status"], document["batch_status"], document["waiting"]) == ("succeeded", "succeeded", 0)
    assert document["before"]
    assert document["after"] is None
    summary = json.loads((tmp_path / "output/b/batch_summary.json").read_text())
    assert (summary["successful"], summary["needs_review"]) == (2, 0)
    assert "2 items: 2 succeeded." in (tmp_path / "output/b/report.md").read_text()
    assert (tmp_path / "output/b/report.html").exists()
    said = press(capsys, "resume", "b")
    assert (said.code, said.err) == (0, "Nothing to do: 2 items, all made.\n")
    (kept,) = press(capsys, "review", "b", "--json").document["decisions"]
    assert (kept["decision"], kept["note"], bool(kept["decided_by"])) == ("approve", "As it should be.", True)
    assert "  tides  approved by " in press(capsys, "review", "b").out


def test_a_rejected_item_counts_as_failed_and_a_retry_would_take_it_up(tmp_path: Path, capsys: Capture) -> None:
    waiting(tmp_path, "tides", good=("books",))
    said = press(capsys, "review", "b", "tides", "reject", "--note", "too long")
    assert said.code == 0
    assert "To make it again: pressroom retry b" in said.out
    document = press(capsys, "status", "b", "--json").document
    one = document["results"][0]
    assert (document["status"], one["status"], one["error_code"]) == ("partial", "failed", "REVIEW_REJECTED")
    assert one["error_message"] == "'tides' was rejected in review: too long."
    with ledger() as opened:
        roster = enroll(opened, "b", [("tides", "x"), ("books", "x")], Select.UNFINISHED)
        assert roster.wanted == []
        roster = enroll(opened, "b", [("tides", "x"), ("books", "x")], Select.FAILED)
        assert roster.wanted == [0]


def test_a_batch_of_which_all_was_rejected_has_failed(tmp_path: Path) -> None:
    waiting(tmp_path, "tides", "maps")
    with ledger() as opened:
        decided(opened, "tides", "reject")
        assert batch_status(opened) == "partial"
        decided(opened, "maps", "reject")
        assert batch_status(opened) == "failed"


def test_how_a_run_was_ended_is_not_changed_by_a_decision(tmp_path: Path) -> None:
    waiting(tmp_path, "tides", status="stopped")
    with ledger() as opened:
        decided(opened, "tides", "approve")
        assert batch_status(opened) == "stopped"


def test_what_does_not_wait_is_refused_with_the_reason(tmp_path: Path, capsys: Capture) -> None:
    waiting(tmp_path, "tides", good=("books",))
    with ledger() as opened:
        assert "NOT_IN_REVIEW: 'books' of batch 'b' does not wait for review: it is succeeded." in (
            refusal(opened, "books")
        )
        assert "there is no such item" in refusal(opened, "bokos")
        assert "UNKNOWN_BATCH" in refusal(opened, "tides", batch_id="nowhere")
        decided(opened, "tides", "approve", by="tomas")
        assert "it is succeeded, and was approved by tomas" in refusal(opened, "tides", "reject")
        assert len(opened.execute("SELECT * FROM review_decision", ())) == 1
    said = press(capsys, "review", "b", "tides", "reject")
    assert (said.code, said.err.startswith("error NOT_IN_REVIEW")) == (2, True)


def test_of_many_decisions_at_once_on_one_item_one_wins(database: str, tmp_path: Path) -> None:
    waiting(tmp_path, "tides", "maps")
    ended: list[str] = []
    start = threading.Barrier(6)

    def one(number: int) -> None:
        own = Ledger(settings())
        try:
            start.wait()
            decided(own, "tides", "approve" if number % 2 else "reject", by=f"person {number}")
            ended.append("won")
        except PressroomError as error:
            ended.append(error.code)
        finally:
            own.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["NOT_IN_REVIEW"] * 5 + ["won"], database
    with ledger() as opened:
        (kept,) = opened.execute("SELECT decision FROM review_decision", ())
        wanted = "succeeded" if kept["decision"] == "approve" else "failed"
        assert (row_of(opened, "tides").status, row_of(opened, "maps").status) == (wanted, "needs_review")


def test_what_was_changed_since_is_not_approved_but_can_be_rejected(tmp_path: Path) -> None:
    waiting(tmp_path, "tides", "maps")
    put(tmp_path / "output/b/tides.txt", "other\n")
    (tmp_path / "output/b/maps.txt").unlink()
    with ledger() as opened:
        assert "`pressroom review b tides edit --file FILE` takes a change over" in refusal(opened, "tides")
        assert "OUTPUT_CHANGED" in refusal(opened, "maps")
        assert row_of(opened, "tides").status == "needs_review"
        decided(opened, "tides", "reject")


def rewriting(text: str) -> Review:
    """A kind's part: it writes the file anew, and remarks on it."""

    def review(case: Case, _connection: object) -> Revised:
        path = put(Path(case.outputs[0].path), text)
        return Revised((Output.of(str(path), text.encode()),), (*case.warnings, "edited by hand"))

    return review


def test_an_edited_item_counts_as_approved_with_its_new_hashes(tmp_path: Path) -> None:
    waiting(tmp_path, "tides")
    with ledger() as opened:
        row = decided(opened, "tides", "edit", review=rewriting("better\n"), edited=tmp_path / "x")
        now = row_of(opened, "tides")
        (output,) = json.loads(now.outputs)
        assert (row.after, now.status) == (output["sha256"], "succeeded")
        assert row.before not in (None, row.after)
        assert json.loads(now.warnings) == ["scored 78 of 100", "edited by hand"]
        assert batch_status(opened) == "succeeded"
        assert enroll(opened, "b", [("tides", "x")], Select.UNFINISHED).wanted == []


def test_what_the_kind_refuses_leaves_the_item_waiting(tmp_path: Path) -> None:
    def review(_case: Case, _connection: object) -> None:
        raise fault("INVALID_INPUT", what="It is another's.")

    waiting(tmp_path, "tides")
    with ledger() as opened:
        assert "It is another's." in refusal(opened, "tides", "edit", review=review)
        assert row_of(opened, "tides").status == "needs_review"
        assert opened.execute("SELECT * FROM review_decision", ()) == []


def test_only_what_was_approved_as_it_was_made_serves_another_batch(tmp_path: Path) -> None:
    waiting(tmp_path, "tides", "maps", "books", "walls")
    marks = ["f-tides", "f-maps", "f-books", "f-walls"]
    with ledger() as opened:
        assert opened.outputs_of(marks, batch_id=None) == {}
        decided(opened, "tides", "approve")
        decided(opened, "maps", "reject")
        decided(opened, "books", "edit", review=rewriting("better\n"))
        assert [*opened.outputs_of(marks, batch_id=None)] == ["f-tides"]


def test_a_batch_at_work_is_decided_upon_and_writes_its_own_reports(tmp_path: Path, capsys: Capture) -> None:
    waiting(tmp_path, "tides", status="running")
    with ledger() as opened:
        opened.update_batch("b", owner=new_owner(), lease_until=time.time() + 60)
    said = press(capsys, "review", "b", "tides", "reject")
    assert (said.code, said.err) == (0, "The batch is at work and writes its reports when it ends.\n")
    with ledger() as opened:
        assert batch_status(opened) == "running"
    assert not (tmp_path / "output/b/batch_summary.json").exists()


def test_reports_are_written_after_the_run_that_is_just_closing(tmp_path: Path) -> None:
    waiting(tmp_path, "tides")
    with ledger() as opened:
        opened.update_batch("b", owner=new_owner(), lease_until=time.time() + 60)
        free = threading.Timer(0.3, lambda: opened.update_batch("b", owner=None, lease_until=0.0))
        free.start()
        written = renewed("b")
        free.join()
        assert all(path.stat().st_mtime >= time.time() - 5 for path in written)
        row = opened.batch("b")
        assert row is not None
        assert row.owner is None, "it was waited for"


def test_edit_without_a_file_needs_a_terminal_and_only_edit_takes_a_file(tmp_path: Path, capsys: Capture) -> None:
    waiting(tmp_path, "tides")
    said = press(capsys, "review", "b", "tides", "approve", "--file", "x")
    assert (said.code, "Only `edit` takes a file" in said.err) == (2, True)
    for given in ([], ["--file", str(tmp_path / "nowhere.txt")]):
        assert press(capsys, "review", "b", "tides", "edit", *given).code == 2
    assert press(capsys, "review", "b", "tides", "maybe").err.startswith("error USAGE")


class Terminal(StringIO):
    """A terminal, of which only that it is one matters."""

    def isatty(self) -> bool:
        """It is one."""
        return True


@contextmanager
def sitting(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> Iterator[None]:
    """Let somebody sit at a terminal, whose editor is this script; it is given an option and the file."""
    editor = put(folder / "my editor", f"#!/bin/sh\n{script}\n")
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("EDITOR", f"'{editor}' --wait")
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("sys.stderr", Terminal())
    yield


class Asked:
    """The arguments that `edited_file` looks at."""

    decision, file, batch, item = "edit", None, "b", "tides"


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("true", "Nothing was changed"),
        ("exit 3", "The editor ended with 3"),
        ('echo better > "$2"', ""),
    ],
)
def test_the_editor_of_whoever_sits_there_is_given_a_copy(
    script: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting(tmp_path, "tides")
    asked: Any = Asked()
    with sitting(monkeypatch, tmp_path, script):
        if why:
            with pytest.raises(PressroomError, match=why), editing.edited_file(asked):
                pass
            return
        with editing.edited_file(asked) as path:
            assert path is not None
            assert path.read_text() == "better\n"
            assert path.name == "tides.txt"
        assert not path.exists()
        with (
            pytest.raises(PressroomError),
            editing.edited_file(asked) as kept,
        ):
            raise fault("INVALID_INPUT", what="It is another's.")
        assert kept is not None
        assert kept.read_text() == "better\n"
    assert (tmp_path / "output/b/tides.txt").read_text() == "tides\n"


def test_listing_loads_nothing_heavy(tmp_path: Path) -> None:
    waiting(tmp_path, "tides")
    assert not HEAVY & loaded_by(tmp_path, "review", "b", PRESSROOM_HOME=str(settings().home))


def test_what_waits_is_told_by_itself() -> None:
    held, done = Outcome(item_id="i0", status=ItemStatus.NEEDS_REVIEW), Outcome(item_id="i1")
    assert [*ends_told([held], is_chunk=False)] == [("item.needs_review", held)]
    chunk = [("item.chunk-completed", {"item_ids": ["i1"]}), ("item.needs_review", held)]
    assert [*ends_told([held, done], is_chunk=True)] == chunk


@pytest.mark.usefixtures("prefect_server")
def test_a_running_batch_takes_decisions_and_what_follows_from_them(tmp_path: Path, capsys: Capture) -> None:
    given = items(4)
    for item in given[:3]:
        item.review = ["scored 78 of 100"]

    def decides(_progress: Progress, outcomes: list[Outcome]) -> None:
        for one in outcomes:
            if one.item_id in ("i0", "i1"):
                with ledger() as opened:
                    decided(opened, one.item_id, "reject" if one.item_id == "i0" else "approve")

    with listening("b", decides):
        result = run_batch("b", given, tmp_path)
    assert statuses(result) == {"i0": "failed", "i1": "succeeded", "i2": "needs_review", "i3": "succeeded"}
    assert (result.status, result.successful, result.needs_review, result.failed) == ("partial", 2, 1, 1)
    again = run_batch("b", given, tmp_path)
    assert kinds.calls_of("publish") == dict.fromkeys(("i0", "i1", "i2", "i3"), 1)
    assert codes(again)["i0"] == "REVIEW_REJECTED"
    retried = run_batch("b", given, tmp_path, select="failed")
    assert kinds.calls_of("publish") == {"i0": 2, "i1": 1, "i2": 1, "i3": 1}
    assert statuses(retried) == {"i0": "needs_review", "i1": "succeeded", "i2": "needs_review", "i3": "succeeded"}
    assert retried.status == "succeeded"
    report = (tmp_path / "output/b/report.md").read_text()
    assert "2 items wait for a person's decision: `pressroom review b` lists what, and why." in report
    shown = press(capsys, "status", "b").out
    assert "i0: scored 78 of 100" in shown
    assert "To decide on what waits:      pressroom review b" in shown
    said = press(capsys, "resume", "b")
    assert said.code == 1
    assert said.err == "Nothing to do: 4 items, all made. 2 items to review: `pressroom review b`.\n"
    assert "⚠️  Batch b completed; 2 items to review" in said.out
    for name in ("i0", "i2"):
        assert press(capsys, "review", "b", name, "approve").code == 0
    assert os.path.exists(tmp_path / "output/b/report.html")
    assert press(capsys, "status", "b", "--json").document["counts"] == {"succeeded": 4}
    assert press(capsys, "resume", "b").code == 0


def test_a_batch_of_which_something_waits_says_so_beside_its_status_and_what_to_do(
    tmp_path: Path, capsys: Capture
) -> None:
    waiting(tmp_path, "tides", good=("books",))
    waiting(tmp_path, "maps", batch_id="c")
    (line,) = [line for line in press(capsys, "status").out.splitlines() if line.startswith("b ")]
    assert "succeeded, 1 to review" in line
    said = press(capsys, "status", "b").out
    assert "Status:   succeeded, 1 to review\n" in said
    assert "pressroom review b" in said
    assert press(capsys, "status", "b", "--json").document["status"] == "succeeded"
    decided_by_command = press(capsys, "review", "b", "tides", "approve")
    assert "To decide on the others" not in decided_by_command.out
    assert "Status:   succeeded\n" in press(capsys, "status", "b").out


def test_an_edited_file_that_is_not_there_is_named_and_nothing_is_decided() -> None:
    given = argparse.Namespace(decision="edit", file="nowhere.txt")
    with pytest.raises(PressroomError, match="no edited file 'nowhere"), edited_file(given):
        pytest.fail("there is nothing to decide with")


def test_what_an_item_was_rejected_for_is_read_in_order_and_moves_its_seed(home: Path) -> None:
    assert decided_in("b") == {}
    said = [("2", "reject", "Too long.", 5.0), ("1", "reject", "Too dry.", 5.0), ("0", "edit", "Mine.", 4.0)]
    rows = [
        DecisionRow(id=name, batch_id="b", item_id="i0", decision=decision, note=note, decided_at=at)
        for name, decision, note, at in said
    ]
    put_rows(*rows, DecisionRow(id="9", batch_id="c", item_id="i0", decision="reject", note="No.", decided_at=1.0))
    (found,) = decided_in("b").values()
    assert [one["note"] for one in found] == ["Mine.", "Too dry.", "Too long."]
    assert made_anew(7, rejections(found)) == {"seed": 9, "rejected_for": "Too long."}
    assert made_anew(7, rejections(found[:1])) == {}
