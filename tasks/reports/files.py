"""The report files of a batch, in `<output folder>/<batch_id>/` or the output folder itself when it is named so."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter

from tasks.files import write_atomically
from tasks.reports.markdown import as_markdown
from tasks.results import BatchResult

_Result = TypeAdapter(BatchResult)


class ReportPaths(NamedTuple):
    """Where the reports of a batch lie."""

    summary: Path
    markdown: Path
    html: Path


def report_paths(output_dir: Path, batch_id: str) -> ReportPaths:
    """Say where the reports of a batch lie, so that no item is written there."""
    folder = output_dir if output_dir.name == batch_id else output_dir / batch_id
    return ReportPaths(folder / "batch_summary.json", folder / "report.md", folder / "report.html")


def write_reports(result: BatchResult) -> None:
    """Write `batch_summary.json` and `report.md`."""
    paths = report_paths(Path(result.output_dir), result.batch_id)
    write_atomically(paths.summary, _Result.dump_json(result, indent=2))
    write_atomically(paths.markdown, as_markdown(result).encode())
