"""From the start of the command to the first item at work, against a hello-world flow of plain Prefect.

Both on a machine with no Prefect server, so that each starts one of its own, on a database that exists.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from documents import CONFIG
from lab import Row

HELLO = """
import time
from prefect import flow, task

@task
async def greet(name):
    print(time.time(), flush=True)

@flow
def hello():
    greet.submit("world").result()

hello()
"""


def rows() -> list[Row]:
    """Take the median of five of each, in turn, after one of each that is not counted."""
    ours: list[float] = []
    plain: list[float] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as fresh:
        folder = _folder(Path(fresh))
        for _ in range(6):
            ours.append(_until_first(folder, _documents))
            plain.append(_until_first(folder, _hello))
    first, second = median(ours[1:]), median(plain[1:])
    made_of = f"{first:.2f} s / {second:.2f} s, medians of five"
    return [Row("start of the command to its first item, against plain Prefect", first / second, "<= 1.15", made_of)]


def _folder(folder: Path) -> Path:
    (folder / "configs" / "content").mkdir(parents=True)
    (folder / "configs" / "content" / "team-report.json").write_text(json.dumps(CONFIG))
    operation = {"content_config_id": "team-report", "context": {"team": {"name": "A"}, "topic": "B"}}
    (folder / "spec.json").write_text(json.dumps({"kind": "documents", "operations": [operation], "reuse": "never"}))
    return folder


def _until_first(folder: Path, run: Callable[[Path, dict[str, str]], float]) -> float:
    environment = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    environment |= {"PREFECT_HOME": str(folder / "prefect"), "PRESSROOM_HOME": str(folder / "home")}
    started = time.time()
    return run(folder, environment) - started


def _documents(folder: Path, environment: dict[str, str]) -> float:
    made = folder / "out" / "team-report.md"
    made.unlink(missing_ok=True)
    _call([sys.executable, "-m", "flows.cli", "run", "spec.json", "--output", "out"], folder, environment)
    return made.stat().st_mtime


def _hello(folder: Path, environment: dict[str, str]) -> float:
    return float(_call([sys.executable, "-c", HELLO], folder, environment).split()[0])


def _call(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stdout
