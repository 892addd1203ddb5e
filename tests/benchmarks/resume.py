"""Resuming a finished batch of 10,000 documents, against its first run: whole commands, as a person waits for them."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from documents import CONFIG
from lab import Row


def rows() -> list[Row]:
    """Time `pressroom run` and then `pressroom resume`."""
    with tempfile.TemporaryDirectory(prefix="bench-") as fresh:
        folder = Path(fresh)
        (folder / "configs" / "content").mkdir(parents=True)
        (folder / "configs" / "content" / "team-report.json").write_text(json.dumps(CONFIG))
        operations = [
            {
                "content_config_id": "team-report",
                "context": {"team": {"name": f"T{n}"}, "topic": "x"},
                "output_path": f"{n}.md",
            }
            for n in range(10_000)
        ]
        (folder / "spec.json").write_text(
            json.dumps({"kind": "documents", "operations": operations, "output_dir": "out"})
        )
        first = _seconds(folder, "run", "spec.json", "--batch-id", "big", "--json")
        again = _seconds(folder, "resume", "big", "--json")
    made_of = f"{again:.2f} s / {first:.2f} s, whole commands"
    return [Row("resume of a finished 10,000-item batch, against its first run", again / first, "<= 0.05", made_of)]


def _seconds(folder: Path, *arguments: str) -> float:
    started = time.perf_counter()
    command = [sys.executable, "-m", "flows.cli", *arguments]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started
