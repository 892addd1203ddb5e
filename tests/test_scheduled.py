"""A run of a deployment makes the batch of its time: the next one makes another, and a retry goes on with the same."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import yaml
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, DeploymentUpdate, WorkPoolCreate
from prefect.client.schemas.objects import FlowRun, State
from prefect.client.schemas.responses import WorkerFlowRunResponse
from prefect.client.schemas.schedules import CronSchedule
from prefect.exceptions import TerminationSignal
from prefect.flow_engine import run_flow
from prefect.states import Cancelled, Crashed, Paused, Pending, Running, Scheduled, exception_to_crashed_state
from sites import config, press

from deployments.automations import PREFIX, rules
from flows.documents import documents
from flows.pool_worker import PoolWorker
from flows.scheduled import CRASHES, GIVEN_UP, TAKEN_UP, TAKES_UP, batch_id_of, end_of
from tasks.ledger.looking import looking
from tasks.results import BatchResult

FIRST = datetime(2025, 3, 2, 23, 30, tzinfo=UTC)
"""Past, since what is to come would be waited for: a Sunday's night, and Monday in the time zone of the schedule."""
WEEK = timedelta(days=7)
ZONE = "Europe/Berlin"


@pytest.fixture
def weekly(tmp_path: Path, prefect_server: None) -> UUID:
    """A deployment of documents with a weekly schedule, whose spec names the day of the run."""
    config(tmp_path, "note", "Written on {{day}}")
    spec = {
        **{"kind": "documents", "output_dir": "out/{{ run_date }}", "shared_context": {"day": "{{ run_date }}"}},
        **{"operations": [{"content_config_id": "note", "output_path": "note.md"}]},
    }
    path = tmp_path / "weekly.yaml"
    path.write_text(yaml.safe_dump(spec))
    schedule = DeploymentScheduleCreate(schedule=CronSchedule(cron="30 0 * * 1", timezone=ZONE), active=False)
    with get_client(sync_client=True) as client:
        flow_id = client.create_flow_from_name("documents")
        return client.create_deployment(
            flow_id=flow_id,
            name=f"weekly-{uuid4().hex[:6]}",
            schedules=[schedule],
            parameters={"batch": {"items_file": str(path)}},
        )


def scheduled_run(deployment: UUID, at: datetime) -> UUID:
    """Ask for a run at a time, as a schedule does."""
    with get_client(sync_client=True) as client:
        return client.create_flow_run_from_deployment(deployment, state=Scheduled(scheduled_time=at)).id


def work(run_id: UUID) -> BatchResult:
    """Run what a worker would run, in a process that knows its run as a worker's does."""
    with get_client(sync_client=True) as client:
        run = client.read_flow_run(run_id)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PREFECT__FLOW_RUN_ID", str(run_id))
        result = run_flow(documents, flow_run=run, parameters=run.parameters)
    assert isinstance(result, BatchResult)
    return result


def batches() -> list[str]:
    """The names of all batches that the ledger has."""
    with looking() as glance:
        assert glance is not None
        return sorted(row["batch_id"] for row in glance.execute("SELECT batch_id FROM batch", ()))


def test_two_times_of_a_schedule_make_two_batches_of_their_days(tmp_path: Path, weekly: UUID) -> None:
    first, second = (work(scheduled_run(weekly, at)) for at in (FIRST, FIRST + WEEK))
    assert first.batch_id != second.batch_id
    assert [first.batch_id.split("-")[2], second.batch_id.split("-")[2]] == ["20250302", "20250309"]
    assert (tmp_path / "out" / "2025-03-03" / "note.md").read_text() == "Written on 2025-03-03"
    assert (tmp_path / "out" / "2025-03-10" / "note.md").read_text() == "Written on 2025-03-10"


def test_a_run_that_is_tried_again_goes_on_with_its_batch(tmp_path: Path, weekly: UUID) -> None:
    run_id = scheduled_run(weekly, FIRST)
    before = work(run_id)
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(run_id, Scheduled(name="AwaitingRetry"), force=True)
    after = work(run_id)
    assert batches() == [before.batch_id]
    assert after.batch_id == before.batch_id
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["2025-03-03"]


