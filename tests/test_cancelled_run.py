"""A run that somebody cancels in the pages ends by a signal, as by Ctrl-C; its batch knows which it was."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import kinds
import pytest
from kinds import FakeBatch, items, quick
from prefect import flow, runtime
from prefect.client.orchestration import get_client
from prefect.flow_engine import run_flow
from prefect.states import Cancelling

from flows.batch import open_batch
from flows.runner import EventLoopTaskRunner
from flows.scheduled import is_cancelled

pytestmark = pytest.mark.usefixtures("prefect_server")


@flow(name="fake", task_runner=EventLoopTaskRunner())
def cut_off(batch: FakeBatch, in_pages: bool) -> None:
    """Have a batch cut off in its middle, and its run cancelled before that or not."""
    with open_batch("fake", batch, kinds._plan, lanes=kinds._lanes(batch)):
        if in_pages:
            with get_client(sync_client=True) as client:
                client.set_flow_run_state(runtime.flow_run.id, Cancelling(), force=True)
        raise KeyboardInterrupt


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
    with get_client(sync_client=True) as client:
        deployment = client.create_deployment(flow_id=client.create_flow_from_name("fake"), name=uuid4().hex[:8])
        run = client.create_flow_run_from_deployment(deployment)
    with quick(), pytest.raises(KeyboardInterrupt):
        run_flow(cut_off, flow_run=run, parameters={"batch": batch, "in_pages": in_pages})
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


def test_outside_of_a_deployments_run_nobody_has_cancelled_anything() -> None:
    assert not is_cancelled()
