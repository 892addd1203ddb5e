"""The report files of a batch, in `<output folder>/<batch_id>/` or the output folder itself when it is named so."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter

from tasks.files import write_atomically
from tasks.reports.markdown import as_markdown
from tasks.results import BatchResult

_Result = TypeAdapter(BatchResult)


def report_folder(result: BatchResult) -> Path:
    """Where a batch's reports lie."""
    folder = Path(result.output_dir)
    return folder if folder.name == result.batch_id else folder / result.batch_id


def write_reports(result: BatchResult) -> None:
    """Write `batch_summary.json` and `report.md`."""
    folder = report_folder(result)
    write_atomically(folder / "batch_summary.json", _Result.dump_json(result, indent=2))
    write_atomically(folder / "report.md", as_markdown(result).encode())
