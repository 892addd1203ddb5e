"""The report files of a batch, in `<output folder>/<batch_id>/` or the output folder itself when it is named so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pydantic_core import to_json

from tasks.files import path_below, write_atomically

if TYPE_CHECKING:
    from tasks.ledger.glance import BatchDocument
    from tasks.reports.report import Report
    from tasks.results import BatchResult


class ReportPaths(NamedTuple):
    """Where the reports of a batch lie."""

    summary: Path
    markdown: Path
    html: Path


def report_paths(output_dir: Path, batch_id: str) -> ReportPaths:
    """Say where the reports of a batch lie, so that no item is written there; PATH_OUTSIDE where a link leads away."""
    return paths_in(output_dir if output_dir.name == batch_id else path_below(output_dir, batch_id))


def paths_in(folder: Path) -> ReportPaths:
    """Name the reports in a folder."""
    return ReportPaths(folder / "batch_summary.json", folder / "report.md", folder / "report.html")


def write_summary(result: BatchResult | BatchDocument, path: Path) -> None:
    """Write `batch_summary.json`, from a run's own result or from the ledger's document: they are equal."""
    write_atomically(path, to_json(result, indent=2))


def write_markdown(report: Report, path: Path) -> None:
    """Write `report.md`."""
    from tasks.reports.markdown import as_markdown

    write_atomically(path, as_markdown(report).encode(errors="replace"))


def write_html(report: Report, path: Path) -> None:
    """Write `report.html`, whose links begin where it lies."""
    from tasks.reports.html import as_html

    write_atomically(path, as_html(report, path.parent).encode(errors="replace"))
