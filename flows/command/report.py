"""`pressroom report`: make a batch's reports again, from the ledger alone."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.command import exits, options
from flows.command.paths import shown_path
from flows.command.screen import document, note, say
from tasks import words

if TYPE_CHECKING:
    from tasks.ledger.glance import BatchDocument
    from tasks.ledger.history import History
    from tasks.reports.sections import Section

File = tuple[Path, Callable[[Path], None]]
"""A file to write, and what writes it there."""

HELP = "write a batch's reports again, from what the ledger knows"
DESCRIPTION = """Write a batch's reports again, from what the ledger knows: report.html (one file with pictures),
report.md, batch_summary.json and what else the batch's kind tells of itself. Nothing is run and no server is needed.
A batch at work is reported as far as it has come."""
CLOSING_SECONDS = 30.0
"""How long the end of a run is waited for that has just closed its batch and writes its reports."""
FORMATS = ("html", "md", "json", "all")


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "report", help=HELP, description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("batch", metavar="BATCH", help="a batch id; `pressroom status` lists them")
    parser.add_argument("--format", choices=FORMATS, default="all", help="which of them to write (default: all)")
    parser.add_argument("--output", metavar="DIR", help="folder to write into (default: where the batch's reports lie)")
    options.common(parser)
    parser.set_defaults(call=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    from flows.command.ledger import looking_at
    from tasks.ledger.history import read_history
    from tasks.reports.sections import sections_of

    with looking_at(arguments.batch) as glance:
        history = read_history(glance.execute, arguments.batch, now=time.time())
        result = glance.result(arguments.batch)
        spec = glance.spec(arguments.batch)[1]
        sections = sections_of(history.kind, glance.execute, arguments.batch)
    if history.as_of is not None:
        note(f"Batch {arguments.batch} is at work: reported as far as it has come.")
    folder = Path(arguments.output).expanduser().absolute() if arguments.output else None
    files = dict(_files(history, sections, result, spec, arguments.format, folder))
    if folder is not None:
        _refuse_outputs(files, result)
    for path, write in files.items():
        write(path)
    if arguments.json:
        document({"batch_id": arguments.batch, "written": [str(path) for path in files]})
    else:
        for path in files:
            say(f"{shown_path(path)} ({words.size(path.stat().st_size)})")
    return exits.SUCCEEDED


def renewed(batch_id: str) -> list[Path]:
    """Write all reports of a batch again where they lie, after something has changed; none while it is at work.

    Whoever decides at the same time writes them too. So they are written once more when a decision has come since
    they were read, and after the run that is just closing the batch: the last to write has read all.
    """
    from flows.command.ledger import looking_at
    from tasks.ledger.batch_rows import AT_WORK
    from tasks.ledger.history import read_history
    from tasks.ledger.reviews import count_decisions
    from tasks.reports.sections import sections_of

    written: list[Path] = []
    known, until = -1, time.monotonic() + CLOSING_SECONDS
    while True:
        with looking_at(batch_id) as glance:
            if glance.batch(batch_id)["status"] in AT_WORK:
                return []
            if glance.is_held(batch_id) and time.monotonic() < until:
                time.sleep(0.1)
                continue
            decided = count_decisions(glance.execute, batch_id)
            if decided == known:
                return written
            history = read_history(glance.execute, batch_id, now=time.time())
            sections = sections_of(history.kind, glance.execute, batch_id)
            result, spec = glance.result(batch_id), glance.spec(batch_id)[1]
        files = dict(_files(history, sections, result, spec, "all", None))
        for path, write in files.items():
            write(path)
        known, written = decided, list(files)


def _files(
    history: History, sections: Sequence[Section], result: BatchDocument, spec: str, form: str, folder: Path | None
) -> Iterator[File]:
    """Say which files are asked for, and what writes each."""
    from tasks.llm.prices import cost_of
    from tasks.reports.files import paths_in, report_paths, write_html, write_markdown, write_summary
    from tasks.reports.report import report_of

    usual = report_paths(Path(history.output_dir), history.batch_id)
    paths = usual if folder is None else paths_in(folder)
    if form in ("html", "md", "all"):
        report = report_of(history, cost_of, sections)
    if form in ("html", "all"):
        yield paths.html, partial(write_html, report)
    if form in ("md", "all"):
        yield paths.markdown, partial(write_markdown, report)
    if form in ("json", "all"):
        yield paths.summary, partial(write_summary, result)
        if history.as_of is None:  # Told now, a reply would say of all that is still to come that it failed.
            yield from _replies(paths.summary.parent, result, spec)


def _replies(folder: Path, result: BatchDocument, spec: str) -> Iterator[File]:
    from tasks.models import Select
    from tasks.reports.replies import replies_in, write_reply
    from tasks.results import BatchResult
    from tasks.specs import read_stored

    for path, reply in replies_in(folder, result["kind"], result["batch_id"]):
        batch = read_stored(result["kind"], spec, Select.UNFINISHED)
        whole = BatchResult.model_validate(result)
        yield path, partial(write_reply, reply, whole, batch)


def _refuse_outputs(files: Iterable[Path], result: BatchDocument) -> None:
    """Refuse a folder in which an item of the batch has made a file of that name; where reports belong, none may."""
    from tasks.errors import fault

    wanted = {os.path.realpath(path) for path in files}
    names = {os.path.basename(path) for path in wanted}
    for one in result["results"]:
        for made in one["outputs"]:
            if os.path.basename(made["path"]) in names and os.path.realpath(made["path"]) in wanted:
                raise fault("OUTPUT_CONFLICT", item_id="The report", path=made["path"], other=one["item_id"])
