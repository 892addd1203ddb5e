"""Ten thousand template_fill documents: against a bare loop, against one Prefect task a document, and in memory."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from lab import Row, answer, in_child, peak_megabytes, settle_down

from tasks.models import JsonObject, Reuse

CONFIG = {
    "type": "content",
    "id": "team-report",
    "schemaRef": {"id": "content-schema", "version": "3.1"},
    "metadata": {"description": "A report for a team", "version": "1.0.0", "output_format": "markdown"},
    "elements": [{"name": "body", "format": "markdown"}],
    "generation": {
        "patterns": [
            {
                "id": "fill",
                "type": "template_fill",
                "template": "# Report for {{team.name}}\n\n" + "{{topic}} went well in {{month}}.\n" * 10,
                "generation_config": {"context": {"month": "May"}},
            }
        ]
    },
}


def rows() -> list[Row]:
    """Compare rates and memory."""
    large, small, mapped = in_child("documents.py", "batch", 10_000), in_child("documents.py", "batch", 1000), _mapped()
    rate = f"bare {large['bare'] * 1e6:.0f} µs, batch {large['each'] * 1e6:.0f} µs a document"
    peer = f"one task a document {mapped * 1e6:.0f} µs"
    memory = f"{large['megabytes']:.0f} MB / {small['megabytes']:.0f} MB"
    return [
        Row("10,000 documents: rate, against a bare loop", large["bare"] / large["each"], ">= 0.33", rate),
        Row("10,000 documents: times the rate of one task a document", mapped / large["each"], ">= 20", peer),
        Row("peak memory at 10,000, against 1,000", large["megabytes"] / small["megabytes"], "<= 1.20", memory),
    ]


def _mapped() -> float:
    return float(in_child("documents.py", "mapped", 500)["each"])


def _context(number: int) -> JsonObject:
    return {"team": {"name": f"Team {number}"}, "topic": f"Project {number}"}


def items_file(path: Path, name: str, count: int) -> Path:
    """Write down so many documents, whose values and places are told apart by their numbers."""
    lines = (
        json.dumps(
            {"content_config_id": "team-report", "context": _context(n), "output_path": f"{name}/{n % 100}/{n}.md"}
        )
        for n in range(count)
    )
    path.write_text("\n".join(lines))
    return Path(path.name)


def _bare(folder: Path, count: int) -> float:
    """Call the same generator and write the same files, with nothing around; return seconds a document."""
    from tasks.documents import template_fill
    from tasks.documents.config_models import ContentConfig
    from tasks.documents.plan import library_of

    config = library_of(str(folder)).load("team-report").config
    assert isinstance(config, ContentConfig)
    for n in range(100):
        (folder / "bare" / str(n)).mkdir(parents=True)
    started = time.perf_counter()
    for n in range(count):
        (folder / "bare" / str(n % 100) / f"{n}.md").write_text(template_fill.generate(config, _context(n)))
    return (time.perf_counter() - started) / count


def _prepare() -> Path:
    folder = Path.cwd()
    configs = folder / "configs" / "content"
    configs.mkdir(parents=True)
    (configs / "team-report.json").write_text(json.dumps(CONFIG))
    return folder


def _batch(count: int) -> None:
    from flows.documents import documents
    from tasks.documents.models import DocumentBatch

    folder = _prepare()
    warm = items_file(folder / "warm.jsonl", "warm", 100)
    documents(DocumentBatch(base_dir=folder, items_file=warm, output_dir=folder))
    bare = _bare(folder, count)
    settle_down()
    # Other values than the warm-up's and another folder than the bare loop's, so that nothing is reused.
    items = items_file(folder / "items.jsonl", "made", count)
    result = documents(DocumentBatch(base_dir=folder, items_file=items, output_dir=folder, reuse=Reuse.NEVER))
    assert result.successful == count
    answer(bare=bare, each=result.wall_clock_seconds / count, megabytes=peak_megabytes())


def _one_task_a_document(count: int) -> None:
    from prefect import Task, flow, task

    from flows.runner import EventLoopTaskRunner
    from tasks.documents import template_fill
    from tasks.documents.config_models import ContentConfig
    from tasks.documents.plan import library_of

    folder = _prepare()

    async def make(number: int) -> int:
        config = library_of(str(folder)).load("team-report").config
        assert isinstance(config, ContentConfig)
        return (folder / f"{number}.md").write_text(template_fill.generate(config, _context(number)))

    make_one: Task[Any, Any] = task(persist_result=False)(make)

    @flow(task_runner=EventLoopTaskRunner())
    def many(count: int) -> float:
        started = time.perf_counter()
        futures = make_one.map(range(count))
        for future in futures:
            future.result()
        return time.perf_counter() - started

    many(1)
    settle_down()
    answer(each=many(count) / count)


if __name__ == "__main__":
    {"batch": _batch, "mapped": _one_task_a_document}[sys.argv[1]](int(sys.argv[2]))