def test_a_run_that_is_tried_again_keeps_what_came_out_and_makes_the_rest_as_its_spec_says_by_then(
    tmp_path: Path, weekly: UUID, capsys: pytest.CaptureFixture[str]
) -> None:
    def written(text: str, *names: str, **more: str) -> None:
        for name in names:
            config(tmp_path, name, "{{text}} {{more}}" if name == "lacking" else "{{text}}")
        operations = [{"content_config_id": name} for name in names]
        context = {"text": text, **more}
        spec = {"kind": "documents", "output_dir": "out", "shared_context": context, "operations": operations}
        (tmp_path / "weekly.yaml").write_text(yaml.safe_dump(spec))

    def made() -> dict[str, str]:
        return {path.stem: path.read_text() for path in (tmp_path / "out").glob("*.md")}

    def again() -> BatchResult:
        put_through(run_id, Scheduled(name="AwaitingRetry"))
        return work(run_id)

    written("One", "note", "gone", "lacking")
    run_id = scheduled_run(weekly, FIRST)
    assert work(run_id).successful == 2
    assert made() == {"note": "One", "gone": "One"}
    (tmp_path / "out" / "gone.md").unlink()
    written("Two", "new", "gone", "lacking", "note", more="words")
    result = again()
    assert result.successful == 4
    whole = {"note": "One", "gone": "Two", "lacking": "Two words", "new": "Two"}
    assert made() == whole
    (tmp_path / "out" / "gone.md").unlink()
    assert press(capsys, "resume", result.batch_id).code == 0
    assert made() == whole
    written("Three", "note")
    assert press(capsys, "run", tmp_path / "weekly.yaml", "--batch-id", result.batch_id).code == 0
    assert made()["note"] == "Three"


def put_through(run_id: UUID, *states: State[Any]) -> State[Any] | None:
    """Put a run through states, and say how it ends."""
    with get_client(sync_client=True) as client:
        for state in states:
            client.set_flow_run_state(run_id, state, force=True)
        return end_of(client.read_flow_run_states(run_id))


def test_a_run_that_crashes_whenever_it_is_taken_up_is_given_up_whether_or_not_it_ever_ran(weekly: UUID) -> None:
    ran: list[State[Any]] = [Pending(), Running()]
    for running in (ran, ran[:0]):
        run_id = scheduled_run(weekly, FIRST + len(running) * WEEK)
        for _ in range(CRASHES):
            assert put_through(run_id, *running, Crashed(), Scheduled(name=TAKEN_UP)) is None
        end = put_through(run_id, *running, Crashed(), Scheduled(name=TAKEN_UP))
        assert end is not None
        assert end.is_failed()
        assert f"CRASHES_AGAIN: The run has crashed {CRASHES + 1} times" in str(end.message)
        assert put_through(run_id, Scheduled(name="AwaitingRetry")) is None


def test_a_crash_for_which_the_server_puts_a_run_back_several_times_counts_once(weekly: UUID) -> None:
    run_id = scheduled_run(weekly, FIRST)
    for _ in range(CRASHES + 1):
        put_through(run_id, Scheduled(name="AwaitingRetry"), Running())
    assert put_through(run_id, Crashed(), *[Scheduled(name=TAKEN_UP)] * (CRASHES + 1)) is None


def test_a_crash_does_not_count_after_which_the_run_has_said_that_it_lives(weekly: UUID) -> None:
    run_id = scheduled_run(weekly, FIRST)
    for _ in range(CRASHES):
        put_through(run_id, Crashed(), Scheduled(name=TAKEN_UP), Running(), Crashed(), Paused())
    assert put_through(run_id, Crashed(), Scheduled(name=TAKEN_UP)) is None


async def held_and_over(*runs: FlowRun) -> tuple[list[UUID], list[str]]:
    """Have a worker that holds the first of some runs look at all; return what it starts, and how they stand then."""
    responses = [WorkerFlowRunResponse(work_pool_id=uuid4(), work_queue_id=uuid4(), flow_run=run) for run in runs]
    async with PoolWorker(work_pool_name="pressroom", limit=5, create_pool_if_not_found=True) as worker:
        worker.limiter.acquire_on_behalf_of_nowait(runs[0].id)
        started = await worker._submit_scheduled_flow_runs(responses)
        states = [(await worker.client.read_flow_run(run.id)).state for run in runs]
        return [run.id for run in started], [str(state.name) for state in states if state is not None]


