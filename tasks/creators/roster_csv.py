"""A roster as four CSV files: creators.csv, copy.csv, performance.csv, audience.csv, or any of them.

All of it is imported, or nothing: whatever is wrong is found first, in all files. Importing again updates what is
there, column by column that the file has; samples of a creator's hour, slot type and copy are replaced by the file's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from pydantic import BaseModel

from tasks import words
from tasks.complaints import Problem
from tasks.creators.roster_checks import check
from tasks.creators.roster_files import Flaw, RosterFile, as_csv, find_files, read_file
from tasks.creators.roster_rows import PARTS, stored
from tasks.creators.store import Execute, all_rows
from tasks.errors import PressroomError, fault
from tasks.files import write_atomically
from tasks.settings import settings

SHOWN = 20
"""Errors that are shown; the rest is counted."""


@dataclass(frozen=True)
class Imported:
    """How many rows of each file were imported."""

    counts: dict[str, int]


def import_roster(given: Path | Sequence[Path], *, today: date | None = None) -> Imported:
    """Import a folder or files; CSV_INVALID with what is wrong, and then nothing is.

    `today` is the day from which samples are seen; by default, and at least, it is that of this machine.
    """
    from tasks.creators.pool import pool
    from tasks.creators.store_roster import Saving, save_roster

    execute = pool().execute
    files, flaws, rows = _read(given, lambda: _creators(execute), lambda: _owners(execute), today)
    if flaws:
        raise _refusal(given, flaws)
    save_roster([Saving(file.part, tuple(file.columns), of) for file, of in zip(files, rows, strict=True)])
    counts = dict.fromkeys((file.part.name for file in files), 0)
    for file in files:
        counts[file.part.name] += len(file.rows)
    return Imported(counts)


def check_roster(given: Path | Sequence[Path], *, today: date | None = None) -> list[Problem]:
    """Return what is wrong with a roster, without importing it and without loading what takes time."""
    try:
        _, flaws, _ = _read(given, partial(_at_a_glance, _creators), partial(_at_a_glance, _owners), today)
    except PressroomError as error:
        return [Problem.of(error, str(given))]
    found = [
        Problem(one.code, f"{one}", one.hint or "Correct that cell.", one.file, one.line or None, one.column)
        for one in flaws[:SHOWN]
    ]
    if len(flaws) > SHOWN:
        more = f"{words.count(len(flaws) - SHOWN, 'more error')} in the roster."
        found.append(Problem("CSV_INVALID", more, "Correct those that are shown first.", flaws[SHOWN].file))
    return found


def export_roster(execute: Execute, folder: Path) -> dict[str, int]:
    """Write the four files into a folder and return how many rows each has."""
    rows = {name: [_row(row, part.columns) for row in all_rows(execute, part)] for name, part in PARTS.items()}
    write_roster(rows, folder)
    return {name: len(of) for name, of in rows.items()}


def write_roster(rows: Mapping[str, Sequence[Mapping[str, object]]], folder: Path) -> Path:
    """Write rows, by file, into a folder and return it."""
    for name, part in PARTS.items():
        write_atomically(folder / f"{name}.csv", as_csv(part, rows[name]))
    return folder


def _row(row: Mapping[str, object], columns: Sequence[str]) -> dict[str, object]:
    known = {column: row[stored(column)] for column in columns}
    return known | ({"is_active": bool(known["is_active"])} if "is_active" in known else {})


def _read(
    given: Path | Sequence[Path],
    ask: Callable[[], Mapping[str, str]],
    owners: Callable[[], Mapping[str, str]],
    today: date | None,
) -> tuple[list[RosterFile], list[Flaw], list[list[BaseModel]]]:
    read = [read_file(path) for path in find_files(given)]
    files = [one for one in read if isinstance(one, RosterFile)]
    lost = [Path(one.file).stem for one in read if isinstance(one, Flaw)]
    # A file whose name says nothing may be one of creators.
    is_whole = all(name in PARTS and name != "creators" for name in lost)
    rows = check(files, ask, max(today or date.min, date.today()), owners=owners, is_whole=is_whole)
    flaws = [flaw for one in read for flaw in ([one] if isinstance(one, Flaw) else one.flaws)]
    return files, flaws, rows


def _refusal(given: Path | Sequence[Path], flaws: Sequence[Flaw]) -> PressroomError:
    path = str(given if isinstance(given, Path) else ", ".join(dict.fromkeys(flaw.file for flaw in flaws)))
    shown = "".join(f"\n  {flaw}{f' {flaw.hint}' * flaw.hint.endswith('?')}" for flaw in flaws[:SHOWN])
    more = f"\n  and {len(flaws) - SHOWN:,} more" if len(flaws) > SHOWN else ""
    return fault(
        "CSV_INVALID",
        path=path,
        errors=words.count(len(flaws), "error"),
        first=shown + more,
        hint="Correct the files, then import them again.",
    )


def _creators(execute: Execute) -> dict[str, str]:
    return {row["creator_id"]: row["page_name"] for row in execute("SELECT creator_id, page_name FROM creator", ())}


def _owners(execute: Execute) -> dict[str, str]:
    """Return by text which creator or group it belongs to."""
    query = "SELECT copy_id, creator_id, group_name FROM creator_copy"
    return {row["copy_id"]: row["creator_id"] or row["group_name"] for row in execute(query, ())}


def _at_a_glance(ask: Callable[[Execute], dict[str, str]]) -> dict[str, str]:
    with _looking() as execute:
        return ask(execute) if execute is not None else {}


@contextmanager
def _looking() -> Iterator[Execute | None]:
    if settings().ledger_url:
        from tasks.creators.pool import pool

        yield pool().execute
        return
    from tasks.ledger.glance import glancing

    with glancing(settings().ledger_path, patience=settings().ledger_patience_seconds) as glance:
        yield glance.execute if glance is not None else None
