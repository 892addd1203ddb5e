"""Running a batch from the command line: say what was read, start Prefect, show progress, return what became of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.command.interrupts import interruptible
from flows.command.ledger import result_of
from flows.command.paths import shown_path
from flows.command.screen import note
from flows.command.watch import Watch
from tasks import words
from tasks.errors import BatchFailed, PressroomError
from tasks.specs import kind_spec, output_folder

if TYPE_CHECKING:
    from tasks.ledger.glance import BatchDocument
    from tasks.models import BatchOptions
    from tasks.results import BatchResult

# Prefect's lines would tear the view; the server still gets them.
QUIET = {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL"}


@dataclass
class Ran:
    """A batch that was run, and what this run itself has made."""

    result: BatchDocument
    watch: Watch
    interrupted: bool = False
    fault: PressroomError | None = None


def run_batch(kind: str, batch: BatchOptions, *, read_from: str, verbose: bool) -> Ran:
    """Run a batch under the eyes of whoever sits at the terminal.

    What keeps the batch from being run at all is raised; once it runs, the result says what happened.
    """
    _announce(kind, batch, read_from)
    watch = Watch()
    try:
        with interruptible(lambda: _say_stopping(watch)), shown(watch, "Starting Prefect ...", verbose=verbose):
            result = _call(kind, batch, watch, verbose=verbose)
    except BaseException as error:
        return _after(error, batch.batch_id or "", watch)
    return Ran(result, watch)


def _announce(kind: str, batch: BatchOptions, read_from: str) -> None:
    number = kind_spec(kind).size_of(batch)
    note(f"{kind}: {words.count(number, 'item')} from {read_from}")
    note(f"batch {batch.batch_id} -> {shown_path(output_folder(batch))}")


def _call(kind: str, batch: BatchOptions, watch: Watch, *, verbose: bool) -> BatchDocument:
    if not verbose:
        for name, value in QUIET.items():
            os.environ.setdefault(name, value)
    from flows.command.server import connected, start_early

    server = start_early()
    from flows import generate  # Loads Prefect, which takes some seconds.
    from tasks.notices import heard

    with connected(server), heard(_tell):
        return _as_document(generate.run_batch(kind, batch, watch.hear))


def _tell(text: str) -> None:
    note(f"⚠️  {text[:1].upper()}{text[1:]}")


def _after(error: BaseException, batch_id: str, watch: Watch) -> Ran:
    """Say how a run ended that raised."""
    if isinstance(error, BatchFailed) and error.result is not None:
        return Ran(_as_document(error.result), watch)
    if watch.progress is None:
        raise error  # It never began: there is nothing to sum up.
    if isinstance(error, Exception):
        if not isinstance(error, PressroomError):
            raise error
        return Ran(result_of(batch_id), watch, fault=error)
    return Ran(result_of(batch_id), watch, interrupted=True)


def _as_document(result: BatchResult) -> BatchDocument:
    document: BatchDocument = result.model_dump(mode="json")  # type: ignore[assignment]  # a test holds them equal
    return document


@contextmanager
def shown(watch: Watch, waiting_for: str, *, verbose: bool) -> Iterator[None]:
    """Show a batch while it runs: live on a terminal, else as lines. `waiting_for` is said before it begins."""
    if sys.stderr.isatty() and not verbose:
        from flows.command.live import LiveView

        with LiveView(watch, waiting_for):
            yield
        return
    from flows.command.lines import PlainLines

    note(waiting_for)
    with PlainLines(watch):
        yield


def _say_stopping(watch: Watch) -> None:
    watch.stopping = True
    if not sys.stderr.isatty():
        note("Stopping: what runs is ended, what is finished is kept. Ctrl-C again leaves at once.")
