"""`pressroom status` and `validate` answer from the ledger and the files alone."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from calls import call, lane, write
from kinds import ledger
from sites import HEAVY, config, loaded_by, notes, press, put, spec

from tasks.ledger.owner import new_owner
from tasks.ledger.roster import enroll
from tasks.ledger.tables import BatchRow, StageRow
from tasks.models import Select
from tasks.settings import settings

_WHEN = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
Capture = pytest.CaptureFixture[str]


@contextmanager
def batch_at_work(owner: str, status: str = "running", lease: float = 60.0) -> Iterator[float]:
    """Write down a batch of two items, one of them at work, that `owner` holds; yield when it began."""
    now = time.time()
    row = BatchRow(
        batch_id="b1",
        kind="documents",
        status=status,
        spec="{}",
        output_dir="/out",
        total=2,
        created_at=now,
        started_at=now,
    )
    row.owner, row.lease_until = owner, now + lease
    with ledger() as opened:
        opened.record_batch(row)
        enroll(opened, "b1", [("one", "x"), ("two", "y")], Select.UNFINISHED)
        opened.start_items("b1", ["one"])
        yield now


def test_money_spent_and_lanes_that_are_shut_are_shown(capsys: Capture) -> None:
    now = time.time()
    with batch_at_work(new_owner()), ledger() as opened:
        opened.update_batch("b1", spec='{"budget": {"batch_usd": 2.0}}')
        write(opened, call("one", cost_usd=0.5), call("two", cost_usd=None))
        write(opened, call("two", status="held", lease_until=now + 60, cost_usd=0.1))
        write(opened, lane("acme", breaker="open", opened_until=now + 60, failures=5, reason="TIMEOUT"))
        write(opened, lane("acme:large", penalised_until=now + 60), lane("acme:small", failures=1))
        write(opened, lane("house", breaker="open", opened_until=now - 1), lane("own", penalised_until=now - 1))
        said = press(capsys, "status", "b1").out
        document = press(capsys, "status", "b1", "--json").document
        listed, lanes = press(capsys, "status").out, press(capsys, "status", "--json").document["lanes"]
    money = next(line for line in said.splitlines() if line.startswith("Money:"))
    spent = "at least $0.50 spent (there are calls of unknown price); $1.50 of $2.00 left"
    assert money == f"Money:    {spent}; 1 call in flight, $0.10 at most"
    shut = [
        rf"acme: shut until {_WHEN} \(5 failures in a row, TIMEOUT\)",
        rf"acme:large: asked to wait until {_WHEN}",
        "house: half-open: the next call tries whether it works again",
    ]
    assert all(re.search(f"^Lane:     {line}$", said, re.M) for line in shut)
    assert all(re.search(f"^{line}$", listed, re.M) for line in shut)
    assert [one["lane"] for one in lanes] == ["acme", "acme:large", "house"]
    assert (document["cost"], document["cost_is_complete"], document["in_flight"]) == (0.5, False, 1)
    assert document["lanes"] == lanes


def test_a_batch_that_called_no_model_is_shown_without_money(capsys: Capture) -> None:
    with batch_at_work(new_owner()):
        assert not re.search("Money|Lane", press(capsys, "status", "b1").out + press(capsys, "status").out)


def test_without_a_ledger_it_says_how_to_begin(capsys: Capture) -> None:
    assert "`pressroom demo`" in press(capsys, "status").out
    assert press(capsys, "status", "--json").document == {"batches": [], "lanes": []}


@pytest.mark.usefixtures("prefect_server")
def test_batches_are_listed_newest_first_with_their_counts(tmp_path: Path, capsys: Capture) -> None:
    press(capsys, "run", notes(tmp_path, "one", "two", batch_id="first"))
    press(capsys, "run", spec(tmp_path, content_config_ids=["one", "absent"], batch_id="second"))
    lines = press(capsys, "status").out.splitlines()
    assert lines[1].split()[:3] == ["second", "documents", "partial"]
    assert lines[1].endswith("1 succeeded, 1 failed")
    assert lines[2].split()[:3] == ["first", "documents", "succeeded"]


@pytest.mark.usefixtures("prefect_server")
def test_one_batch_shows_its_failures_with_their_reasons(tmp_path: Path, capsys: Capture) -> None:
    press(capsys, "run", spec(tmp_path, content_config_ids=["absent"], batch_id="b1"))
    said = press(capsys, "status", "b1")
    assert "absent: CONFIG_NOT_FOUND: There is no content config 'absent'" in said.out
    assert "pressroom retry b1" in said.out


def test_items_at_work_are_shown_with_their_age(capsys: Capture) -> None:
    with batch_at_work(new_owner()):
        document = press(capsys, "status", "b1", "--json").document
        shown = press(capsys, "status", "b1").out
    assert document["status"] == "running"
    assert [one["item_id"] for one in document["running"]] == ["one"]
    assert document["running"][0]["seconds"] >= 0
    assert "At work:\n  one  " in shown


@pytest.mark.parametrize("status", ["running", "paused"])
def test_a_batch_whose_process_is_gone_is_interrupted(status: str, capsys: Capture) -> None:
    gone = subprocess.Popen([sys.executable, "-c", "pass"])
    gone.wait()
    host, _process, _start, mark = new_owner().rsplit(":", 3)
    with batch_at_work(f"{host}:{gone.pid}:1:{mark}", status):
        assert press(capsys, "status", "--json").document["batches"][0]["status"] == "interrupted"


def test_a_batch_whose_lease_has_run_out_is_interrupted(capsys: Capture) -> None:
    with batch_at_work("elsewhere:1:1:abc", lease=-1.0):
        assert press(capsys, "status", "b1", "--json").document["status"] == "interrupted"


def test_a_batch_that_was_killed_ran_until_its_last_beat_or_the_end_of_a_stage(capsys: Capture) -> None:
    gone = subprocess.Popen([sys.executable, "-c", "pass"])
    gone.wait()
    host, _process, _start, mark = new_owner().rsplit(":", 3)
    with batch_at_work(f"{host}:{gone.pid}:1:{mark}", lease=settings().lease_seconds + 30) as began:
        assert press(capsys, "status", "b1", "--json").document["duration_seconds"] == pytest.approx(30, abs=0.01)
        assert ", took 30.0s" in press(capsys, "status", "b1").out
        ended: dict[str, Any] = {
            "id": "s",
            "batch_id": "b1",
            "item_id": "one",
            "stage": "fill",
            "attempt": 1,
            "status": "succeeded",
        }
        with ledger() as opened:
            opened.record_stage(StageRow(**ended, started_at=began + 40, run_seconds=5))
        assert "  45.0s  " in press(capsys, "status").out


def test_of_a_batch_that_was_killed_before_any_sign_of_it_no_time_is_shown(capsys: Capture) -> None:
    with batch_at_work("elsewhere:1:1:abc", lease=-1.0):
        assert "took" not in press(capsys, "status", "b1").out
        assert "0ms" not in press(capsys, "status").out


def test_a_batch_at_work_is_neither_resumed_nor_retried(capsys: Capture) -> None:
    with batch_at_work(new_owner()):
        for command in ("resume", "retry"):
            said = press(capsys, command, "b1", "--json")
            assert (said.code, said.document["error"]["code"]) == (2, "BATCH_BUSY")


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize("command", ["cancel", "pause", "continue"])
def test_a_batch_that_does_not_run_cannot_be_asked_anything(command: str, capsys: Capture) -> None:
    with batch_at_work(new_owner(), "partial"):
        said = press(capsys, command, "b1", "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "BATCH_NOT_RUNNING")


@contextmanager
def ending_once_asked(*, heeds: bool = True, **row: object) -> Iterator[None]:
    """Hold the batch, and end it so once it is asked something."""

    def end() -> None:
        with ledger() as opened:
            while (batch := opened.batch("b1")) is None or batch.control == "unasked":
                time.sleep(0.05)
            control = "run" if heeds and batch.control == "retry" else batch.control
            opened.update_batch("b1", **{"control": control, "finished_at": time.time(), "owner": None} | row)

    with batch_at_work(new_owner(), "paused"), ledger() as opened:
        opened.update_batch("b1", control="unasked")
        ending = threading.Thread(target=end)
        ending.start()
        yield
        ending.join()


@pytest.mark.parametrize(
    ("command", "status", "told"),
    [
        (["continue"], "failed", "Batch b1 went on and has ended: failed."),
        (["continue", "--retry-failed"], "partial", "Batch b1 went on and has ended: partial."),
        (["pause"], "succeeded", "Batch b1 has ended meanwhile: succeeded."),
        (["cancel"], "succeeded", "Batch b1 has ended meanwhile: succeeded."),
        (["cancel"], "stopped", "Batch b1 is stopped: what is finished is kept, `pressroom resume` goes on."),
    ],
)
def test_a_batch_that_ends_once_it_is_asked_is_told_as_ended(
    command: list[str], status: str, told: str, capsys: Capture
) -> None:
    with ending_once_asked(status=status):
        if command == ["pause"]:
            with ledger() as opened:
                opened.update_batch("b1", status="running")
        said = press(capsys, command[0], "b1", *command[1:])
    assert (said.code, said.out) == (0, f"{told}\n")


@pytest.mark.parametrize(("heeds", "finished"), [(False, 60), (True, -60)])
def test_a_batch_that_was_over_before_it_heard_is_not_told_as_having_obeyed(
    heeds: bool, finished: int, capsys: Capture
) -> None:
    with ending_once_asked(heeds=heeds, status="failed", finished_at=time.time() + finished):
        said = press(capsys, "continue", "b1", "--retry-failed", "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "BATCH_NOT_RUNNING")


def test_a_ledger_that_is_no_database_is_told_plainly(home: Path, capsys: Capture) -> None:
    put(home / "ledger.db", b"this is not a database, but long enough to be read as one" * 20)
    said = press(capsys, "status", "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "LEDGER_UNREADABLE")


def test_a_look_changes_nothing(home: Path, capsys: Capture) -> None:
    with batch_at_work(new_owner()):
        pass
    with closing(sqlite3.connect(home / "ledger.db")) as connection:
        before = list(connection.iterdump())
        press(capsys, "status")
        press(capsys, "status", "b1")
        assert list(connection.iterdump()) == before
    assert [path.name for path in home.iterdir()] == ["ledger.db"]


@pytest.mark.parametrize(
    ("arguments", "loaded"),
    [
        (["status"], set()),
        (["status", "b1"], set()),
        (["validate", "spec.yaml"], {"jinja2", "yaml"}),  # reads the templates that the spec's configs name
        (["validate", "plain.yaml"], {"yaml"}),
        (["validate", "plain.json"], set()),
        (["resume", "b1"], set()),
        (["clean"], set()),
        (["report", "b1", "--format", "md"], set()),
    ],
)
@pytest.mark.usefixtures("prefect_server")
def test_quick_commands_load_nothing_heavy(
    arguments: list[str], loaded: set[str], tmp_path: Path, capsys: Capture
) -> None:
    config(tmp_path, "page", "page.jinja", "jinja2")
    put(tmp_path / "page.jinja", "Hello {{ name }}")
    press(capsys, "run", notes(tmp_path, "one", "page", batch_id="b1"))
    config(tmp_path, "page", "page.jinja", "jinja2")
    put(tmp_path / "plain.yaml", "content_config_ids: [one]")
    put(tmp_path / "plain.json", '{"content_config_ids": ["one"]}')
    assert loaded_by(tmp_path, *arguments) & {*HEAVY, "psutil", "jinja2", "yaml"} == loaded


@pytest.mark.parametrize(("name", "searches"), [("status", False), ("clean", True)])
def test_only_commands_that_answer_at_once_look_for_no_garbage(name: str, searches: bool, tmp_path: Path) -> None:
    code = "import gc, sys; from flows.cli import command; command(); print(gc.isenabled(), file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", code, name], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stderr.splitlines()[-1] == str(searches)
