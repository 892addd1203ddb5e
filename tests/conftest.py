"""One Prefect server for each process of the run, a ledger of its own for every test, and no network."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from novelist import Novelist
from presenter import Presenter
from servers import MISSING, new_database, postgres_programs, postgres_server

from tasks.settings import settings

# Before Prefect's first import, which reads them. Its home is thrown away with the run.
os.environ["PREFECT_HOME"] = tempfile.mkdtemp(prefix="pressroom-prefect-")
os.environ["PREFECT_LOGGING_TO_API_ENABLED"] = "false"
os.environ["PREFECT_LOGGING_LEVEL"] = "CRITICAL"
os.environ["PREFECT_CLI_COLORS"] = "false"
# What no test looks at, and what takes much of the time of all.
IDLE_SERVICES = (
    *("CANCELLATION_CLEANUP", "EVENT_LOGGER", "FOREMAN", "LATE_RUNS", "PAUSE_EXPIRATIONS", "REPOSSESSOR"),
    *("SCHEDULER", "TRIGGERS"),
)
os.environ |= {f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "false" for name in IDLE_SERVICES}

# A machine that is busy with other tests is no fault of a strategy.
hypothesis.settings.register_profile("shared", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("shared")

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


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[None]:
    """Start one real Prefect server for all tests of this process that ask for it."""
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield


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
    with postgres_server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let a test run with its ledger in SQLite, and once more with it in Postgres."""
    if request.param == "postgres":
        monkeypatch.setenv("PRESSROOM_LEDGER_URL", new_database(request.getfixturevalue("postgres")))
        settings.cache_clear()
    return str(request.param)
