"""The temporary Prefect server of a run, where none is configured.

Prefect would start one by itself, but only after it has loaded its whole server code in this process
too, and in the terminal's own process group, where Ctrl-C ends it before the batch could be closed.
This one starts while Prefect is still being loaded here, is out of reach of Ctrl-C, writes to a file,
and ends with the process that started it, however that ends.
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks.errors import fault
from tasks.settings import settings

START_SECONDS = 120.0
"""Its first start on a machine builds a database, which takes long where the machine is slow."""

# Its standard input is a pipe from us: when we are gone, killed or not, reading from it ends, and so does the server.
_SERVE = """
import os, signal, sys, threading, time
def watch():
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(10)
    os._exit(0)
threading.Thread(target=watch, daemon=True).start()
import uvicorn
uvicorn.run("prefect.server.api.server:create_app", factory=True, host="127.0.0.1", port=int(sys.argv[1]),
            log_level="error", lifespan="on")
"""
_ROLE = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}
_SAID = (
    "PREFECT_API_URL",
    "PREFECT_SERVER_EPHEMERAL_ENABLED",
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE",
    "PREFECT_PROFILE",
)


class TemporaryServer:
    """A Prefect server on this machine's loopback, for as long as this process lives."""

    def __init__(self, log: Path | None = None) -> None:
        """Start the process, which writes to a file; it takes some seconds until it answers."""
        self.log = log or settings().home / "prefect-server.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._port = _free_port()
        with self.log.open("wb") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _SERVE, str(self._port)],
                env={**os.environ, **_ROLE},
                stdin=subprocess.PIPE,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    @property
    def url(self) -> str:
        """Address of its API."""
        return f"http://127.0.0.1:{self._port}/api"

    def wait(self) -> None:
        """Wait until it answers; SERVER_FAILED when it does not."""
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None:
                raise fault("SERVER_FAILED", why=f"it ended with code {self._process.returncode}", log=str(self.log))
            if time.monotonic() > deadline:
                raise fault("SERVER_FAILED", why=f"it was silent for {START_SECONDS:g} s", log=str(self.log))
            time.sleep(0.05)

    def stop(self) -> None:
        """End it at once: what it holds is thrown away."""
        self._process.kill()
        self._process.wait()

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        try:
            connection.request("GET", "/api/health")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


def start_early() -> TemporaryServer | None:
    """Start a server before Prefect is loaded, where it is plain that none is configured."""
    if "prefect" in sys.modules or any(name in os.environ for name in _SAID) or any(map(_names_a_server, _files())):
        return None
    server = TemporaryServer()
    os.environ["PREFECT_API_URL"] = server.url
    return server


@contextmanager
def connected(server: TemporaryServer | None) -> Iterator[None]:
    """Wait for the server that was started early, or see to it that there is one."""
    from prefect.settings import (
        PREFECT_API_URL,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
        get_current_settings,
        temporary_settings,
    )

    if server is None:
        known = get_current_settings()
        if known.api.url or not known.server.ephemeral.enabled:
            yield
            return
        server = TemporaryServer()
    server.wait()
    # Nobody watches a server that ends with us for heartbeats, and their thread holds the flow's end up for a second.
    with temporary_settings({PREFECT_API_URL: server.url, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        yield


def _files() -> list[Path]:
    """Files in which Prefect looks for its settings."""
    home = Path(os.environ.get("PREFECT_HOME", "~/.prefect")).expanduser()
    profiles = Path(os.environ.get("PREFECT_PROFILES_PATH", home / "profiles.toml"))
    return [profiles, *map(Path, ("prefect.toml", "pyproject.toml", ".env"))]


def _names_a_server(file: Path) -> bool:
    """Say whether a file may configure a server; when in doubt, Prefect is asked after it is loaded."""
    try:
        text = file.read_text(errors="replace").lower()
    except OSError:
        return False
    is_prefects_own = file.name in ("profiles.toml", "prefect.toml")
    return (is_prefects_own or "prefect" in text) and ("api" in text or "ephemeral" in text)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
