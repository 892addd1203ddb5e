"""What the command says and returns when it is asked for what it can't do."""

from __future__ import annotations

from pathlib import Path

import pytest
from sites import notes, press

from flows.cli import COMMANDS
from flows.command import exits
from tasks.errors import PressroomError, fault
from tasks.ledger.store import Ledger
from tasks.settings import settings

Capture = pytest.CaptureFixture[str]

REFUSALS = {
    "no command": ([], "USAGE"),
    "an unknown command": (["runn", "x.yaml"], "USAGE"),
    "an unknown mode": (["run", "x.yaml", "--mode", "maybe"], "USAGE"),
    "a bad batch id": (["run", "x.yaml", "--batch-id", "../b"], "USAGE"),
    "no parallelism": (["run", "x.yaml", "--max-parallel", "0"], "USAGE"),
    "no such file": (["run", "x.yaml"], "SPEC_NOT_FOUND"),
    "no such batch to resume": (["resume", "b1"], "UNKNOWN_BATCH"),
    "no such batch to retry": (["retry", "b1"], "UNKNOWN_BATCH"),
    "no such batch to show": (["status", "b1"], "UNKNOWN_BATCH"),
    "no such batch to cancel": (["cancel", "b1"], "UNKNOWN_BATCH"),
}


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize(("arguments", "code"), REFUSALS.values(), ids=list(REFUSALS))
def test_a_refusal_has_a_code_and_a_remedy_for_people_and_for_programs(
    arguments: list[str], code: str, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = press(capsys, *arguments)
    assert said.code == 2
    assert said.out == ""
    first, second = said.err.splitlines()[:2]
    assert first.startswith(f"error {code}: ")
    assert second.startswith("  ")
    said = press(capsys, *arguments, "--json")
    assert said.code == 2
    assert said.document["error"]["code"] == code
    assert said.document["error"]["remedy"]
    assert said.err == ""


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("arguments", [["run", "spec.yaml"], ["status"], ["status", "b1"], ["resume", "b1"]], ids=str)
@pytest.mark.parametrize("below", ["", "deeper"])
def test_a_state_folder_that_is_a_file_is_named_with_where_it_was_set(
    arguments: list[str], below: str, home: Path, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes(tmp_path, "one")
    home.write_text("a file")
    monkeypatch.setenv("PRESSROOM_HOME", str(home / below))
    settings.cache_clear()
    said = press(capsys, *arguments, "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "OUTPUT_UNWRITABLE")
    assert said.document["error"]["message"] == (
        f"{str(home / below)!r} cannot be written: PRESSROOM_HOME needs a folder there (Not a directory)."
    )
    with pytest.raises(PressroomError, match="PRESSROOM_HOME needs a folder there"):
        Ledger(settings())


@pytest.mark.usefixtures("alone")
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder in which nobody can make anything")
def test_a_state_folder_that_cannot_be_made_is_named_with_where_it_was_set(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESSROOM_HOME", "/proc/nohome")
    settings.cache_clear()
    said = press(capsys, "run", notes(tmp_path, "one"))
    assert said.code == 2
    assert "error OUTPUT_UNWRITABLE: '/proc/nohome' cannot be written: PRESSROOM_HOME needs a folder there" in said.err


def test_help_is_no_error(capsys: Capture) -> None:
    said = press(capsys, "--help")
    assert said.code == 0
    assert "exit codes:" in said.out


@pytest.mark.parametrize(
    "command", ["run", "resume", "retry", "status", "review", "cancel", "validate", "clean", "capabilities", "demo"]
)
def test_every_command_explains_itself(command: str, capsys: Capture) -> None:
    assert f"usage: pressroom {command}" in press(capsys, command, "--help").out


def test_a_fault_of_ours_is_told_apart() -> None:
    assert exits.of_error(fault("INTERNAL", what="x")) == 70
    assert exits.of_error(fault("EMPTY_BATCH")) == 2


def test_capabilities_name_kinds_fields_shapes_generators_and_limits(capsys: Capture) -> None:
    found = press(capsys, "capabilities").document
    assert found["kinds"]["documents"]["generators"] == [
        *("demonstration", "template_fill", "json_fill", "jinja2", "bdd_scenario", "code_generation")
    ]
    assert "content_config_ids" in found["kinds"]["documents"]["spec_fields"]
    shapes = found["kinds"]["documents"]["request_shapes"]
    assert set(shapes) == {"ids", "operations", "requests", "content", "matrix"}
    assert set(shapes["content"]) < set(found["kinds"]["documents"]["spec_fields"])
    assert found["limits"]["max_batch_size"] is None
    assert found["modes"] == ["collect", "fail_fast", "retry"]


def test_every_command_is_found_by_its_name_and_listed_in_the_help(capsys: Capture) -> None:
    listed = press(capsys, "--help").out
    for name in COMMANDS:
        assert f"    {name}" in [line[: len(name) + 4] for line in listed.splitlines()]
        assert f"usage: pressroom {name}" in press(capsys, name, "--help").out