def test_a_worker_starts_no_run_that_it_still_holds_or_that_is_cancelled_or_crashes_again_and_again(
    weekly: UUID,
) -> None:
    again: State[Any] = Scheduled(name=TAKEN_UP)
    held, cancelled, crashing = (scheduled_run(weekly, FIRST + weeks * WEEK) for weeks in range(3))
    put_through(held, Running(), Crashed(), again)
    put_through(cancelled, Running(), Crashed(), Cancelled(), again)
    put_through(crashing, *[Crashed(), again] * (CRASHES + 1))
    with get_client(sync_client=True) as client:
        # as those in queues are told of
        runs = [
            client.read_flow_run(run_id).model_copy(update={"state": None}) for run_id in (held, cancelled, crashing)
        ]
    assert asyncio.run(held_and_over(*runs)) == ([], [TAKEN_UP, "Cancelled", GIVEN_UP])


async def put_back_by(name: str, run_id: UUID) -> str:
    """Have a worker look for crashes of which nobody has heard; return how a run stands then."""
    worker = PoolWorker(work_pool_name=name, create_pool_if_not_found=True)
    worker.UNHEARD_AFTER = timedelta()
    async with worker:
        await worker._submit_scheduled_flow_runs([])
        return str((await worker.client.read_flow_run(run_id)).state_name)


@contextmanager
def taking_up(client: SyncPrefectClient) -> Iterator[UUID]:
    """The server's automation that puts crashed runs back; one that was there before stays."""
    known = client.read_automations_by_name(TAKES_UP)
    if not known:
        next(one for one in rules(client, None) if f"{PREFIX}{one.title}" == TAKES_UP).make(client)
    (automation,) = client.read_automations_by_name(TAKES_UP)
    yield automation.id
    if not known:
        client.delete_automation(automation.id)


def test_a_crash_that_the_server_has_not_heard_of_is_found_by_a_worker_unless_that_is_switched_off(
    weekly: UUID,
) -> None:
    pool = f"pool-{uuid4().hex[:6]}"
    with get_client(sync_client=True) as client, taking_up(client) as automation:
        client.create_work_pool(WorkPoolCreate(name=pool, type="process"))
        client.update_deployment(weekly, DeploymentUpdate(work_pool_name=pool))
        run_id = scheduled_run(weekly, FIRST)
        put_through(run_id, Running(), Crashed())
        client.pause_automation(automation)
        assert asyncio.run(put_back_by(pool, run_id)) == "Crashed"
        client.resume_automation(automation)
        assert asyncio.run(put_back_by(pool, run_id)) == TAKEN_UP


async def shares(name: str, number: int, workers: int) -> list[int]:
    """Let workers of a pool look, one after the other, at as many runs as are left; return how many each takes."""
    async with AsyncExitStack() as stack:
        pool = [
            PoolWorker(work_pool_name=name, name=f"w{one}", create_pool_if_not_found=True) for one in range(workers)
        ]
        for worker in pool:
            await stack.enter_async_context(worker)
            await worker.sync_with_backend()
        taken: list[int] = []
        for worker in pool:
            left = [WorkerFlowRunResponse.model_construct() for _ in range(number - sum(taken))]
            taken.append(len(await worker._share_of(left)))
        return taken


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize(
    ("number", "workers", "taken"), [(4, 1, [4]), (4, 3, [2, 1, 1]), (8, 2, [4, 2]), (1, 2, [1, 0])]
)
def test_a_worker_leaves_the_others_of_its_pool_their_share(number: int, workers: int, taken: list[int]) -> None:
    assert asyncio.run(shares(f"pool-{uuid4().hex[:6]}", number, workers)) == taken


def test_a_run_whose_worker_is_stopped_time_and_again_is_not_given_up(weekly: UUID) -> None:
    async def stopped() -> State[Any]:
        return await exception_to_crashed_state(TerminationSignal(signal.SIGTERM))

    run_id = scheduled_run(weekly, FIRST)
    for _ in range(CRASHES + 1):
        assert put_through(run_id, Running(), asyncio.run(stopped()), Scheduled(name=TAKEN_UP)) is None


def test_a_schedules_batch_is_named_by_deployment_and_time_and_one_by_hand_by_its_run_as_well() -> None:
    run = FlowRun.model_validate({"flow_id": uuid4(), "expected_start_time": FIRST, "auto_scheduled": True})
    assert batch_id_of(run, "documents") == "documents-20250302-233000"
    assert batch_id_of(run, "Every Monday, early") == "Every-Monday-early-20250302-233000"
    by_hand = run.model_copy(update={"auto_scheduled": False})
    assert batch_id_of(by_hand, "documents") == f"documents-20250302-233000-{run.id.hex[-6:]}"
