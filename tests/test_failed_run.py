"""A run of a deployment that comes to nothing is told to whom is notified, once, and by its batch where that can."""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import kinds
import pytest
import yaml
from deployed import asked_for
from episodes import episode
from hearing import receiving
from kinds import FakeBatch, items, quick
from prefect import Flow, flow
from prefect.blocks.webhook import Webhook
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.events.filters import EventFilter, EventNameFilter, EventResourceFilter
from prefect.exceptions import ParameterTypeError, TerminationSignal
from prefect.flow_engine import run_flow
from prefect.server.events.schemas.automations import EventTrigger
from prefect.server.events.schemas.events import ReceivedEvent
from prefect.states import Crashed, Failed, exception_to_crashed_state
from pydantic import SecretStr
from sites import config

from deployments.automations import rules
from deployments.notification import Address
from flows.batch import open_batch
from flows.creators import creators
from flows.documents import documents
from flows.fiction import fiction
from flows.podcast import podcast
from flows.review import review
from flows.run_notices import tell_failure
from flows.runner import EventLoopTaskRunner
from tasks import notices
from tasks.documents.models import DocumentBatch
from tasks.errors import BatchFailed, PressroomError
from tasks.settings import settings

pytestmark = pytest.mark.usefixtures("prefect_server")
FLOWS: list[Flow[..., Any]] = [documents, creators, fiction, podcast, review]
Told = list[dict[str, str]]


