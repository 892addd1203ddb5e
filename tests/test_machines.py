"""Several machines: a server and a ledger on Postgres, workers that take runs from it, and what is started again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread, Timer
from typing import Any
from uuid import uuid4

import kinds
import pytest
import yaml
from governor_client import CALL, CALLER
from governors import open_governor, reserved, rows
from kinds import items, run_batch, statuses
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings
from servers import MISSING, Postgres, new_database, postgres_programs, postgres_server
from sites import notes, press, put

from deployments.automations import rules
from deployments.pool import POOL, Pool, Queue
from deployments.registered import Deployed
from flows.command.server import LocalServer
from flows.documents import documents
from tasks.errors import PressroomError
from tasks.ledger import lease
from tasks.ledger.store import Ledger
from tasks.ledger.tables import StageRow
from tasks.models import Priority
from tasks.settings import settings

Capture = pytest.CaptureFixture[str]
PROJECT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A Postgres that these tests may start again."""
    if postgres_programs() is None:
        pytest.skip(MISSING)
    with postgres_server() as started:
        yield started


@pytest.fixture
def elsewhere(server: Postgres, home: Path, monkeypatch: pytest.MonkeyPatch) -> Postgres:
    """Let a test have its ledger there."""
    monkeypatch.setenv("PRESSROOM_LEDGER_URL", new_database(server.url))
    settings.cache_clear()
    return server


@contextmanager
def started_again(server: Postgres, how: int, after: int) -> Iterator[None]:
    """Stop the server once so many stages have ended, leave it away for a while, and start it again."""

    def work() -> None:
        while len(kinds.log("end")) < after:
            time.sleep(0.005)
        server.stop(how)
        time.sleep(0.5)
        server.start()

    thread = Thread(target=work)
    thread.start()
    yield
    thread.join()


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_a_postgres_that_is_started_again_in_the_middle_costs_a_batch_nothing(
    how: int, tmp_path: Path, elsewhere: Postgres
) -> None:
    busy = {"draft": 0.1, "polish": 0.1, "publish": 0.1}
    with started_again(elsewhere, how, after=7):
        result = run_batch("b", items(20, seconds=busy), tmp_path, limit=4)
    assert set(statuses(result).values()) == {"succeeded"}
    assert kinds.calls() == {"draft": 20, "polish": 20, "publish": 20}


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize("given", [{}, {"week_start": "2030-03-04", "asked_on": "2030-03-01"}])
def test_a_run_that_begins_while_a_postgres_is_started_again_waits_for_it(
    given: dict[str, str], tmp_path: Path, elsewhere: Postgres, capsys: Capture
) -> None:
    path = put(tmp_path / "week.yaml", json.dumps({"kind": "creators", "creators": ["alma"], **given}))
    elsewhere.stop()
    again = Timer(1, elsewhere.start)
    again.start()
    said = press(capsys, "run", path, "--json")
    again.join()
    assert set(said.items.values()) == {"PREFLIGHT_BLOCK"}, said.err  # as nobody is in its roster


def test_a_postgres_that_is_away_is_told_at_once_by_who_only_looks(elsewhere: Postgres, capsys: Capture) -> None:
    elsewhere.stop()
    try:
        for command in ("status", "review", "clean", "queue", "watch b --patience 1s"):
            said = press(capsys, *command.split())
            assert (said.code, "LEDGER_AWAY: " in said.err, "Restore" in said.err) == (2, True, False), said.err
    finally:
        elsewhere.start()


def test_a_persons_word_waits_for_a_postgres_that_is_started_again(elsewhere: Postgres, capsys: Capture) -> None:
    for given in ("cancel b", "pause b", "continue b", "resume b", "queue b i --priority high", "review b i approve"):
        elsewhere.stop()
        again = Timer(1, elsewhere.start)
        again.start()
        said = press(capsys, *given.split(), "--json")
        again.join()
        assert said.document["error"]["code"] == "UNKNOWN_BATCH", (given, said.err)


@pytest.mark.parametrize(("known", "other"), [("/ledger_", "/no_ledger_"), ("pressroom@", "somebody@")])
def test_a_postgres_that_lets_nobody_in_is_not_waited_for(elsewhere: Postgres, known: str, other: str) -> None:
    url = settings().ledger_url.replace(known, other)
    with pytest.raises(PressroomError) as caught:
        Ledger(replace(settings(), ledger_url=url), patience=20)
    assert caught.value.code == "LEDGER_UNREADABLE"
    assert str(caught.value).endswith("Check the user, password and database in PRESSROOM_LEDGER_URL.")


