"""A Prefect server for each process, a ledger of its own for every test, and no network."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import certifi
import hypothesis
import pytest
from novelist import Novelist
from presenter import Presenter
from press_server import BUILT, PressServer, build_apart
from servers import MISSING, new_database, postgres_programs, postgres_server

from tasks.settings import settings

# Before Prefect's first import, which reads them. Its home is thrown away with the run.
# Programs that tests start need not compile all that they load, each time again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
HOME = Path(tempfile.mkdtemp(prefix="pressroom-prefect-"))
os.environ["PREFECT_HOME"] = str(HOME)
os.environ["PREFECT_LOGGING_TO_API_ENABLED"] = "false"
os.environ["PREFECT_LOGGING_LEVEL"] = "CRITICAL"
os.environ["PREFECT_CLI_COLORS"] = "false"
# Each client of HTTP loads all authorities that it may trust, which takes longer than to ask; none speaks TLS here.
_END = "-----END CERTIFICATE-----\n"
(HOME / "authority.pem").write_text(Path(certifi.where()).read_text().partition(_END)[0] + _END)
os.environ["SSL_CERT_FILE"] = str(HOME / "authority.pem")
# What no test looks at.
IDLE_SERVICES = (
    *("CANCELLATION_CLEANUP", "EVENT_LOGGER", "FOREMAN", "LATE_RUNS", "PAUSE_EXPIRATIONS", "REPOSSESSOR"),
    *("SCHEDULER", "TRIGGERS"),
)
os.environ |= {f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "false" for name in IDLE_SERVICES}

# A machine that is busy with other tests is no fault of a strategy. What a change is held to is the same each time;
# `--hypothesis-profile search` looks for what nobody has seen yet.
_SLOW_TOO = [hypothesis.HealthCheck.too_slow]
hypothesis.settings.register_profile("search", deadline=None, suppress_health_check=_SLOW_TOO)
hypothesis.settings.register_profile("same", deadline=None, suppress_health_check=_SLOW_TOO, derandomize=True)
hypothesis.settings.load_profile("same")

SERVER = pytest.StashKey[PressServer]()
_LOOPBACK = {"127.0.0.1", "::1", "localhost", "0.0.0.0"}
_connect = socket.socket.connect


class NetworkRefusedError(RuntimeError):
    """A test reached for an address outside this machine."""


def _refuse(self: socket.socket, address: object) -> None:
    host = address[0] if isinstance(address, tuple) else None
    if host is not None and str(host) not in _LOOPBACK:
        raise NetworkRefusedError(f"no test may reach {host!r}")
    _connect(self, address)  # type: ignore[arg-type]  # whatever the caller gave is the standard library's to judge


@pytest.fixture(scope="session", autouse=True)
def refused_network() -> Iterator[None]:
    """Refuse every connection that leaves the machine."""
    socket.socket.connect = _refuse  # type: ignore[assignment,method-assign]
    yield
    socket.socket.connect = _connect  # type: ignore[method-assign]


def pytest_configure(config: pytest.Config) -> None:
    """Start this process's server, at whose address Prefect looks from its first import on."""
    is_worker = hasattr(config, "workerinput")
    built = Path(config.cache.mkdir("prefect")) / f"{version('prefect')}.db"
    if not is_worker:
        build_apart(built)
    if is_worker or config.getoption("dist", "no") == "no":
        server = config.stash[SERVER] = PressServer(HOME, built)
        os.environ |= {"PREFECT_API_URL": server.url, BUILT: str(built)}
        config.add_cleanup(server.kill)


@pytest.fixture(scope="session")
def prefect_server(pytestconfig: pytest.Config) -> None:
    """Wait until the server of this process answers."""
    from prefect.events.clients import NullEventsClient
    from prefect.events.worker import EventsWorker

    # To take events in, and to record task runs by them, would double the time of all; `recorded` is for who looks.
    EventsWorker.set_client_override(NullEventsClient)
    pytestconfig.stash[SERVER].wait()


@pytest.fixture
def recorded(prefect_server: None) -> Iterator[None]:
    """Let a test find its task runs and events on the server."""
    from prefect.events.clients import NullEventsClient
    from prefect.events.worker import EventsWorker

    EventsWorker.set_client_override(None)
    yield
    EventsWorker.drain_all()
    EventsWorker.set_client_override(NullEventsClient)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give each test a state folder of its own."""
    folder = tmp_path / "home"
    monkeypatch.setenv("PRESSROOM_HOME", str(folder))
    settings.cache_clear()
    yield folder
    settings.cache_clear()


@pytest.fixture
def quill(home: Path) -> Iterator[Novelist]:
    """Start a vendor that writes fiction, which this test's machine knows as `quill`."""
    with Novelist() as server:
        server.set_up(home)
        yield server


@pytest.fixture
def quay(home: Path) -> Iterator[Presenter]:
    """Start a vendor that writes and judges episodes, which this test's machine knows as `quay`."""
    with Presenter() as server:
        server.set_up(home)
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Start one Postgres server for all tests that ask for it."""
    if postgres_programs() is None:
        pytest.skip(MISSING)
    with postgres_server() as server:
        yield server.url


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let a test run with its ledger in SQLite, and once more with it in Postgres."""
    if request.param == "postgres":
        monkeypatch.setenv("PRESSROOM_LEDGER_URL", new_database(request.getfixturevalue("postgres")))
        settings.cache_clear()
    return str(request.param)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Know of no server, and work in a folder of one's own."""
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.chdir(tmp_path)
