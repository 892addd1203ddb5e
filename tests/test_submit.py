"""`pressroom submit` hands batches to the deployment of their kind, whole or in parts, at once or later."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import kinds
import pytest
from hearing import Quiet, serving
from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterName
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.responses import DeploymentResponse
from prefect.deployments import run_deployment
from prefect.settings import PREFECT_API_URL, get_current_settings, temporary_settings
from prefect.states import Scheduled
from sites import Said, notes, press, put, spec

from deployments.pool import POOL, Pool, Queue
from deployments.wanted import Wanted
from flows.documents import documents
from flows.fiction import fiction
from tasks.claims import Claims
from tasks.documents.models import DocumentBatch
from tasks.documents.plan import DocumentPlan
from tasks.documents.request import items_of
from tasks.ledger import lease
from tasks.ledger.batch_rows import SENT
from tasks.ledger.owner import new_owner
from tasks.models import Priority
from tasks.specs import name_batch

Capture = pytest.CaptureFixture[str]
NAMES = [f"n{number}" for number in range(10)]


@pytest.fixture(scope="module")
def deployed(prefect_server: None) -> DeploymentResponse:
    """Make the pool, its queues and the deployments of two kinds, as `pressroom deploy` does, without schedules."""
    with get_client(sync_client=True) as client:
        things: list[Wanted] = [Pool(), *map(Queue, Priority)]
        for wanted in things:
            if wanted.difference(client):
                wanted.make(client)
        ids = [_deploy(client, flow) for flow in (documents, fiction)]
        return client.read_deployment(ids[0])


def _deploy(client: SyncPrefectClient, flow: Flow[..., Any]) -> UUID:
    return client.create_deployment(
        client.create_flow(flow),
        name=flow.name,
        work_pool_name=POOL,
        work_queue_name="normal",
        entrypoint=f"flows.{flow.name}.{flow.name}",
        parameter_openapi_schema=flow.parameters.model_dump(),
        enforce_parameter_schema=True,
    )


def runs_of(said: Said) -> list[FlowRun]:
    """Read the runs that a command says it has made."""
    with get_client(sync_client=True) as client:
        return [client.read_flow_run(UUID(one["run_id"])) for one in said.document["runs"]]


def asked(run: FlowRun) -> dict[str, Any]:
    """Return the batch that a run is given."""
    batch: dict[str, Any] = run.parameters["batch"]
    return batch


@pytest.mark.usefixtures("deployed")
def test_a_batch_is_sent_as_a_run_with_its_name_and_folders_that_a_worker_elsewhere_finds(
    tmp_path: Path, capsys: Capture
) -> None:
    said = press(capsys, "submit", notes(tmp_path, "a", "b"), "--batch-id", "week-1", "--priority", "high", "--json")
    assert said.code == 0
    (run,) = runs_of(said)
    assert (run.name, run.work_queue_name, run.auto_scheduled) == ("week-1", "high", False)
    assert said.document["runs"][0]["queue"] == "high"
    assert said.document["runs"][0]["run_url"].endswith(f"/runs/flow-run/{run.id}")
    batch = DocumentBatch.model_validate(asked(run))
    assert (batch.batch_id, batch.content_config_ids) == ("week-1", ["a", "b"])
    assert (batch.base_dir, batch.output_dir) == (tmp_path, tmp_path / "output/week-1")


@pytest.mark.usefixtures("deployed")
def test_a_batch_at_work_is_refused_and_one_at_rest_waits_for_its_worker(tmp_path: Path, capsys: Capture) -> None:
    path, owner = notes(tmp_path, "a"), new_owner()
    assert press(capsys, "run", path, "--batch-id", "week-2").code == 0
    with kinds.ledger() as opened:
        lease.take(opened, "week-2", owner, seconds=60)
        assert "BATCH_BUSY" in press(capsys, "submit", path, "--batch-id", "week-2").err
        lease.release(opened, "week-2", owner)
        assert press(capsys, "submit", path, "--batch-id", "week-2").code == 0
        known = opened.batch("week-2")
    assert known is not None
    assert known.control == SENT
    assert press(capsys, "watch", "week-2", "--patience", "0s").code == 0
    assert press(capsys, "run", path, "--batch-id", "week-2").code == 0
    assert press(capsys, "watch", "week-2").code == 0


@pytest.mark.usefixtures("deployed")
def test_a_batch_that_was_sent_and_has_not_begun_is_cancelled_by_its_name(tmp_path: Path, capsys: Capture) -> None:
    sent = [press(capsys, "submit", notes(tmp_path, "a"), "--batch-id", "later", "--json") for _ in range(2)]
    with get_client(sync_client=True) as client:
        other = {"batch": {"batch_id": "other", "content_config_ids": ["a"]}}
        namesake = client.create_flow_run(documents, parameters=other, name="later", state=Scheduled())
        said = press(capsys, "cancel", "later", "--json")
        assert said.code == 0
        runs = [run.id for one in sent for run in runs_of(one)]
        assert said.document == {
            **{"batch_id": "later", "asked": "cancel", "obeyed": True, "status": None},
            "runs": [str(one) for one in runs],
        }
        states = [client.read_flow_run(one).state_type for one in (*runs, namesake.id)]
    assert states == [StateType.CANCELLED, StateType.CANCELLED, StateType.SCHEDULED]
    again = press(capsys, "cancel", "later", "--json").document["error"]
    assert again["code"] == "UNKNOWN_BATCH"
    assert "`pressroom cancel` reaches it" in again["remedy"]


@pytest.mark.usefixtures("deployed")
def test_whoever_sends_a_batch_again_of_which_runs_wait_is_told_so(tmp_path: Path, capsys: Capture) -> None:
    request = notes(tmp_path, "a", "b")
    later, soon = "2099-01-02T06:00", "2099-01-01T06:00"
    assert "already" not in press(capsys, "submit", request, "--batch-id", "often", "--at", later).err
    second = press(capsys, "submit", request, "--batch-id", "often", "--at", soon)
    assert second.err.startswith("1 run of batch often waits already, the first from 2099-01-02 06:00:00. What one of")
    third = press(capsys, "submit", request, "--batch-id", "often", "--json")
    assert third.err.startswith("2 runs of batch often wait already, the first from 2099-01-01 06:00:00. ")
    assert len(runs_of(third)) == 1, "it is sent all the same"
    for told in ("", "2 runs of these batches wait already"):
        said = press(capsys, "submit", request, "--batch-id", "parted", "--chunks", 2)
        assert (said.code, told in said.err, "already" in said.err) == (0, True, bool(told))


@pytest.mark.usefixtures("deployed")
def test_a_batch_at_rest_that_was_sent_again_is_cancelled_and_not_waited_for(tmp_path: Path, capsys: Capture) -> None:
    path = notes(tmp_path, "a")
    assert press(capsys, "run", path, "--batch-id", "twice").code == 0
    assert press(capsys, "submit", path, "--batch-id", "twice", "--at", "2099-01-01T06:00").code == 0
    said = press(capsys, "cancel", "twice")
    assert (said.code, said.out) == (0, "Batch twice is succeeded; its waiting run is cancelled.\n")
    assert press(capsys, "watch", "twice").code == 0
    assert press(capsys, "cancel", "twice").err.startswith("error BATCH_NOT_RUNNING")


def test_where_there_is_no_server_a_cancel_of_an_unknown_batch_does_not_load_prefect(tmp_path: Path) -> None:
    code = "import sys; from flows.cli import main; print(main(['cancel', 'b']), 'prefect' in sys.modules)"
    known = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=known, capture_output=True, text=True)
    assert ran.stdout == "2 False\n", ran.stderr
    assert "UNKNOWN_BATCH" in ran.stderr


@pytest.mark.usefixtures("deployed")
def test_parts_hold_every_item_once_and_begin_so_far_apart(tmp_path: Path, capsys: Capture) -> None:
    begin = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    request = notes(tmp_path, *NAMES, budget={"batch_usd": 2.0})
    said = press(
        capsys, "submit", request, "--batch-id", "w", "--chunks", 3, "--stagger", "1h", "--at", begin.isoformat(),
        "--json",
    )  # fmt: skip
    runs = runs_of(said)
    parts = [[one["content_config_id"] for one in asked(run)["operations"]] for run in runs]
    assert [name for part in parts for name in part] == NAMES
    assert sorted(map(len, parts)) == [3, 3, 4]
    assert [run.name for run in runs] == ["w-1", "w-2", "w-3"]
    assert [run.expected_start_time for run in runs] == [begin + timedelta(hours=hours) for hours in range(3)]
    assert {asked(run)["output_dir"] for run in runs} == {str(tmp_path / "output/w")}
    assert sum(asked(run)["budget"]["batch_usd"] for run in runs) == pytest.approx(2.0)


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize(("fields", "folder"), [({}, "."), ({"output_dir": "output/w"}, "output/w")])
def test_runs_and_parts_read_output_paths_from_where_the_whole_does(
    tmp_path: Path, capsys: Capture, fields: dict[str, str], folder: str
) -> None:
    notes(tmp_path, "a", "b")
    operations = [{"content_config_id": name, "output_path": f"{name}.md"} for name in ("a", "b")]
    request = spec(tmp_path, operations=operations, batch_id="w", **fields)
    for options in ((), ("--chunks", 2)):
        runs = runs_of(press(capsys, "submit", request, *options, "--json"))
        given = [name_batch("documents", DocumentBatch.model_validate(asked(run))) for run in runs]
        paths = [DocumentPlan(one, Claims().claim).prepare(item).output_path for one in given for item in items_of(one)]
        assert paths == [str(tmp_path / folder / f"{name}.md") for name in ("a", "b")]


@pytest.mark.usefixtures("deployed")
def test_documents_of_one_file_stay_in_one_part_so_that_their_conflict_is_seen(tmp_path: Path, capsys: Capture) -> None:
    both = [{"content_config_id": name, "output_path": "same.md"} for name in ("a", "b")]
    request = spec(tmp_path, operations=[both[0], {"content_config_id": "c"}, both[1]])
    said = press(capsys, "submit", request, "--chunk-size", 1, "--json")
    parts = [[one["content_config_id"] for one in asked(run)["operations"]] for run in runs_of(said)]
    assert parts == [["a", "b"], ["c"]]
    refused = press(capsys, "submit", request, "--chunks", 3, "--json")
    assert (refused.code, refused.document["error"]["code"]) == (2, "CANNOT_SPLIT")


@pytest.mark.usefixtures("deployed")
def test_chapters_of_a_project_stay_in_one_part(tmp_path: Path, capsys: Capture) -> None:
    items = [{"project_id": name, "chapter_num": number} for number in (1, 2) for name in ("harbour", "tide")]
    job = {"job_id": "night", "job_type": "chapter_writing", "items": items}
    said = press(capsys, "submit", put(tmp_path / "job.json", json.dumps(job)), "--chunks", 2, "--json")
    assert said.document["batch_id"] == "night"
    runs = runs_of(said)
    assert [(asked(run)["batch_id"], {one["project_id"] for one in asked(run)["items"]}) for run in runs] == [
        ("night-1", {"harbour"}),
        ("night-2", {"tide"}),
    ]


@pytest.mark.usefixtures("deployed")
def test_a_list_that_is_too_large_for_parameters_is_left_in_a_file_that_the_run_names(
    tmp_path: Path, home: Path, capsys: Capture
) -> None:
    many = [{"content_config_id": f"n{number}", "context": {"text": "x" * 500}} for number in range(700)]
    (run,) = runs_of(press(capsys, "submit", spec(tmp_path, operations=many), "--json"))
    file = Path(asked(run)["items_file"])
    assert file.is_relative_to(home)
    assert len(file.read_text().splitlines()) == 700


@pytest.mark.usefixtures("deployed")
def test_nothing_is_sent_of_bad_input(tmp_path: Path, capsys: Capture) -> None:
    misspelt = {"kind": "creators", "creators": ["alma"], "groups": {"quay": ["alma", "almma"]}}
    episodes = {"kind": "podcast", "show": "absent.yaml", "topics": [{"episode": 1, "title": "Tides"}]}
    bad: dict[str, list[Any]] = {
        "EMPTY_BATCH": [spec(tmp_path / "1", operations=[])],
        "SPEC_INVALID": [spec(tmp_path / "2", content_config_ids=["a"], colour="red")],
        "INVALID_INPUT": [put(tmp_path / "week.json", json.dumps(misspelt))],
        "SHOW_NOT_FOUND": [put(tmp_path / "show.json", json.dumps(episodes))],
        "USAGE": [notes(tmp_path / "3", "a"), "--stagger", "1h"],
    }
    for code, arguments in bad.items():
        said = press(capsys, "submit", *arguments, "--batch-id", "refused", "--json")
        assert (said.code, said.document["error"]["code"]) == (2, code)
    over = press(
        capsys, "submit", notes(tmp_path / "4", "a"), "--at", "2020-01-01T00:00", "--batch-id", "refused", "--json"
    )
    assert "is over" in over.document["error"]["message"]
    with get_client(sync_client=True) as client:
        named = FlowRunFilter(name=FlowRunFilterName(any_=["refused"]))
        assert client.read_flow_runs(flow_run_filter=named) == []


@pytest.mark.usefixtures("deployed")
def test_a_whole_spec_is_refused_under_the_name_of_one_of_its_parts_and_all_parts_may_be_sent_again(
    tmp_path: Path, capsys: Capture
) -> None:
    request, given = notes(tmp_path, *NAMES, budget={"batch_usd": 2.0}), ("--batch-id", "ch", "--chunks", 2)
    parts = runs_of(press(capsys, "submit", request, *given, "--json"))
    with kinds.quick():
        documents(DocumentBatch.model_validate(asked(parts[1])))
    for command in ("run", "submit", "plan"):
        said = press(capsys, command, request, "--batch-id", "ch-2", "--json")
        assert (said.code, said.document["error"]["code"]) == (2, "BATCH_TAKEN")
        assert "`pressroom submit SPEC --batch-id ch --chunks 2`" in said.document["error"]["remedy"]
    with kinds.ledger() as opened:
        assert [row.item_id for row in opened.items("ch-2")] == NAMES[5:]
    notes(tmp_path, *NAMES, budget={"batch_usd": 4.0})
    again = runs_of(press(capsys, "submit", request, *given, "--json"))
    with kinds.quick():
        documents(DocumentBatch.model_validate(asked(again[1])))
    with kinds.ledger() as opened:
        row = opened.batch("ch-2")
    assert row is not None
    assert DocumentBatch.model_validate_json(row.spec).budget.batch_usd == 2.0


@contextmanager
def failing_after(runs: int) -> Iterator[str]:
    """Start a server that hands all on to Prefect's, until it has made so many runs; then it fails."""
    url, left = get_current_settings().api.url or "", [None] * runs

    class Between(Quiet):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            makes = self.path.endswith("/create_flow_run")
            if makes and not left:
                return self.answer(500, b"{}")
            headers = {name: self.headers[name] for name in ("Content-Type",) if name in self.headers}
            target = url.removesuffix("/api") + self.path
            found = httpx.request(self.command, target, content=body, headers=headers, timeout=None)
            if makes and found.is_success:
                left.pop()
            return self.answer(found.status_code, found.content)

        do_POST = do_GET

        def answer(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    with serving(Between) as port:
        yield f"http://127.0.0.1:{port}/api"


@pytest.mark.usefixtures("deployed")
def test_parts_that_were_sent_before_the_server_failed_are_named(tmp_path: Path, capsys: Capture) -> None:
    request = notes(tmp_path, *NAMES)
    given = ("submit", request, "--batch-id", "cut", "--chunks", 4)
    with failing_after(runs=2) as url, temporary_settings({PREFECT_API_URL: url}):
        said = press(capsys, *given)
    assert said.code == 70
    assert "Sent before that, 2 of 4 runs: cut-1, cut-2." in said.err
    assert "the same command with `--batch-id cut` sends all of them" in said.err
    with failing_after(runs=3) as url, temporary_settings({PREFECT_API_URL: url}):
        said = press(capsys, *given, "--json")
    assert (said.code, said.document["error"]["code"]) == (70, "SERVER_ERROR")
    assert [run.name for run in runs_of(said)] == ["cut-1", "cut-2", "cut-3"]
    with failing_after(runs=0) as url, temporary_settings({PREFECT_API_URL: url}):
        said = press(capsys, *given, "--json")
    assert list(said.document) == ["error"]
    assert "Sent before" not in said.err


@pytest.mark.usefixtures("prefect_server")
def test_a_kind_that_the_server_does_not_know_is_told_with_what_to_do(tmp_path: Path, capsys: Capture) -> None:
    week = {"kind": "creators", "creators": ["alma"]}
    said = press(capsys, "submit", put(tmp_path / "week.json", json.dumps(week)), "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "NO_DEPLOYMENT")
    assert "pressroom deploy" in said.document["error"]["remedy"]


def test_prefects_own_call_takes_the_same_parameters(tmp_path: Path, deployed: DeploymentResponse) -> None:
    batch = {"batch_id": "by-hand", "base_dir": str(tmp_path), "content_config_ids": ["a"]}
    run = run_deployment("documents/documents", parameters={"batch": batch}, timeout=0, as_subflow=False)
    assert isinstance(run, FlowRun)
    assert (run.deployment_id, run.parameters["batch"]) == (deployed.id, batch)
