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
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from press_server import BUILT
from sites import put

from deployments.pool import POOL
from flows.command.hosts import LOOPBACK, free_port
from flows.command.server import UP_FILE, answers
from flows.command.up import PORT

START_SECONDS = 150
SERVER, WORKER = "uvicorn.run", "flows.pool_worker"
"""By what the command's own processes are told."""


def wait_until(seen: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait for what the command does, for as long as a busy machine may need."""
    until = time.monotonic() + START_SECONDS
    while not seen():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < until, "it takes too long"
        time.sleep(0.2)


def of_pool(api: str, what: str) -> list[dict[str, str]]:
    """What the server knows of the pool's workers or queues."""
    address, head = f"{api}/work_pools/{POOL}/{what}/filter", {"Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(address, b"{}", head), timeout=10) as reply:
        found: list[dict[str, str]] = json.load(reply)
        return found


def workers(api: str) -> list[tuple[str, str]]:
    """The workers that the server has heard of, and whether they are there."""
    return [(worker["name"], worker["status"]) for worker in of_pool(api, "workers")]


def asked_for_work(api: str) -> str:
    """When somebody has last asked the server for work."""
    return max(queue["last_polled"] or "" for queue in of_pool(api, "queues"))


def started(process: subprocess.Popen[str], code: str) -> psutil.Process | None:
    """The process with such code that the command has started, while it runs."""
    for one in psutil.Process(process.pid).children():
        with suppress(psutil.NoSuchProcess):
            if any(code in part for part in one.cmdline()):
                return one
    return None


def kill_server(process: subprocess.Popen[str]) -> None:
    """Kill the command's server as soon as there is one, and wait until the command has seen that."""
    wait_until(lambda: started(process, SERVER) is not None, process)
    server = started(process, SERVER)
    assert server is not None
    server.kill()
    server.wait(START_SECONDS)


@contextmanager
def up(folder: Path, home: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Start the command in a folder without schedules."""
    (folder / "prefect").mkdir()
    shutil.copy(os.environ[BUILT], folder / "prefect" / "prefect.db")
    put(folder / "prefect.yaml", "name: press\ndeployments: []\n")
    environment = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    environment |= {"PREFECT_HOME": str(folder / "prefect"), "PRESSROOM_HOME": str(home)}
    command = subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "up", *options],
        cwd=folder,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    yield command
    command.kill()
    command.communicate()


@pytest.fixture
def process(tmp_path: Path, home: Path) -> Iterator[subprocess.Popen[str]]:
    """The command, started where the usual port is taken."""
    with closing(socket.socket()) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):  # Taken by somebody else, which is as well.
            taken.bind((LOOPBACK, PORT))
            taken.listen()
        with up(tmp_path, home) as command:
            yield command


@pytest.fixture
def apart(tmp_path: Path, home: Path) -> Iterator[subprocess.Popen[str]]:
    """The command at a port that no other test's looks for."""
    with up(tmp_path, home, "--port", str(free_port())) as command:
        yield command


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


@pytest.mark.usefixtures("prefect_server")
def test_a_server_that_dies_is_started_again_beside_the_same_worker_unless_it_does_again_and_again(
    home: Path, apart: subprocess.Popen[str]
) -> None:
    wait_until((home / UP_FILE).exists, apart)
    api = json.loads((home / UP_FILE).read_text())["api"]
    wait_until(lambda: asked_for_work(api) != "", apart)
    worker = started(apart, WORKER)
    kill_server(apart)
    wait_until(lambda: answers(api), apart)
    before = asked_for_work(api)
    wait_until(lambda: asked_for_work(api) != before, apart)
    assert started(apart, WORKER) == worker
    kill_server(apart)
    kill_server(apart)
    err = apart.communicate(timeout=60)[1]
    assert (apart.returncode, err.count("ended with code -9"), "not started again" in err) == (70, 3, True)
    assert (worker is not None and worker.is_running(), (home / UP_FILE).exists()) == (False, False)


@pytest.mark.usefixtures("prefect_server")
def test_ctrl_c_while_the_server_is_started_again_ends_all(home: Path, apart: subprocess.Popen[str]) -> None:
    wait_until((home / UP_FILE).exists, apart)
    wait_until(lambda: started(apart, WORKER) is not None, apart)
    kill_server(apart)
    wait_until(lambda: started(apart, SERVER) is not None, apart)
    children = psutil.Process(apart.pid).children(recursive=True)
    apart.send_signal(signal.SIGINT)
    apart.communicate(timeout=60)
    assert (apart.returncode, psutil.wait_procs(children, timeout=10)[1]) == (0, [])
