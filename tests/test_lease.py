"""A batch has one run at a time: its lease is refused while held, and taken over when its holder is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from kinds import ledger

from tasks.errors import PressroomError
from tasks.ledger import lease
from tasks.ledger.owner import is_gone, new_owner
from tasks.ledger.store import Ledger
from tasks.ledger.tables import BatchRow

ROW = BatchRow(
    batch_id="b", kind="fake", status="running", spec="{}", output_dir="", total=1, created_at=0, started_at=0
)


@contextmanager
def known_batch() -> Iterator[Ledger]:
    with ledger() as opened:
        opened.record_batch(ROW)
        yield opened


def refusal(opened: Ledger, owner: str) -> str:
    with pytest.raises(PressroomError) as caught:
        lease.take(opened, "b", owner, seconds=60)
    return str(caught.value)


def holder(opened: Ledger) -> str | None:
    row = opened.batch("b")
    assert row is not None
    return row.owner


def owner_in_another_process() -> tuple[subprocess.Popen[str], str]:
    code = "from tasks.ledger.owner import new_owner; print(new_owner(), flush=True); input()"
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=os.getcwd()
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def test_a_second_run_is_refused_and_told_who_holds_the_batch() -> None:
    with known_batch() as opened:
        first, second = new_owner(), new_owner()
        lease.take(opened, "b", first, seconds=60)
        assert refusal(opened, second) == (
            f"BATCH_BUSY: Batch 'b' is already running ({first}). Wait for it, or cancel it first."
        )
        lease.release(opened, "b", first)
        lease.take(opened, "b", second, seconds=60)
        assert holder(opened) == second


def test_a_lease_that_ran_out_is_taken_over_and_its_old_holder_hears_of_it() -> None:
    with known_batch() as opened:
        first, second = new_owner(), new_owner()
        lease.take(opened, "b", first, seconds=-1)
        lease.take(opened, "b", second, seconds=60)
        with pytest.raises(PressroomError, match="LEASE_LOST"):
            lease.renew(opened, "b", first, seconds=60)
        lease.release(opened, "b", first)
        assert holder(opened) == second


def test_a_renewed_lease_holds_and_tells_what_was_asked() -> None:
    with known_batch() as opened:
        owner = new_owner()
        lease.take(opened, "b", owner, seconds=-1)
        assert lease.renew(opened, "b", owner, seconds=60) == ("run", 0)
        assert "BATCH_BUSY" in refusal(opened, new_owner())
        opened.update_batch("b", control="pause")
        assert lease.renew(opened, "b", owner, seconds=60) == ("pause", 0)


@pytest.mark.parametrize("reaped", [True, False])
def test_the_lease_of_a_killed_process_is_taken_over_at_once(reaped: bool) -> None:
    process, owner = owner_in_another_process()
    with known_batch() as opened:
        lease.take(opened, "b", owner, seconds=3600)
        assert "BATCH_BUSY" in refusal(opened, new_owner())
        process.kill()
        if reaped:
            process.communicate()
        else:
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        mine = new_owner()
        lease.take(opened, "b", mine, seconds=60)
        assert holder(opened) == mine
    process.communicate()


def test_a_process_that_was_only_stopped_keeps_its_lease() -> None:
    process, owner = owner_in_another_process()
    process.send_signal(signal.SIGSTOP)
    try:
        assert not is_gone(owner)
    finally:
        process.kill()
        process.communicate()


def test_an_owner_is_told_from_another_process_with_its_number_and_from_another_machine() -> None:
    host, number, started, mark = new_owner().rsplit(":", 3)
    assert not is_gone(f"{host}:{number}:{started}:{mark}")
    assert is_gone(f"{host}:{number}:{int(started) - 60}:{mark}")
    assert not is_gone(f"elsewhere:{number}:{int(started) - 60}:{mark}")
    # The clock of the day was set a little in between.
    assert not is_gone(f"{host}:{number}:{int(started) - 1}:{mark}")


def test_a_lease_that_was_never_taken_is_free() -> None:
    with known_batch() as opened:
        lease.take(opened, "b", "elsewhere:1:1:x", seconds=60)
        assert "elsewhere" in refusal(opened, new_owner())
        opened.update_batch("b", lease_until=time.time() - 1)
        lease.take(opened, "b", new_owner(), seconds=60)
