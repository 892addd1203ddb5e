"""Documents made by two processes of a Dask cluster, against the flow's own process: heavy ones and light ones."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from documents import CONFIG
from lab import Row, answer, in_child, settle_down

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


def _config(folder: Path, lines: int) -> None:
    configs = folder / "configs" / "content"
    configs.mkdir(parents=True)
    text = json.dumps(CONFIG).replace("team-report", "report")
    whole = json.loads(text)
    whole["generation"]["patterns"][0]["template"] = "{{topic}} of {{team.name}} went well in {{month}}.\n" * lines
    (configs / "report.json").write_text(json.dumps(whole))


def _measure(lines: int, count: int) -> None:
    from distributed import LocalCluster
    from prefect_dask.task_runners import DaskTaskRunner

    from flows.documents import documents
    from tasks.documents.models import DocumentBatch, Operation
    from tasks.models import Reuse

    folder = Path.cwd()
    _config(folder, lines)

    def seconds(flow: object, name: str, count: int) -> float:
        asked = [
            Operation(
                content_config_id="report",
                context={"team": {"name": f"Team {n}"}, "topic": f"Project {n}"},
                output_path=f"{name}/{n % 100}/{n}.md",
            )
            for n in range(count)
        ]
        batch = DocumentBatch(base_dir=folder, operations=asked, output_dir=folder, reuse=Reuse.NEVER)
        assert callable(flow)
        result = flow(batch)
        assert result.successful == count
        return float(result.wall_clock_seconds) / count

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:  # type: ignore[no-untyped-call]
        runner = DaskTaskRunner(address=cluster.scheduler_address)
        there = documents.with_options(task_runner=runner)  # type: ignore[arg-type]  # as its caller may
        found = {}
        for name, flow in (("here", documents), ("there", there)):
            seconds(flow, f"warm-{name}", 400)
            settle_down()
            found[name] = seconds(flow, name, count)
            time.sleep(1)
    answer(**found)


if __name__ == "__main__":
    _measure({"heavy": HEAVY, "light": LIGHT}[sys.argv[1]], int(sys.argv[2]))
