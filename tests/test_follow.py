"""`pressroom watch` shows a batch of another process by the ledger alone, from wherever it joins to its end."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from kinds import items, ledger, run_batch
from sites import HEAVY, loaded_by, press

from flows.command.follow import follow
from flows.command.ledger import ask
from flows.command.watch import Watch
from tasks.errors import PressroomError, fault
from tasks.ledger import lease
from tasks.ledger.batch_rows import SENT
from tasks.ledger.owner import new_owner
from tasks.ledger.roster import enroll
from tasks.ledger.store import Ledger
from tasks.ledger.tables import BatchRow
from tasks.models import BatchStatus, ItemStatus, Outcome, Select
from tasks.progress import Progress
from tasks.settings import settings

Capture = pytest.CaptureFixture[str]
NAMES = ["one", "two", "three"]


def row(status: str = "running") -> BatchRow:
    now = time.time()
    return BatchRow(
        batch_id="b1", kind="fake", status=status, spec="{}", output_dir="/out", total=3, created_at=now, started_at=now
    )


@contextmanager
def at_work() -> Iterator[tuple[Ledger, str]]:
    """Write down a batch that this process holds, with its first item made and its second one at work."""
    owner = new_owner()
    with ledger() as opened:
        opened.record_batch(row())
        lease.take(opened, "b1", owner, seconds=60)
        enroll(opened, "b1", [(name, name) for name in NAMES], Select.UNFINISHED)
        opened.start_items("b1", ["one", "two"])
        opened.settle_items("b1", [Outcome(item_id="one")])
        yield opened, owner


def end(opened: Ledger, owner: str) -> None:
    """Make the rest of it."""
    opened.settle_items("b1", [Outcome(item_id="two"), Outcome(item_id="three", status=ItemStatus.FAILED)])
    opened.finish_batch("b1", None, finished_at=time.time(), wall_clock_seconds=1.5)
    lease.release(opened, "b1", owner)


class Told:
    """A view that keeps all snapshots, and does something at some of them."""

    def __init__(self, watch: Watch, *then: object) -> None:
        self.snapshots: list[Progress] = []
        self._then = list(then)
        self._watch = watch
        watch.view = self

    def __enter__(self) -> object:
        return self

    def __exit__(self, *details: object) -> None:
        pass

    def changed(self) -> None:
        """Keep the newest snapshot, and do what comes next."""
        assert self._watch.progress is not None
        self.snapshots.append(self._watch.progress)
        if self._then:
            step = self._then.pop(0)
            assert callable(step)
            step()

    def counts(self) -> list[dict[str, int]]:
        """Return what the snapshots say, without what there is none of."""
        return [{name.value: count for name, count in one.counts.items() if count} for one in self.snapshots]


@pytest.mark.usefixtures("database")
def test_a_batch_is_joined_in_its_middle_and_counted_to_its_end() -> None:
    watch = Watch()
    with at_work() as (opened, owner):
        told = Told(watch, lambda: None, lambda: end(opened, owner))
        follow(["b1"], watch)
    before = {"succeeded": 1, "running": 1, "pending": 1}
    assert told.counts() == [before, before, {"succeeded": 2, "failed": 1}]
    assert [one.item_id for one in told.snapshots[0].running] == ["two"]
    assert (watch.made, told.snapshots[-1].total) == (3, 3)


def test_items_that_are_not_written_down_yet_are_counted_as_waiting() -> None:
    watch, owner = Watch(), new_owner()
    with ledger() as opened:
        opened.record_batch(row())
        lease.take(opened, "b1", owner, seconds=60)

        def begin() -> None:
            enroll(opened, "b1", [(name, name) for name in NAMES], Select.UNFINISHED)
            opened.settle_items("b1", [Outcome(item_id="one")])
            end(opened, owner)

        told = Told(watch, begin)
        follow(["b1"], watch)
    assert told.counts() == [{"pending": 3}, {"succeeded": 2, "failed": 1}]


def test_a_batch_that_was_interrupted_is_followed_when_it_is_taken_up_again() -> None:
    watch = Watch()
    with at_work() as (opened, owner):

        def interrupt() -> None:
            opened.cancel_unfinished("b1", fault("CANCELLED", by="by Ctrl-C"))
            opened.finish_batch("b1", BatchStatus.INTERRUPTED, finished_at=time.time())
            lease.release(opened, "b1", owner)

        def go_on() -> None:
            opened.record_batch(row())
            lease.take(opened, "b1", owner, seconds=60)
            enroll(opened, "b1", [(name, name) for name in NAMES], Select.UNFINISHED)

        told = Told(watch, interrupt, go_on, lambda: end(opened, owner))
        follow(["b1"], watch)
    assert told.counts()[1:3] == [{"succeeded": 1, "cancelled": 2}, {"succeeded": 1, "pending": 2}]
    assert told.counts()[-1] == {"succeeded": 2, "failed": 1}
    assert watch.made == 2, "the first was made by an earlier run"


def test_a_batch_at_rest_that_was_sent_again_is_followed_until_that_run_ends() -> None:
    watch = Watch()
    with at_work() as (opened, owner):
        end(opened, owner)
        ask("b1", SENT)

        def go_on() -> None:
            opened.record_batch(row())
            lease.take(opened, "b1", owner, seconds=60)
            enroll(opened, "b1", [(name, name) for name in NAMES], Select.FAILED)

        told = Told(watch, go_on, lambda: end(opened, owner))
        follow(["b1"], watch)
    ended = {"succeeded": 2, "failed": 1}
    assert told.counts() == [ended, {"succeeded": 2, "pending": 1}, ended]


def test_a_ledger_that_is_locked_is_looked_at_again(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("PRESSROOM_LEDGER_PATIENCE", "0.01")
    settings.cache_clear()
    with at_work() as (opened, owner):
        end(opened, owner)
    watch = Watch()
    told = Told(watch)
    with closing(sqlite3.connect(settings().ledger_path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        follower = threading.Thread(target=follow, args=(["b1"], watch))
        follower.start()
        while "stayed locked" not in capsys.readouterr().err:
            time.sleep(0.05)
        assert told.counts() == []
    follower.join()
    assert told.counts() == [{"succeeded": 2, "failed": 1}]


def test_a_batch_that_does_not_begin_is_waited_for_as_long_as_patience_lasts(capsys: Capture) -> None:
    said = press(capsys, "watch", "nobody", "--patience", "0s", "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "UNKNOWN_BATCH")


def test_whoever_waits_for_a_batch_that_was_sent_in_parts_is_told_their_names(capsys: Capture) -> None:
    with ledger() as opened:
        for name in ("b1-2", "b1-1", "b1-copy"):
            opened.record_batch(row().model_copy(update={"batch_id": name}))
    said = press(capsys, "watch", "b1", "--patience", "0s")
    assert said.code == 2
    assert "There is no batch 'b1' yet, but b1-1, b1-2: `pressroom watch b1-1 b1-2` shows those." in said.err


def test_several_batches_are_counted_together_until_the_last_has_ended(capsys: Capture) -> None:
    watch, owner = Watch(), new_owner()
    with at_work() as (opened, first_owner):

        def begin() -> None:
            opened.record_batch(
                row("paused").model_copy(update={"batch_id": "b2", "reason": "TOO_MANY_FAILURES: 5 of 5"})
            )
            lease.take(opened, "b2", owner, seconds=60)
            enroll(opened, "b2", [(name, name) for name in NAMES], Select.UNFINISHED)
            opened.settle_items("b2", [Outcome(item_id="one", status=ItemStatus.FAILED)])

        def end_second() -> None:
            opened.finish_batch("b2", BatchStatus.STOPPED, finished_at=time.time())
            lease.release(opened, "b2", owner)

        told = Told(watch, begin, lambda: end(opened, first_owner), end_second)
        follow(["b1", "b2"], watch)
    ended = {"succeeded": 2, "failed": 2, "pending": 2}
    begun = {"succeeded": 1, "running": 1, "pending": 3, "failed": 1}
    assert told.counts() == [{"succeeded": 1, "running": 1, "pending": 1}, begun, ended, ended]
    assert [(one.total, one.paused, one.question[:8]) for one in told.snapshots] == [
        *((3, False, ""), (6, False, "TOO_MANY"), (6, True, "TOO_MANY"), (6, False, "")),
    ]
    assert {one.batch_id for one in told.snapshots[1:3]} == {"b2"}, "whose question it is"
    said = press(capsys, "watch", "b1", "b2", "--json")
    assert [one["batch_id"] for one in said.document["batches"]] == ["b1", "b2"]
    assert said.code == 3, "the second was stopped, and of the first one item failed"


@pytest.mark.usefixtures("prefect_server")
def test_a_batch_of_another_thread_is_watched_from_before_it_begins_to_its_summary(
    tmp_path: Path, capsys: Capture
) -> None:
    given = items(6, seconds={"draft": 0.3})
    given[5].ends = {"polish": ["permanent"]}
    batch = threading.Thread(target=run_batch, args=("b1", given, tmp_path), kwargs={"limit": 2})
    batch.start()
    said = press(capsys, "watch", "b1")
    batch.join()
    assert said.code == 1
    assert "Waiting for batch b1 to begin ..." in said.err
    assert "100% (6/6) 5 ok, 1 failed" in said.err.splitlines()[-1]
    assert "⚠️  Batch b1 completed with partial failures" in said.out
    assert "❌ i5: INVALID_INPUT" in said.out
    again = press(capsys, "watch", "b1", "--json")
    assert (again.code, again.document["successful"], again.document["failed"]) == (1, 5, 1)


def test_ctrl_c_leaves_the_batch_alone(tmp_path: Path, home: Path) -> None:
    with at_work() as (opened, _owner):
        command = [sys.executable, "-m", "flows.cli", "watch", "b1"]
        watching = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert watching.stderr is not None
        lines = iter(watching.stderr.readline, "")
        assert any("33% (1/3)" in line for line in lines)
        watching.send_signal(2)
        assert "left alone" in watching.communicate()[1]
        assert watching.returncode == 130
        found = opened.batch("b1")
    assert found is not None
    assert (found.status, found.control) == ("running", "run")


def test_to_watch_loads_no_prefect(tmp_path: Path) -> None:
    with at_work() as (opened, owner):
        opened.settle_items("b1", [Outcome(item_id=name) for name in NAMES])
        opened.finish_batch("b1", None, finished_at=time.time())
        lease.release(opened, "b1", owner)
    assert not loaded_by(tmp_path, "watch", "b1") & HEAVY


def test_a_ledger_that_is_broken_is_not_watched(home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    settings().ledger_path.write_bytes(b"no database" * 100)
    with pytest.raises(PressroomError, match="cannot be read"):
        follow(["b1"], Watch())
