"""Who may reach the server that Pressroom starts: this machine alone, and with an auth string only who knows it."""

from __future__ import annotations

import asyncio
import base64
import http.client
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from press_server import BUILT
from sites import press

from flows.command.guarded import Message, guarded
from flows.command.hosts import is_loopback
from flows.command.server import UP_FILE, LocalServer
from tasks.settings import AUTH_STRINGS

Capture = pytest.CaptureFixture[str]
AUTH = "press:a-long-secret"


def status_of(url: str, path: str, *, said: str = "", method: str = "GET", **head: str) -> int:
    """Ask a server as somebody who says this, or nothing."""
    address = urlsplit(url)
    if said:
        head["Authorization"] = f"Basic {base64.b64encode(said.encode()).decode()}"
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    try:
        connection.request(method, f"{address.path}{path}", headers=head)
        return connection.getresponse().status
    finally:
        connection.close()


@contextmanager
def locked_server(folder: Path) -> Iterator[LocalServer]:
    """A real server with an auth string."""
    shutil.copy(os.environ[BUILT], folder / "a.db")
    role = {
        "PREFECT__SERVER_EPHEMERAL": "1",
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{folder}/a.db",
    }
    server = LocalServer(folder / "server.log", role=role | dict.fromkeys(AUTH_STRINGS, AUTH))
    try:
        server.wait()
        yield server
    finally:
        server.kill()


def pressed(*arguments: str, **environment: str) -> dict[str, Any]:
    """Run the command as a process that knows no server but the one of its state folder; return what it says."""
    dropped = (*AUTH_STRINGS, "PREFECT_API_URL")
    known = {name: value for name, value in os.environ.items() if name not in dropped} | environment
    command = [sys.executable, "-m", "flows.cli", *arguments, "--json"]
    done = subprocess.run(command, env=known, cwd=known["PRESSROOM_HOME"], capture_output=True, text=True, timeout=120)
    assert AUTH not in done.stdout + done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@pytest.mark.usefixtures("prefect_server")
def test_a_server_with_an_auth_string_answers_only_to_who_says_it(home: Path) -> None:
    home.mkdir()
    (home / "prefect.yaml").write_text("deployments: []\n")
    with locked_server(home) as server:
        for path, method in (("/admin/version", "GET"), ("/flow_runs/filter", "POST"), ("/variables/", "POST")):
            assert status_of(server.url, path, method=method) == 401
            assert status_of(server.url, path, method=method, said="press:a-guess") == 401
        assert status_of(server.url, "/flow_runs/filter", method="POST", said=AUTH) == 200
        assert status_of(server.url, "/health") == 200
        (home / UP_FILE).write_text(json.dumps({"api": server.url, "page": server.page, "process": os.getpid()}))
        assert pressed("deploy", "--check")["error"]["code"] == "SERVER_UNAUTHORIZED"
        assert pressed("deploy", "--check", PREFECT_API_URL=server.url)["error"]["code"] == "SERVER_UNAUTHORIZED"
        for name in AUTH_STRINGS:
            assert pressed("deploy", "--check", **{name: AUTH})["changed"] is False


def test_another_host_than_this_machine_is_refused_without_an_auth_string(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in AUTH_STRINGS:
        monkeypatch.delenv(name, raising=False)
    said = press(capsys, "up", "--host", "0.0.0.0")
    assert said.code == 2
    assert "HOST_OPEN" in said.err
    assert "PREFECT_SERVER_API_AUTH_STRING" in said.err
    assert "HOST_UNKNOWN" in press(capsys, "up", "--host", "192.0.2.1").err


@pytest.mark.parametrize(
    ("host", "is_it"),
    [
        *(("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True)),
        *(("0.0.0.0", False), ("::", False), ("192.0.2.1", False), ("localhost.example.org", False), ("", False)),
    ],
)
def test_of_names_only_localhost_is_this_machine(host: str, is_it: bool) -> None:
    assert is_loopback(host) is is_it


def answered(**head: str) -> list[Message]:
    """What somebody is sent who asks a server without an auth string, with these headers."""
    sent: list[Message] = []

    async def app(scope: Message, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {}

    headers = [(name.encode(), value.encode()) for name, value in head.items()]

    async def ask() -> None:
        await guarded(app)({"type": "http", "headers": headers}, receive, send)

    asyncio.run(ask())
    return sent


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ({"host": "127.0.0.1:4200"}, 200),
        ({"host": "localhost:4200", "origin": "http://127.0.0.1:4200"}, 200),
        ({"host": "[::1]:4200"}, 200),
        ({"host": "127.0.0.1:4200", "origin": "https://example.org"}, 403),
        ({"host": "127.0.0.1:4200", "origin": "null"}, 403),
        ({"host": "pages.example.org:4200", "origin": "http://pages.example.org:4200"}, 403),
        ({"host": "127.0.0.1:4200", "origin": "http://[broken"}, 403),
        ({}, 403),
    ],
)
def test_without_an_auth_string_pages_of_other_machines_are_refused(head: dict[str, str], status: int) -> None:
    assert answered(**head)[0]["status"] == status


@pytest.mark.usefixtures("prefect_server")
def test_the_server_of_a_run_refuses_a_page_of_another_machine() -> None:
    url = os.environ["PREFECT_API_URL"]
    assert status_of(url, "/flow_runs/filter", method="POST", Origin="https://example.org") == 403
    assert status_of(url, "/flow_runs/filter", method="POST") == 200


def test_what_is_started_looks_for_no_module_in_the_folder_it_is_started_in(tmp_path: Path) -> None:
    for name in ("json", "uvicorn", "importlib", "threading"):
        (tmp_path / f"{name}.py").write_text(f"open('ran-{name}', 'w')\n")
    code = (
        "import os, pathlib; from tasks.worker_processes import Worker; from flows.command.child import Child;"
        f"os.chdir({str(tmp_path)!r}); Worker('tasks.podcast.research.reading_worker').end();"
        "Child('import uvicorn', log=pathlib.Path('log').absolute(), environment={})._process.wait()"
    )
    subprocess.run([sys.executable, "-P", "-c", code], check=True, timeout=60)
    assert sorted(path.name for path in tmp_path.glob("ran-*")) == []
