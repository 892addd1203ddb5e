"""A run that somebody cancels in the pages ends by a signal, as by Ctrl-C, or by itself; its batch knows which."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import kinds
import pytest
from deployed import asked_for
from kinds import FakeBatch, FakeItem, Line, fake, items, log, note, quick
from prefect import flow, runtime
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType
from prefect.flow_engine import run_flow
from prefect.states import Cancelling, Crashed

from flows.batch import open_batch
from flows.runner import EventLoopTaskRunner
from flows.scheduled import is_cancelled
from tasks.results import BatchResult

pytestmark = pytest.mark.usefixtures("prefect_server")


@flow(name="fake", task_runner=EventLoopTaskRunner())
def cut_off(batch: FakeBatch, in_pages: bool) -> None:
    """Have a batch cut off in its middle, and its run cancelled before that or not."""
    with open_batch("fake", batch, kinds._plan, lanes=kinds._lanes(batch)):
        if in_pages:
            with get_client(sync_client=True) as client:
                client.set_flow_run_state(runtime.flow_run.id, Cancelling(), force=True)
        raise KeyboardInterrupt


def until(event: str, stage: str, item_id: str) -> None:
    """Wait for a line of the log."""
    while Line(event, stage, item_id) not in log(event):
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("in_pages", "status", "reason"),
    [
        (True, "stopped", "CANCELLED: Cancelled on request"),
        (False, "interrupted", "CANCELLED: Cancelled by Ctrl-C or a termination signal"),
    ],
)
def test_a_batch_is_stopped_by_a_cancel_in_the_pages_and_interrupted_by_any_other_signal(
    tmp_path: Path, in_pages: bool, status: str, reason: str
) -> None:
    batch = FakeBatch(batch_id="b", items=items(2), base_dir=tmp_path)
    with quick(), pytest.raises(KeyboardInterrupt):
        run_flow(cut_off, flow_run=asked_for(fake), parameters={"batch": batch, "in_pages": in_pages})
    with kinds.ledger() as opened:
        known = opened.batch("b")
    assert known is not None
    assert known.status == status
    assert str(known.reason).startswith(reason)
    assert kinds.run_batch("b", items(2), tmp_path).successful == 2


def test_a_signal_to_a_run_that_finds_nothing_to_do_leaves_the_batch_as_it_was(tmp_path: Path) -> None:
    made = kinds.run_batch("b", items(2), tmp_path)
    batch = FakeBatch(batch_id="b", items=items(2), base_dir=tmp_path)
    with quick(), pytest.raises(KeyboardInterrupt):
        cut_off(batch, in_pages=False)
    with kinds.ledger() as opened:
        known = opened.batch("b")
    assert known is not None
    assert (known.status, known.reason) == ("succeeded", None)
    assert known.wall_clock_seconds == made.wall_clock_seconds


def test_a_batch_whose_run_was_cancelled_stops_by_itself_where_no_worker_ends_it(tmp_path: Path) -> None:
    """One of its items would take longer than any test may."""
    made = [FakeItem(item_id="done"), FakeItem(item_id="long", ends={"draft": ["hang"]})]
    batch = FakeBatch(batch_id="b", items=made, base_dir=tmp_path)
    run = asked_for(fake)

    def cancel() -> None:
        until("end", "publish", "done")
        with get_client(sync_client=True) as client:
            client.set_flow_run_state(run.id, Cancelling(), force=True)

    with quick(), ThreadPoolExecutor() as beside:
        cancelled = beside.submit(cancel)
        state: Any = run_flow(fake, flow_run=run, parameters={"batch": batch}, return_type="state")
        cancelled.result()
    assert (state.type, state.message) == (StateType.CANCELLED, "1 of 2 succeeded, 1 cancelled")
    with kinds.ledger() as opened:
        known = opened.batch("b")
    assert known is not None
    assert (known.status, str(known.reason).split(":")[0]) == ("stopped", "CANCELLED")


def test_a_run_that_counts_as_crashed_while_it_is_at_work_says_that_it_lives(tmp_path: Path) -> None:
    waiting = FakeItem(item_id="waiting", ends={"draft": ["until:lives:1"]})
    batch = FakeBatch(batch_id="b", items=[*items(1), waiting], base_dir=tmp_path)
    run = asked_for(fake)

    def take_for_crashed() -> None:
        until("start", "draft", "waiting")
        with get_client(sync_client=True) as client:
            client.set_flow_run_state(run.id, Crashed(), force=True)
            while client.read_flow_run(run.id).state_name != "Running":
                time.sleep(0.05)
        note("end", "lives", "now")

    with quick(), ThreadPoolExecutor() as beside:
        taken = beside.submit(take_for_crashed)
        result = run_flow(fake, flow_run=run, parameters={"batch": batch})
        taken.result()
    assert isinstance(result, BatchResult)
    assert (result.successful, kinds.calls_of("draft")["waiting"]) == (2, 1)


def test_outside_of_a_deployments_run_nobody_has_cancelled_anything() -> None:
    assert not is_cancelled()
