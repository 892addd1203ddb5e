"""What the benchmarks share: one server, a fresh process a figure, a row a ratio."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tasks.settings  # noqa: F401  # keeps Prefect's server from reporting usage

HERE = Path(__file__).parent
QUIET = {"PREFECT_LOGGING_LEVEL": "CRITICAL", "PREFECT_LOGGING_TO_API_ENABLED": "false"}


@dataclass(frozen=True)
class Row:
    """A ratio, what it should be, and the figures it was made of."""

    what: str
    ratio: float
    target: str
    made_of: str


@contextmanager
def server() -> Iterator[None]:
    """Start one Prefect server for all figures; children find it by its address."""
    os.environ |= QUIET | {"PREFECT_HOME": tempfile.mkdtemp(prefix="bench-prefect-")}
    from prefect.settings import PREFECT_API_URL
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        os.environ["PREFECT_API_URL"] = str(PREFECT_API_URL.value())
        yield


def in_child(script: str, *arguments: object, folder: Path | None = None) -> dict[str, Any]:
    """Run `script` in a fresh process with a state folder of its own and return the JSON of its last line."""
    with tempfile.TemporaryDirectory(prefix="bench-") as fresh:
        place = folder or Path(fresh)
        environment = os.environ | {"PRESSROOM_HOME": str(place / "home")}
        command = [sys.executable, str(HERE / script), *map(str, arguments)]
        done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{script} {arguments}: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def answer(**figures: float) -> None:
    """Print a child's figures for its parent."""
    print(json.dumps(figures))


def peak_megabytes() -> float:
    """Say how much memory this process has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def settle_down(seconds: float = 3.0) -> None:
    """Let the server take in what it was sent, so that it does not compete with what is measured next."""
    time.sleep(seconds)


def show(rows: list[Row]) -> None:
    """Print rows as a table."""
    for row in rows:
        print(f"{row.ratio:8.3f}  (should be {row.target:>8})  {row.what}   [{row.made_of}]", flush=True)