@pytest.mark.parametrize("begins", ["postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg2"])
def test_a_postgres_is_the_same_whichever_driver_its_address_names(
    begins: str, elsewhere: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESSROOM_LEDGER_URL", new_database(elsewhere.url).replace("postgresql+psycopg", begins))
    settings.cache_clear()
    with kinds.ledger() as opened:
        assert opened.batch("b") is None


def test_a_call_is_settled_after_a_postgres_that_was_away_meanwhile(elsewhere: Postgres) -> None:
    async def work() -> None:
        held = await reserved(our)
        elsewhere.stop(signal.SIGQUIT)
        settled = asyncio.ensure_future(our.settle(held, CALL, run_seconds=0))
        await asyncio.sleep(0.5)
        assert not settled.done()
        await asyncio.to_thread(elsewhere.start)
        await settled
        await our.reserve(CALLER, CALL, [], [], patience=60)

    with open_governor() as our:
        asyncio.run(work())
    assert sorted(row["status"] for row in rows("model_call")) == ["held", "settled"]


@pytest.mark.usefixtures("database")
def test_what_was_written_before_a_connection_broke_may_be_written_again() -> None:
    from test_lease import ROW

    attempt: dict[str, Any] = {"batch_id": "b", "item_id": "i", "stage": "s", "attempt": 1, "status": "succeeded"}
    with kinds.ledger() as opened:
        opened.record_batch(ROW)
        for _ in range(2):
            lease.take(opened, "b", "a machine:1:1:x", seconds=60)
            opened.record_stage(StageRow(id="run-1", started_at=1.0, **attempt))
        assert len(opened.stages("b")) == 1


@contextmanager
def worker(**environment: str) -> Iterator[subprocess.Popen[str]]:
    """Start a worker as on a machine of its own, and end it as Ctrl-C does."""
    command = [sys.executable, "-m", "flows.cli", "worker", "--limit", "1"]
    started = subprocess.Popen(command, cwd=PROJECT, env=os.environ | environment, stdout=subprocess.PIPE, text=True)
    try:
        yield started
        started.send_signal(signal.SIGINT)
        assert started.wait(60) == 0
    finally:
        started.kill()
        started.wait()


@contextmanager
def prefect_on(server: Postgres, folder: Path) -> Iterator[str]:
    """Start a Prefect server whose database lies there, and have all of this test use it."""
    database = new_database(server.url).replace("+psycopg", "+asyncpg")
    started = LocalServer(folder / "server.log", role={"PREFECT_SERVER_DATABASE_CONNECTION_URL": database})
    try:
        started.wait()
        with pytest.MonkeyPatch.context() as patched, temporary_settings({PREFECT_API_URL: started.url}):
            patched.setenv("PREFECT_API_URL", started.url)
            yield started.url
    finally:
        started.kill()


def deploy_documents() -> None:
    """Make what `pressroom deploy` makes for documents, and find that it comes back from there as it was sent."""
    said = yaml.safe_load((PROJECT / "prefect.yaml").read_text())["deployments"][0]
    with get_client(sync_client=True) as client:
        for wanted in (Pool(), Queue(Priority.NORMAL)):
            wanted.make(client)
        client.create_deployment(
            client.create_flow(documents),
            name="documents",
            work_pool_name=POOL,
            work_queue_name="normal",
            entrypoint=said["entrypoint"],
            parameter_openapi_schema=documents.parameters.model_dump(),
        )
        assert "form" not in Deployed(said, PROJECT).difference(client)


def test_a_worker_makes_what_is_sent_to_a_server_on_postgres(
    tmp_path: Path, elsewhere: Postgres, capsys: Capture
) -> None:
    with prefect_on(elsewhere, tmp_path):
        deploy_documents()
        with worker(PREFECT_WORKER_QUERY_SECONDS="1"):
            path = notes(tmp_path, "tide", "moor", output_dir="out")
            assert press(capsys, "submit", path, "--batch-id", "week").code == 0
            followed = press(capsys, "watch", "week", "--patience", "2m", "--json")
    assert followed.items == {"tide": "succeeded", "moor": "succeeded"}
    assert (tmp_path / "out" / "tide.md").exists()


@pytest.mark.usefixtures("prefect_server")
def test_a_run_is_watched_from_when_a_worker_takes_it_until_it_is_at_rest() -> None:
    with get_client(sync_client=True) as client:
        silence, crash = (rule.trigger for rule in rules(client, None))
    assert "prefect.flow-run.Crashed" not in crash.expect
    assert crash.after == {"prefect.flow-run.Crashed"}
    assert {f"prefect.flow-run.{name}" for name in ("Scheduled", "Pending", "Cancelled")} < crash.expect
    for sign in ("Pending", "Submitting", "Running", "heartbeat"):
        assert f"prefect.flow-run.{sign}" in silence.after & silence.expect
    for end in ("Completed", "CompletedWithFailures", "Failed", "Cancelled", "Crashed", "Scheduled", "TakenUpAgain"):
        assert f"prefect.flow-run.{end}" in silence.expect - silence.after


def test_an_event_is_not_waited_for_that_came_before_the_server_was_started_again() -> None:
    from prefect.server.events.ordering import EventArrivedEarly
    from prefect.server.events.schemas.events import ReceivedEvent

    from deployments.ordering import PATIENCE, CausalOrdering

    ordering = CausalOrdering(scope=uuid4().hex)
    seen: list[str] = []

    async def handle(event: ReceivedEvent, depth: int = 0) -> None:
        async with ordering.preceding_event_confirmed(handle, event, depth):
            seen.append(event.event)

    def ended(received: datetime) -> ReceivedEvent:
        about = {"event": "ended", "resource": {"prefect.resource.id": "prefect.flow-run.x"}, "id": uuid4()}
        return ReceivedEvent.model_validate({**about, "occurred": received, "received": received, "follows": uuid4()})

    async def work() -> None:
        early = ended(datetime.now(UTC) - PATIENCE + timedelta(seconds=1))
        with pytest.raises(EventArrivedEarly):
            await handle(early)
        assert (await ordering.get_lost_followers(), seen) == ([], [])
        while not (lost := await ordering.get_lost_followers()):
            await asyncio.sleep(0.05)
        await handle(lost[0])
        assert (await ordering.get_lost_followers(), seen) == ([], ["ended"])

    asyncio.run(work())