def tell(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    """Have a receiver at a port be told."""
    name = f"told-{uuid4().hex[:8]}"
    Webhook(url=SecretStr(f"http://127.0.0.1:{port}/hook"), allow_private_urls=True).save(name)
    monkeypatch.setenv("PRESSROOM_NOTIFY", f"webhook/{name}")
    settings.cache_clear()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    """What whoever is notified has heard."""
    with receiving() as (port, heard):
        tell(monkeypatch, port)
        yield heard


def named(kind: Flow[..., Any], run: FlowRun) -> str:
    """A run as its notice names it."""
    assert run.deployment_id is not None
    with get_client(sync_client=True) as client:
        return f"Run {run.name} of {kind.name}/{client.read_deployment(run.deployment_id).name}"


def work(kind: Flow[..., Any], run: FlowRun, **parameters: Any) -> None:
    """Run it as a worker would."""
    with quick():
        run_flow(kind, flow_run=run, parameters=run.parameters | parameters)


def found(run: FlowRun) -> FlowRun:
    """A run as the server has it."""
    with get_client(sync_client=True) as client:
        return client.read_flow_run(run.id)


def spec(folder: Path, **fields: Any) -> dict[str, Any]:
    """Parameters that name a spec of these fields."""
    path = folder / "weekly.yaml"
    path.write_text(yaml.safe_dump(fields))
    return {"batch": {"items_file": str(path)}}


def test_a_podcast_whose_list_has_nothing_left_is_told_with_name_code_and_page(tmp_path: Path, told: Told) -> None:
    made = episode(tmp_path)
    made.mkdir(parents=True)
    (made / "ep_001.mp3").write_bytes(b"mp3")
    show = {"title": "Coast Lights", "description": "Talks about the coast."}
    topics = [{"episode": 1, "title": "Why bread rises"}]
    asked = spec(tmp_path, kind="podcast", show=show, topics=topics, episodes="next 2", output_dir="output")
    run = asked_for(podcast, asked)
    with pytest.raises(PressroomError, match="NOTHING_UPCOMING"):
        work(podcast, run)
    name = found(run).name
    (document,) = told
    assert found(run).state_name == "Failed"
    assert name.startswith("podcast-")
    assert document["subject"] == f"{named(podcast, found(run))}: NOTHING_UPCOMING"
    assert "is published or waits" in document["text"]
    assert document["text"].splitlines()[-1].endswith(f"/runs/flow-run/{run.id}")


@pytest.mark.parametrize(
    ("text", "code"), [(None, "SPEC_NOT_FOUND"), ("kind: [", "SPEC_MALFORMED"), ("kind: documents", "EMPTY_BATCH")]
)
def test_a_spec_that_is_gone_or_broken_is_told_also_where_it_is_before_our_flow_begins(
    tmp_path: Path, told: Told, text: str | None, code: str
) -> None:
    parameters = spec(tmp_path)
    path = Path(parameters["batch"]["items_file"])
    path.unlink() if text is None else path.write_text(text)
    with pytest.raises(PressroomError, match=code):
        work(documents, asked_for(documents, parameters))
    assert [document["subject"].rpartition(": ")[2] for document in told] == [code]


@pytest.mark.parametrize("kind", FLOWS, ids=lambda kind: str(kind.name))
def test_parameters_that_are_none_of_a_flows_are_told_of_each(told: Told, kind: Flow[..., Any]) -> None:
    run = asked_for(kind, {"batch": {"colour": "red"}})
    with pytest.raises(ParameterTypeError):
        work(kind, run)
    (document,) = told
    assert document["subject"] == f"{named(kind, run)}: INVALID_INPUT"
    assert "batch" in document["text"]


def failing(folder: Path) -> dict[str, Any]:
    """What makes a batch of which nothing succeeds."""
    config(folder, "note", "Written on {{day}}")
    return {"output_dir": "out", "operations": [{"content_config_id": "note", "output_path": "note.md"}]}


def test_a_run_whose_batch_has_told_its_end_is_not_told_again(tmp_path: Path, told: Told) -> None:
    asked = spec(tmp_path, kind="documents", **failing(tmp_path))
    with pytest.raises(BatchFailed):
        work(documents, asked_for(documents, asked))
    (document,) = told
    assert document["subject"].startswith("Batch ")
    assert document["subject"].endswith(": failed")


@flow(name="fake", task_runner=EventLoopTaskRunner(), on_failure=[tell_failure])
def broken(batch: FakeBatch) -> None:
    """Have a batch end in its middle by a fault of ours, so that it is left to be resumed."""
    with open_batch("fake", batch, kinds._plan, lanes=kinds._lanes(batch)):
        raise ZeroDivisionError("oops")


def test_a_run_that_leaves_its_batch_to_be_resumed_is_told(tmp_path: Path, told: Told) -> None:
    run = asked_for(broken)
    with pytest.raises(ZeroDivisionError):
        work(broken, run, batch=FakeBatch(batch_id="b", items=items(2), base_dir=tmp_path))
    assert [document["subject"] for document in told] == [f"{named(broken, run)}: INTERNAL"]


def test_a_run_whose_deployment_is_gone_is_told_by_its_flow(told: Told) -> None:
    run = asked_for(documents)
    assert run.deployment_id is not None
    with get_client(sync_client=True) as client:
        client.delete_deployment(run.deployment_id)
    tell_failure(documents, run, Failed(data=ValueError("oops")))
    assert [document["subject"] for document in told] == [f"Run {run.name} of documents: INTERNAL"]


def test_whoever_starts_a_batch_by_hand_reads_there_why_it_is_refused(tmp_path: Path, told: Told) -> None:
    with quick(), pytest.raises(PressroomError, match="EMPTY_BATCH"):
        documents(DocumentBatch(base_dir=tmp_path, operations=[]))
    assert told == []


def test_a_receiver_that_never_answers_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "PATIENCE_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        tell(monkeypatch, silent.getsockname()[1])
        run = asked_for(documents, spec(tmp_path, kind="documents"))
        with pytest.raises(PressroomError, match="EMPTY_BATCH"):
            work(documents, run)
    state = found(run).state
    assert state is not None
    assert state.is_failed()
    assert "EMPTY_BATCH" in str(state.message)


def crash_of(run: FlowRun, state: State[Any]) -> ReceivedEvent:
    """Have a run crash, and return the event that the server makes of it."""
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(run.id, state, force=True)
        resource = EventResourceFilter(id=[f"prefect.flow-run.{run.id}"])
        wanted = EventFilter(event=EventNameFilter(name=["prefect.flow-run.Crashed"]), resource=resource)
        until = time.monotonic() + 60
        while not (events := client.read_events(wanted, limit=1).events) and time.monotonic() < until:
            time.sleep(0.1)
    return ReceivedEvent.model_validate(events[0].model_dump())


def test_a_crash_is_told_and_not_that_of_a_run_that_is_told_to_end() -> None:
    with get_client(sync_client=True) as client:
        address = Address("json://127.0.0.1:9/nobody")
        address.make(client)
        (rule,) = (one for one in rules(client, address) if one.title == "a crash is told at once")
    trigger = EventTrigger.model_validate(rule.trigger.model_dump(mode="json"))
    asked: list[BaseException] = [TerminationSignal(signal.SIGTERM), KeyboardInterrupt()]
    orderly = [asyncio.run(exception_to_crashed_state(error)) for error in asked]
    broken = [asyncio.run(exception_to_crashed_state(SystemExit(1))), Crashed(), Crashed(message="Killed: status -9.")]
    for state in [*orderly, *broken]:
        assert trigger.covers(crash_of(asked_for(documents), state)) == (state in broken), state.message
