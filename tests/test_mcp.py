"""The tools for assistants, through a real client that starts the server and talks to it over its pipes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import anyio
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastmcp import Client
from fastmcp.client.transports import StdioTransport
from kinds import FakeItem, items, quick, run_batch
from prefect.settings import PREFECT_API_URL
from sites import config, press, put, spec
from test_cli_process import SLOW

from flows.assistant.desk import Desk
from flows.assistant.server import build
from flows.command.ledger import ask
from tasks.events import Progress, listening
from tasks.models import Outcome

pytestmark = pytest.mark.usefixtures("prefect_server")
Capture = pytest.CaptureFixture[str]
COMMAND = [sys.executable, "-m", "flows.cli", "mcp"]


class Reply(NamedTuple):
    """What a tool has answered."""

    is_error: bool
    document: Any


class Assistant:
    """A client that a test may call without being asynchronous itself."""

    def __init__(self, folder: Path, client: Client[Any], portal: BlockingPortal) -> None:
        self.folder = folder
        self.client = client
        self.portal = portal
        self.heard: list[tuple[float, float | None, str | None]] = []

    def call(self, tool: str, **arguments: Any) -> Reply:
        """Call a tool."""
        found: Reply = self.portal.call(self._call, tool, arguments)
        return found

    def call_together(self, tool: str, calls: list[dict[str, Any]]) -> list[Reply]:
        """Call a tool several times at once."""
        waiting = [self.portal.start_task_soon(self._call, tool, one) for one in calls]
        return [one.result() for one in waiting]

    def give_up(self, tool: str, **arguments: Any) -> None:
        """Call a tool and cancel the call once its batch is told to be at work."""
        self.heard.clear()
        task = self.portal.start_task_soon(self._call, tool, arguments)
        self.portal.call(self._hear_work)
        task.cancel()

    async def _call(self, tool: str, arguments: dict[str, Any]) -> Reply:
        found = await self.client.call_tool(tool, arguments, raise_on_error=False, progress_handler=self._hear)
        return Reply(found.is_error, found.structured_content)

    async def _hear(self, progress: float, total: float | None, message: str | None) -> None:
        self.heard.append((progress, total, message))

    async def _hear_work(self) -> None:
        with anyio.fail_after(60):
            while not any(done for done, _, _ in self.heard):
                await anyio.sleep(0.05)


def environment(home: Path) -> dict[str, str]:
    """The environment of a server whose state lies in `home`."""
    return {**os.environ, "PRESSROOM_HOME": str(home), "PREFECT_API_URL": str(PREFECT_API_URL.value())}


@pytest.fixture(scope="module")
def assistant(prefect_server: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """Start one server for the tests of this file, in a folder with some configs."""
    folder = tmp_path_factory.mktemp("assistant")
    for name in ("one", "two", "three"):
        config(folder, name)
    slow(folder)
    transport = StdioTransport(COMMAND[0], COMMAND[1:], env=environment(folder / "state"), cwd=str(folder))
    with start_blocking_portal() as portal:
        client: Client[Any] = Client(transport)
        with portal.wrap_async_context_manager(client):
            yield Assistant(folder, client, portal)
            portal.call(transport.close)


def slow(folder: Path) -> list[dict[str, Any]]:
    """Write a config that takes a second, and one that takes none; ask for the quick one and forty of the others."""
    config(folder, "quick")
    config(folder, "slow", "slow.jinja", "jinja2")
    put(folder / "slow.jinja", SLOW)
    many = [{"content_config_id": "slow", "context": {"n": n}, "output_path": f"slow/{n}.md"} for n in range(40)]
    return [{"content_config_id": "quick"}, *many]


def test_every_tool_and_every_parameter_is_described(assistant: Assistant) -> None:
    tools = {tool.name: tool for tool in assistant.portal.call(assistant.client.list_tools)}
    assert set(tools) == {
        *("batch_generate", "preview_generation", "run_batch", "validate", "plan"),
        *("batch_status", "retry_failed", "resume_batch", "cancel_batch"),
    }
    for tool in tools.values():
        assert tool.description
        undescribed = [name for name, one in tool.input_schema["properties"].items() if not one.get("description")]
        assert undescribed == []
    asked = tools["batch_generate"].input_schema["properties"]
    assert {"content_config_ids", "output_dir", "operations", "requests", "content_ids", "matrix"} < set(asked)


def test_capabilities_are_those_of_the_command_with_the_most_that_one_call_takes(
    assistant: Assistant, capsys: Capture
) -> None:
    (resource,) = assistant.portal.call(assistant.client.read_resource, "capabilities://server")
    found = json.loads(resource.text)
    most = found["limits"].pop("max_batch_size")
    told = press(capsys, "capabilities").document
    assert found["limits"].pop("note")
    assert {**found, "limits": found["limits"]} == {
        **told,
        "limits": {name: value for name, value in told["limits"].items() if name not in ("max_batch_size", "note")},
    }
    refused = assistant.call("batch_generate", content_config_ids=["one"] * (most + 1))
    assert refused.document["error"]["code"] == "INVALID_INPUT"
    matrix = {"configs": ["one"], "axes": {"n": list(range(most + 1))}}
    assert assistant.call("batch_generate", matrix=matrix).document["error"]["code"] == "BATCH_TOO_LARGE"


def test_documents_are_made_and_told_of_in_the_form_of_the_source(assistant: Assistant) -> None:
    assistant.heard.clear()
    made = assistant.call("batch_generate", content_config_ids=["one", "absent", "two"], output_dir="made/notes")
    assert not made.is_error
    reply = made.document
    assert (reply["success"], reply["status"]) == (True, "batch_partial")
    assert (reply["total"], reply["generated"], reply["skipped"], reply["failed"]) == (3, 2, 0, 1)
    assert [one["content_id"] for one in reply["results"]] == ["one", "absent", "two"]
    assert [one["content"] for one in reply["results"]] == ["Hello you", None, "Hello you"]
    assert [one["code"] for one in reply["errors"]] == ["config_not_found"]
    assert (assistant.folder / "made/notes/one.md").read_text() == "Hello you"
    done = [number for number, _, _ in assistant.heard]
    assert (done[0], done[-1]) == (0, 3)
    assert done == sorted(set(done)), "each notification tells of more than the one before"


def test_a_failed_item_is_retried_when_its_fault_is_mended(assistant: Assistant) -> None:
    assistant.call("batch_generate", content_config_ids=["one", "late"], output_dir="made/late", batch_id="late")
    standing = assistant.call("batch_status", batch_id="late", most=1).document
    assert (standing["status"], standing["counts"]) == ("partial", {"succeeded": 1, "failed": 1})
    assert [one["item_id"] for one in standing["results"]] == ["late"], "what failed comes first"
    assert standing["results_left_out"] == 1
    config(assistant.folder, "late")
    again = assistant.call("retry_failed", batch_id="late").document
    assert (again["status"], again["successful"]) == ("succeeded", 2)
    assert assistant.call("resume_batch", batch_id="late").document["successful"] == 2
    listed = assistant.call("batch_status").document["batches"]
    assert "late" in [one["batch_id"] for one in listed]


def test_what_would_be_made_is_shown_checked_and_planned_without_being_made(assistant: Assistant) -> None:
    shown = assistant.call("preview_generation", content_config_id="one", context={"name": "them"}).document
    assert (shown["status"], shown["content"], len(shown["template_hash"])) == ("preview", "Hello them", 12)
    assert shown["variable_usage"] == {"name": {"source": "request", "value": "them"}}
    asked = {"content_config_ids": ["three", "absent"], "output_dir": "unmade"}
    checked = assistant.call("validate", spec=asked).document
    assert (checked["valid"], [one["code"] for one in checked["problems"]]) == (False, ["CONFIG_NOT_FOUND"])
    planned = assistant.call("plan", spec=json.dumps(asked)).document
    assert (planned["counts"]["new"], planned["counts"]["refused"]) == (1, 1)
    assert len(assistant.call("preview_generation", spec=asked).document["results"]) == 2
    assert not (assistant.folder / "unmade").exists()


def test_batches_run_side_by_side_and_one_of_a_spec_file_among_them(assistant: Assistant) -> None:
    path = spec(assistant.folder, content_config_ids=["one", "two"])
    together = assistant.call_together(
        "run_batch", [{"spec": path.name, "batch_id": f"side-{n}", "reuse": "never"} for n in range(3)]
    )
    assert [(one.document["status"], one.document["successful"]) for one in together] == [("succeeded", 2)] * 3
    assert {one.document["batch_id"] for one in together} == {"side-0", "side-1", "side-2"}


REFUSALS: dict[str, tuple[str, dict[str, Any], str]] = {
    "no items": ("batch_generate", {}, "EMPTY_BATCH"),
    "a wrong type": ("batch_generate", {"content_config_ids": "one"}, "INVALID_INPUT"),
    "a field that is none": ("batch_generate", {"content": ["one"]}, "INVALID_INPUT"),
    "a bad batch id": ("batch_status", {"batch_id": "../b"}, "INVALID_INPUT"),
    "a context that is no object": (
        "batch_generate",
        {"operations": [{"content_config_id": "one", "context": "{"}]},
        "CONTEXT_INVALID",
    ),
    "an unknown kind": ("run_batch", {"spec": {"kind": "poems"}}, "UNKNOWN_KIND"),
    "an unknown batch": ("retry_failed", {"batch_id": "none"}, "UNKNOWN_BATCH"),
    "no such spec": ("run_batch", {"spec": "absent.yaml"}, "SPEC_NOT_FOUND"),
    "a spec elsewhere": ("validate", {"spec": "../spec.yaml"}, "PATH_OUTSIDE"),
    "configs elsewhere": ("plan", {"spec": {"content_config_ids": ["one"], "base_dir": ".."}}, "FOLDER_OUTSIDE"),
    "items elsewhere": ("plan", {"spec": {"kind": "documents", "items_file": "/etc/hosts.yaml"}}, "FOLDER_OUTSIDE"),
    "notes elsewhere": (
        "plan",
        {"spec": {"kind": "podcast", "show": "tides", "notes": "../notes"}},
        "FOLDER_OUTSIDE",
    ),
    "outputs elsewhere": ("batch_generate", {"content_config_ids": ["one"], "output_dir": "~/made"}, "FOLDER_OUTSIDE"),
    "outputs into the state folder": (
        "batch_generate",
        {"content_config_ids": ["one"], "output_dir": "state/checkpoints"},
        "OUTPUT_UNWRITABLE",
    ),
    "nothing to preview": ("preview_generation", {}, "INVALID_INPUT"),
    "an unknown item": (
        "preview_generation",
        {"spec": {"kind": "documents", "content_config_ids": ["one"]}, "item_id": "on"},
        "UNKNOWN_ITEM",
    ),
}


@pytest.mark.parametrize(("tool", "arguments", "code"), REFUSALS.values(), ids=list(REFUSALS))
def test_a_refusal_is_a_tool_error_with_code_message_and_remedy(
    assistant: Assistant, tool: str, arguments: dict[str, Any], code: str
) -> None:
    found = assistant.call(tool, **arguments)
    assert found.is_error
    error = found.document["error"]
    assert error["code"] == code
    assert error["message"]
    assert error["remedy"]


def test_a_remedy_names_tools_and_the_servers_folder(assistant: Assistant) -> None:
    remedies = [
        assistant.call("batch_status", batch_id="none").document["error"]["remedy"],
        assistant.call("preview_generation", **REFUSALS["an unknown item"][1]).document["error"]["remedy"],
        assistant.call("run_batch", spec="absent.yaml").document["error"]["remedy"],
        assistant.call("validate", spec="absent.yaml").document["problems"][0]["remedy"],
    ]
    expected = [
        "`batch_status` lists the batches.",
        "`plan` lists them.",
        *["it is read from the server's folder."] * 2,
    ]
    assert [end in said for said, end in zip(remedies, expected, strict=True)] == [True] * 4, remedies


def test_no_document_is_written_into_the_state_folder(assistant: Assistant) -> None:
    sly = [{"content_config_id": "one", "output_path": "state/models.yaml"}, {"content_config_id": "two"}]
    made = assistant.call("batch_generate", operations=sly).document
    assert [one["success"] for one in made["results"]] == [False, True]
    assert "Pressroom keeps its own state" in made["errors"][0]["message"]
    assert not (assistant.folder / "state/models.yaml").exists()


def test_no_document_is_a_module_that_the_worker_of_a_project_would_import(assistant: Assistant) -> None:
    put(assistant.folder / "project/pyproject.toml", "")
    for folder, given in ((".", "project/"), ("project", "")):
        sly = [
            {"content_config_id": "one", "output_path": f"{given}{name}"} for name in ("random.py", "new/__init__.py")
        ]
        asked = [*sly, {"content_config_id": "two", "output_path": f"{given}src/tool.py"}]
        made = assistant.call("batch_generate", operations=asked, output_dir=folder).document
        assert [one["success"] for one in made["results"]] == [False, False, True]
        assert all("would" in one["message"] for one in made["errors"])
    assert sorted(path.name for path in (assistant.folder / "project").rglob("*.py")) == ["tool.py"]


def test_a_spec_in_a_folder_of_its_own_may_name_the_folder_above(assistant: Assistant) -> None:
    asked = {"kind": "documents", "base_dir": "..", "output_dir": "../made/above", "content_config_ids": ["one"]}
    put(assistant.folder / "specs/weekly.yaml", json.dumps(asked))
    assert assistant.call("validate", spec="specs/weekly.yaml").document["valid"]
    put(assistant.folder / "specs/weekly.yaml", json.dumps(asked | {"base_dir": "../.."}))
    (problem,) = assistant.call("validate", spec="specs/weekly.yaml").document["problems"]
    assert problem["code"] == "FOLDER_OUTSIDE"


def test_a_file_elsewhere_is_not_even_read(assistant: Assistant, tmp_path: Path) -> None:
    secret = put(tmp_path / "secret.yaml", "kind: [a secret")
    for asked in (str(secret), {"kind": "documents", "items_file": str(secret)}):
        error = assistant.call("validate", spec=asked).document["error"]
        assert error["code"] == "PATH_OUTSIDE"
        assert "a secret" not in error["message"]


def test_a_link_leads_no_request_out_of_the_folder(assistant: Assistant, tmp_path: Path) -> None:
    (assistant.folder / "away").symlink_to(tmp_path)
    made = assistant.call("batch_generate", content_config_ids=["one"], output_dir="away")
    assert (made.is_error, made.document["error"]["code"]) == (True, "FOLDER_OUTSIDE")
    assert not list(tmp_path.glob("*.md"))


def test_a_cancelled_call_cancels_its_batch_and_keeps_what_is_finished(assistant: Assistant) -> None:
    assistant.give_up("batch_generate", operations=slow(assistant.folder), batch_id="given-up", output_dir="given-up")
    standing = assistant.call("batch_status", batch_id="given-up", wait_seconds=60).document
    assert standing["status"] == "stopped"
    assert standing["counts"]["succeeded"] >= 1
    assert standing["counts"]["cancelled"] >= 1
    put(assistant.folder / "slow.jinja", "quick now")
    assert assistant.call("resume_batch", batch_id="given-up").document["successful"] == 41


def test_a_long_batch_goes_on_after_its_call_and_is_cancelled_by_name(assistant: Assistant) -> None:
    operations = slow(assistant.folder)
    begun = assistant.call("batch_generate", operations=operations, batch_id="long", wait_seconds=0, force=True)
    assert (begun.document["status"], begun.document["batch_id"]) == ("running", "long")
    busy = assistant.call("run_batch", spec={"content_config_ids": ["one"]}, batch_id="long")
    assert busy.document["error"]["code"] == "BATCH_BUSY"
    ended = assistant.call("cancel_batch", batch_id="long").document
    assert ended["status"] == "stopped"
    assert ended["note"] == "To go on where it ended: `resume_batch`."
    remedies = [ended["reason"], *(one["remedy"] for one in ended["results"] if one["status"] == "cancelled")]
    assert all("`resume_batch` goes on" in one and "pressroom" not in one for one in remedies)
    assert assistant.call("cancel_batch", batch_id="long").document["error"]["code"] == "BATCH_NOT_RUNNING"


def test_a_note_says_what_a_person_decides_and_which_tools_go_on(tmp_path: Path) -> None:
    given = [FakeItem(item_id="fair", review=["scored 78"]), FakeItem(item_id="bad", ends={"draft": ["permanent"]})]
    run_batch("b", [*given, *items(1)], tmp_path)
    assert Desk(tmp_path).standing("b", 50)["note"] == (
        "To decide on what waits: a person, with `pressroom review b` or in the pages; there is no tool for it. "
        "To try the failed ones again: `retry_failed`."
    )
    run_batch("whole", items(1), tmp_path)
    assert "note" not in Desk(tmp_path).standing("whole", 50)


def test_a_note_tells_what_a_paused_batch_asks_and_who_answers(tmp_path: Path) -> None:
    told: list[str] = []

    def listener(progress: Progress, _outcomes: list[Outcome]) -> None:
        if progress.paused and progress.question:
            standing = Desk(tmp_path).standing("b", 50)
            if standing["status"] == "paused":
                told.append(standing["note"])
                ask("b", "run")

    given = [*items(6, ends={"draft": ["tried_out"] * 3}), *[FakeItem(item_id=f"later{n}") for n in range(6)]]
    with listening("b", listener):
        run_batch("b", given, tmp_path, max_parallel=1, window=1, on_failures="pause")
    assert told[0].startswith("It is paused and asks: TOO_MANY_FAILURES: 5 of 5 finished items failed, ")
    assert told[0].endswith(
        " A person answers: `pressroom continue b` (with `--retry-failed` what has failed is tried again), or "
        "`pressroom cancel b`."
    )


def test_garbage_ends_nothing_and_standard_output_carries_the_protocol_alone(tmp_path: Path, home: Path) -> None:
    config(tmp_path, "one")
    process = subprocess.Popen(
        [*COMMAND, "--folder", str(tmp_path)],
        env=environment(home),
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    who = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    for line in (
        "this is no JSON",
        '{"jsonrpc": "2.0", "id": 7, "method": 3}',
        request(1, "initialize", **who),
        '{"jsonrpc": "2.0", "method": "notifications/initialized"}',
        "[" * 100_000,
        request(2, "tools/call", name="validate", arguments={"spec": {"content_config_ids": ["one"]}}),
    ):
        process.stdin.write(f"{line}\n")
    process.stdin.flush()
    answers = {}
    while 2 not in answers:
        message = json.loads(process.stdout.readline())
        assert message["jsonrpc"] == "2.0"
        answers[message.get("id")] = message
    assert answers[1]["result"]["serverInfo"]["name"] == "pressroom"
    assert answers[2]["result"]["structuredContent"]["valid"]
    out, err = process.communicate()
    assert (process.returncode, out) == (0, ""), err


def request(number: int, method: str, **parameters: Any) -> str:
    """A request as one line."""
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters})


def test_a_client_that_leaves_ends_its_batches_and_what_is_finished_is_kept(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = {"operations": slow(tmp_path), "batch_id": "b1", "wait_seconds": 0}

    async def leave() -> None:
        async with Client(build(tmp_path)) as client:
            assert (await client.call_tool("batch_generate", asked)).data["status"] == "running"
            with anyio.fail_after(60):
                counts: dict[str, int] = {}
                while not counts.get("succeeded"):
                    found = await client.call_tool("batch_status", {"batch_id": "b1", "wait_seconds": 0.1})
                    counts = found.data["counts"]

    with quick():
        anyio.run(leave)
    standing = press(capsys, "status", "b1", "--json").document
    assert standing["status"] == "stopped"
    assert standing["counts"]["succeeded"] >= 1
    assert standing["counts"]["cancelled"] >= 1


def test_the_command_says_what_to_install_where_the_extra_is_missing(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fastmcp", None)
    said = press(capsys, "mcp")
    assert (said.code, said.out) == (2, "")
    assert "EXTRA_MISSING" in said.err
    assert "pressroom[mcp]" in said.err


def test_a_folder_that_is_none_is_refused(capsys: Capture, tmp_path: Path) -> None:
    assert "USAGE" in press(capsys, "mcp", "--folder", tmp_path / "absent").err
