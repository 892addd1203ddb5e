"""The temporary Prefect server of a run, where none is configured.

Prefect would start one by itself, but only after it has loaded its whole server code in this process
too, and in the terminal's own process group, where Ctrl-C ends it before the batch could be closed.
This one starts while Prefect is still being loaded here, is out of reach of Ctrl-C, writes to a file,
and ends with the process that started it, however that ends.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from flows.answering import answering
from flows.command.child import Child
from flows.command.hosts import LOOPBACK, free_port, from_here, is_every, written
from tasks.errors import fault
from tasks.files import make_state_folder
from tasks.settings import AUTH_STRINGS, SERVER_DATABASE, settings

START_SECONDS = 120.0
"""Its first start on a machine builds a database, which takes long where the machine is slow."""

_SERVE = """
import uvicorn
uvicorn.run("flows.command.guarded:create", factory=True, host=sys.argv[1], port=int(sys.argv[2]),
            log_level="error", lifespan="on")
"""
_ROLE = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}
UP_FILE = "up.json"
"""Where `pressroom up` says at which address its server is, in the state folder."""
_SAID = (
    "PREFECT_API_URL",
    "PREFECT_SERVER_EPHEMERAL_ENABLED",
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE",
    "PREFECT_PROFILE",
)


class LocalServer:
    """A Prefect server on this machine, for as long as this process lives; on loopback, unless told otherwise."""

    def __init__(
        self,
        log: Path | None = None,
        port: int | None = None,
        *,
        host: str = LOOPBACK,
        role: Mapping[str, str] = _ROLE,
    ) -> None:
        """Start the process, which writes to a file; it takes some seconds until it answers."""
        self._host = host
        self._port = port or free_port(host)
        self._log = log or make_state_folder(settings().home) / "prefect-server.log"
        self._role = role
        self._start(goes_on=False)

    def again(self) -> None:
        """Start the process again where it has ended, at the same address; its log goes on."""
        self._start(goes_on=True)

    @property
    def page(self) -> str:
        """Address of its pages, as whoever may reach it can open them."""
        return self._at(socket.gethostname() if is_every(self._host) else self._host)

    @property
    def url(self) -> str:
        """Address of its API, from this machine."""
        return f"{self._at(from_here(self._host))}/api"

    def _at(self, host: str) -> str:
        return f"http://{written(host)}:{self._port}"

    @property
    def log(self) -> Path:
        """The file that it writes to."""
        return self._log

    @property
    def code(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._child.code

    def wait(self) -> None:
        """Wait until it answers; SERVER_FAILED when it does not."""
        deadline = time.monotonic() + START_SECONDS
        while not answers(self.url):
            if self.code is not None:
                of = f"; its database is that of {SERVER_DATABASE}" if os.environ.get(SERVER_DATABASE) else ""
                raise fault("SERVER_FAILED", why=f"it ended with code {self.code}{of}", log=str(self.log))
            if time.monotonic() > deadline:
                raise fault("SERVER_FAILED", why=f"it was silent for {START_SECONDS:g} s", log=str(self.log))
            time.sleep(0.05)

    def end(self) -> None:
        """Let it end in order."""
        self._child.end()

    def kill(self) -> None:
        """End it at once: what it holds is thrown away."""
        self._child.kill()

    def _start(self, *, goes_on: bool) -> None:
        self._child = Child(
            _SERVE,
            *(self._host, str(self._port)),
            log=self._log,
            environment={"PREFECT_UI_API_URL": f"{self.page}/api", "PREFECT_UI_URL": self.page, **self._role},
            goes_on=goes_on,
        )


def answers(url: str) -> bool:
    """Say whether a server on this machine answers at the address of its API."""
    return _asked(f"{url}/health", {}) == 200


def refuse_unauthorized(url: str) -> None:
    """Raise SERVER_UNAUTHORIZED where a server on this machine does not take the auth string of the environment.

    Prefect itself would say only that a client has failed.
    """
    known = os.environ.get(AUTH_STRINGS[0], "")
    head = {"Authorization": f"Basic {base64.b64encode(known.encode()).decode()}"} if known else {}
    if _asked(f"{url}/admin/version", head) == 401:
        raise fault("SERVER_UNAUTHORIZED", url=url)


def _asked(url: str, head: Mapping[str, str]) -> int | None:
    """Ask a server on this machine and return the status of its answer; None where there is none."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=5)
    try:
        connection.request("GET", address.path, headers=dict(head))
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def running_server() -> str | None:
    """Return the address of the API of the server that `pressroom up` runs with this state folder, if it does."""
    try:
        said = json.loads((settings().home / UP_FILE).read_text())
        os.kill(int(said["process"]), 0)  # which only asks whether there is one
        return str(said["api"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def start_early() -> LocalServer | None:
    """Start a server before Prefect is loaded, where it is plain that none is configured and none is up."""
    if _may_be_set():
        return None
    if (url := running_server()) is not None:
        refuse_unauthorized(url)
        os.environ["PREFECT_API_URL"] = url
        return None
    server = LocalServer()
    os.environ["PREFECT_API_URL"] = server.url
    return server


@contextmanager
def connected(server: LocalServer | None) -> Iterator[None]:
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
        server = LocalServer()
    server.wait()
    # Nobody watches a server that ends with us for heartbeats, and their thread holds the flow's end up for a second.
    with temporary_settings({PREFECT_API_URL: server.url, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        yield


def _may_be_set() -> bool:
    """Say whether Prefect may be set to a server; only Prefect itself knows for sure."""
    return "prefect" in sys.modules or any(name in os.environ for name in _SAID) or is_set_in_files()


def is_set_in_files() -> bool:
    """Say whether a file that Prefect reads may configure a server."""
    return any(map(_names_a_server, _files()))


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


@contextmanager
def reached() -> Iterator[None]:
    """See to it that Prefect talks to a server that stays: that of `pressroom up`, or the one that it is set to.

    NO_SERVER where there is neither, or it does not answer: what is made on a temporary one would be gone with it.
    SERVER_UNAUTHORIZED where it does not take the auth string of the environment.
    """
    with reached_if_any() as is_there:
        if not is_there:
            raise fault("NO_SERVER", at="")
        yield


@contextmanager
def reached_if_any() -> Iterator[bool]:
    """Do the same, and say whether there is one of the two; Prefect is not loaded where that is plain without it."""
    if "PREFECT_API_URL" not in os.environ and (url := running_server()) is not None:
        refuse_unauthorized(url)
        os.environ["PREFECT_API_URL"] = url
    if not _may_be_set():
        yield False
        return
    from prefect.settings import get_current_settings

    if not get_current_settings().api.url:
        yield False
        return
    with answering():
        yield True
