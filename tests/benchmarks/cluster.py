"""Documents made by two processes of a Dask cluster, against the flow's own process: heavy ones and light ones."""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from distributed import LocalCluster
from documents import CONFIG, items_file
from lab import Row, answer, in_child, settle_down
from prefect_dask.task_runners import DaskTaskRunner

from flows.documents import documents
from tasks.documents.models import DocumentBatch
from tasks.models import Reuse
from tasks.results import BatchResult

HEAVY, LIGHT = 2000, 10
"""Lines to fill in a document."""


def rows() -> list[Row]:
    """Compare rates, with the cluster up and its workers warm."""
    heavy, light = in_child("cluster.py", "heavy", 1000), in_child("cluster.py", "light", 5000)
    return [
        Row("documents of 2,000 lines: two Dask workers, against one process", *_compared(heavy, ">= 1.50")),
        Row("documents of 10 lines: two Dask workers, against one process", *_compared(light, "any")),
    ]


def _compared(found: dict[str, float], target: str) -> tuple[float, str, str]:
    made_of = f"here {found['here'] * 1e3:.2f} ms, there {found['there'] * 1e3:.2f} ms a document"
    return found["here"] / found["there"], target, made_of


def _prepare(folder: Path, lines: int) -> None:
    config: dict[str, Any] = copy.deepcopy(CONFIG)
    config["generation"]["patterns"][0]["template"] = "{{topic}} of {{team.name}} went well in {{month}}.\n" * lines
    configs = folder / "configs" / "content"
    configs.mkdir(parents=True)
    (configs / "team-report.json").write_text(json.dumps(config))


def _seconds(flow: Callable[[DocumentBatch], BatchResult], name: str, count: int) -> float:
    """Make so many documents and return the seconds each took."""
    folder = Path.cwd()
    items = items_file(folder / f"{name}.jsonl", name, count)
    result = flow(DocumentBatch(base_dir=folder, items_file=items, output_dir=folder, reuse=Reuse.NEVER))
    assert result.successful == count
    return result.wall_clock_seconds / count


def _measure(lines: int, count: int) -> None:
    _prepare(Path.cwd(), lines)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:  # type: ignore[no-untyped-call]
        runner = DaskTaskRunner(address=cluster.scheduler_address)
        there = documents.with_options(task_runner=runner)  # type: ignore[arg-type]  # as its caller may
        found = {}
        for name, flow in (("here", documents), ("there", there)):
            _seconds(flow, f"warm-{name}", 400)
            settle_down()
            found[name] = _seconds(flow, name, count)
            settle_down()
    answer(**found)


if __name__ == "__main__":
    _measure({"heavy": HEAVY, "light": LIGHT}[sys.argv[1]], int(sys.argv[2]))
