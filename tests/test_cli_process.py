"""The command as a process of its own: signals, control from outside, and what goes to which stream."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL
from sites import config, notes, press, put, spec

pytestmark = pytest.mark.usefixtures("prefect_server")
PATIENCE_SECONDS = 200
Capture = pytest.CaptureFixture[str]
Start = Callable[..., "subprocess.Popen[str]"]

SLOW = "{% for i in range(100) %}{% for j in range(99000) %}{% endfor %}{% endfor %}done"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start the command as a process, which is ended with the test."""
    started: list[subprocess.Popen[str]] = []
    environment = dict(os.environ, PREFECT_API_URL=str(PREFECT_API_URL.value()))

    def start(*arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "flows.cli", *map(str, arguments)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        started.append(subprocess.Popen(command, cwd=tmp_path, env=environment, text=True, **pipes))  # type: ignore[call-overload]
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def slow_spec(folder: Path) -> Path:
    """A batch `b1` of one quick document and many that take a while."""
    config(folder, "quick")
    config(folder, "slow", "slow.jinja", "jinja2")
    put(folder / "slow.jinja", SLOW)
    uses = [{"content_config_id": "quick"}]
    uses += [{"content_config_id": "slow", "context": {"n": n}, "output_path": f"{n}.md"} for n in range(60)]  # type: ignore[dict-item]
    return spec(folder, batch_id="b1", output_dir="made", operations=uses)


def wait_for(capsys: Capture, found: Callable[[dict[str, int], str], bool]) -> None:
    """Wait until the ledger shows it, for as long as a busy machine may take to start a run."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        said = press(capsys, "status", "b1", "--json")
        if said.code == 0 and found(said.document["counts"], said.document["status"]):
            return
        time.sleep(0.05)
    raise AssertionError(said)


def quick_is_made(counts: dict[str, int], status: str) -> bool:
    return status == "running" and counts.get("succeeded", 0) >= 1


def test_json_alone_goes_to_standard_output(tmp_path: Path, start: Start) -> None:
    process = start("run", notes(tmp_path, "one"), "--json")
    out, err = process.communicate()
    assert process.returncode == 0
    assert json.loads(out)["status"] == "succeeded"
    assert "Starting Prefect" in err
    assert "prefect." not in err


def test_a_batch_is_paused_continued_and_cancelled_from_outside(tmp_path: Path, capsys: Capture, start: Start) -> None:
    process = start("run", slow_spec(tmp_path))
    wait_for(capsys, quick_is_made)
    for command, status in (("pause", "paused"), ("continue", "running"), ("cancel", "stopped")):
        said = press(capsys, command, "b1", "--json")
        assert said.document == {"batch_id": "b1", "asked": command, "obeyed": True, "status": status}
        assert said.code == 0
    out, _ = process.communicate()
    assert process.returncode == 3
    assert "pressroom resume b1" in out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_batch_cleanly_and_it_can_be_resumed(
    number: signal.Signals, tmp_path: Path, capsys: Capture, start: Start
) -> None:
    process = start("run", slow_spec(tmp_path))
    wait_for(capsys, quick_is_made)
    process.send_signal(number)
    out, err = process.communicate()
    assert process.returncode == 130, err
    assert "pressroom resume b1" in out
    stopped = press(capsys, "status", "b1", "--json").document
    assert stopped["status"] == "interrupted"
    assert stopped["counts"].get("cancelled", 0) > 0
    assert set(stopped["counts"]) <= {"succeeded", "cancelled"}
    put(tmp_path / "slow.jinja", "quick now")
    said = press(capsys, "resume", "b1", "--json")
    assert (said.code, said.document["successful"]) == (0, 61)


def test_two_signals_leave_at_once(tmp_path: Path, capsys: Capture, start: Start) -> None:
    process = start("run", slow_spec(tmp_path))
    wait_for(capsys, quick_is_made)
    process.send_signal(signal.SIGINT)
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert process.returncode == 130


def test_an_interrupt_while_prefect_is_loading_runs_nothing(tmp_path: Path, start: Start) -> None:
    process = start("run", notes(tmp_path, "one"))
    assert process.stderr is not None
    while "Starting Prefect" not in process.stderr.readline():
        continue
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 130
    assert "Traceback" not in err


def test_a_reader_that_leaves_early_is_no_fault(tmp_path: Path, start: Start) -> None:
    process = start("capabilities")
    assert process.stdout is not None
    process.stdout.close()
    _, err = process.communicate() if process.stderr is None else ("", process.stderr.read())
    process.wait()
    assert "Traceback" not in err
