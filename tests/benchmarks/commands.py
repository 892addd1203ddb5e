"""Whole commands, as a person waits for them: on a batch of 10,000 documents, and those that answer at once."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from documents import CONFIG
from lab import Row

COUNT = 10_000
SECONDS = 5.0
"""How long a plan or a report of so many may take."""
LIGHT = 9
"""Runs of each command that answers at once, of which the median counts."""


def rows() -> list[Row]:
    """Time commands on one large batch, then those that load little against the library that they load most of."""
    with tempfile.TemporaryDirectory(prefix="bench-") as fresh:
        folder = Path(fresh)
        _put_batch(folder, COUNT)
        return [*_of_a_large_batch(folder), *_at_once(folder)]


def _of_a_large_batch(folder: Path) -> list[Row]:
    plan = _seconds(folder, "plan", "spec.json", "--json")
    first = _seconds(folder, "run", "spec.json", "--batch-id", "big", "--json")
    again = _seconds(folder, "resume", "big", "--json")
    known = _seconds(folder, "plan", "spec.json", "--json")
    report = _seconds(folder, "report", "big", "--json")
    size = (folder / "out" / "big" / "report.html").stat().st_size / 1e6
    resumed = f"{again:.2f} s / {first:.2f} s"
    return [
        Row("resume of a finished 10,000-item batch, against its first run", again / first, "<= 0.05", resumed),
        Row("plan of 10,000 new items, of 5 s", plan / SECONDS, "<= 1.00", f"{plan:.2f} s"),
        Row("plan of 10,000 items made before, of 5 s", known / SECONDS, "<= 1.00", f"{known:.2f} s"),
        Row("report of 10,000 items, of 5 s", report / SECONDS, "<= 1.00", f"{report:.2f} s"),
        Row("its report.html, of 5 MB", size / 5, "<= 1.00", f"{size:.2f} MB"),
    ]


def _at_once(folder: Path) -> list[Row]:
    _put_batch(folder, 3)
    bare: list[float] = []
    status: list[float] = []
    validate: list[float] = []
    for _ in range(LIGHT):  # In turn, so that the machine's mood is the same for all.
        bare.append(_call(folder, [sys.executable, "-c", "import pydantic"]))
        status.append(_seconds(folder, "status", "--json"))
        validate.append(_seconds(folder, "validate", "spec.json", "--json"))
    base = median(bare)
    return [
        Row(
            f"`{name}`, against `python -c 'import pydantic'`",
            median(seconds) / base,
            "<= 3",
            f"{median(seconds) * 1000:.0f} ms / {base * 1000:.0f} ms, medians of {LIGHT}",
        )
        for name, seconds in (("status", status), ("validate", validate))
    ]


def _put_batch(folder: Path, count: int) -> None:
    configs = folder / "configs" / "content"
    configs.mkdir(parents=True, exist_ok=True)
    (configs / "team-report.json").write_text(json.dumps(CONFIG))
    operations = [
        {
            "content_config_id": "team-report",
            "context": {"team": {"name": f"T{n}"}, "topic": "x"},
            "output_path": f"{n}.md",
        }
        for n in range(count)
    ]
    spec = {"kind": "documents", "operations": operations, "output_dir": "out"}
    (folder / "spec.json").write_text(json.dumps(spec))


def _seconds(folder: Path, *arguments: str) -> float:
    return _call(folder, [sys.executable, "-m", "flows.cli", *arguments])


def _call(folder: Path, command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started
