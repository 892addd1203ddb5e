"""`pressroom up`: a server, its pages and a worker in one command, which start and stop together."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import psutil
import pytest
from press_server import BUILT
from sites import put

from deployments.pool import POOL
from flows.command.hosts import LOOPBACK
from flows.command.server import UP_FILE, answers
from flows.command.up import PORT

START_SECONDS = 150


def wait_until(seen: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait for what the command does, for as long as a busy machine may need."""
    until = time.monotonic() + START_SECONDS
    while not seen():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < until, "it takes too long"
        time.sleep(0.2)


def workers(api: str) -> list[tuple[str, str]]:
    """The workers that the server has heard of, and whether they are there."""
    address, head = f"{api}/work_pools/{POOL}/workers/filter", {"Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(address, b"{}", head), timeout=10) as reply:
        return [(worker["name"], worker["status"]) for worker in json.load(reply)]


@pytest.fixture
def process(tmp_path: Path, home: Path) -> Iterator[subprocess.Popen[str]]:
    """The command, started where the usual port is taken, in a folder without schedules."""
    (tmp_path / "prefect").mkdir()
    shutil.copy(os.environ[BUILT], tmp_path / "prefect" / "prefect.db")
    put(tmp_path / "prefect.yaml", "name: press\ndeployments: []\n")
    environment = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    environment |= {"PREFECT_HOME": str(tmp_path / "prefect"), "PRESSROOM_HOME": str(home)}
    with closing(socket.socket()) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):  # Taken by somebody else, which is as well.
            taken.bind((LOOPBACK, PORT))
            taken.listen()
        started = subprocess.Popen(
            [sys.executable, "-m", "flows.cli", "up"],
            cwd=tmp_path,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        yield started
        started.kill()
        started.communicate()


@pytest.mark.usefixtures("prefect_server")
def test_server_pages_and_worker_come_up_on_a_free_port_and_end_together_with_the_command(
    home: Path, process: subprocess.Popen[str]
) -> None:
    wait_until((home / UP_FILE).exists, process)
    known = json.loads((home / UP_FILE).read_text())
    assert known["api"] != f"http://{LOOPBACK}:{PORT}/api"
    assert answers(known["api"])
    with urllib.request.urlopen(known["page"], timeout=10) as reply:
        assert b"<title>Prefect" in reply.read()
    wait_until(lambda: workers(known["api"]) == [(f"{socket.gethostname()}-{process.pid}", "ONLINE")], process)
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert not answers(known["api"])
    assert (psutil.wait_procs(children, timeout=10)[1], (home / UP_FILE).exists()) == ([], False)
    assert (f"Port {PORT} is taken" in err, known["page"] in out, "Stopping" in err) == (True, True, True)
