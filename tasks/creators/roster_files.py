"""Reading and writing the files of a roster as texts: header, delimiter, lines. What the cells mean is checked later.

A cell is taken as it is. One that begins with `=`, `+`, `-` or `@`, which a spreadsheet would take for a formula,
is neither refused nor changed, because a text that begins so is a text, and must come back as it was.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tasks.complaints import nearest
from tasks.creators.roster_rows import PARTS, Part
from tasks.errors import PressroomError, fault
from tasks.files import read_text

MAX_BYTES = 500_000_000


@dataclass
class Flaw:
    """One thing that is wrong with a file, and where."""

    file: str
    line: int
    column: str
    why: str
    hint: str = ""
    code: str = "CSV_INVALID"

    @classmethod
    def of(cls, error: PressroomError, path: Path) -> Flaw:
        """Describe a file that cannot be read at all."""
        return cls(str(path), 0, "", error.message, error.remedy, error.code)

    def __str__(self) -> str:
        place = [Path(self.file).name] + ([f"line {self.line}"] if self.line else [])
        return f"{', '.join(place + [self.column] * bool(self.column))}: {self.why}{'.' * (self.why[-1:] not in '.?')}"


@dataclass
class RosterFile:
    """A file as it was read: each row by column, without its empty cells, and the line on which it begins."""

    path: Path
    part: Part
    columns: list[str] = field(default_factory=list)
    rows: list[dict[str, str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    flaws: list[Flaw] = field(default_factory=list)
    unjudged: set[str] = field(default_factory=set)
    """Columns that are missing or there more than once: of their cells nothing can be said."""
    has_strangers: bool = False
    """Whether there are columns that nobody knows, one of which may be meant for another."""
    unread: list[str] = field(default_factory=list)
    """The cells of rows that have too many or too few."""
    is_cut: bool = False
    """Whether reading ended before the file."""

    def tells(self, columns: Set[str]) -> bool:
        """Say whether it can be told what a row has in these columns, and that it has nothing there."""
        return not columns & self.unjudged and (not self.has_strangers or columns <= set(self.columns))

    def complain(self, number: int, column: str, why: str, hint: str = "") -> None:
        """Note what is wrong with a row."""
        if column not in self.unjudged:
            self._note(self.lines[number], column, why, hint)

    def complain_of_header(self, column: str, why: str, hint: str) -> None:
        """Note what is wrong with a column."""
        self._note(1, column, why, hint)

    def _note(self, line: int, column: str, why: str, hint: str) -> None:
        self.flaws.append(Flaw(str(self.path), line, column, why, hint))


def find_files(given: Path | Sequence[Path]) -> list[Path]:
    """Return the files of a roster: those of a folder that have one of the four names, or those that are given."""
    paths = [given] if isinstance(given, Path) else list(given)
    found = []
    for path in paths:
        inside = [path / f"{name}.csv" for name in PARTS] if path.is_dir() else [path]
        found += [one for one in inside if one.exists() or not path.is_dir()]
    if not found:
        wanted = ", ".join(f"{name}.csv" for name in PARTS)
        raise fault(
            "CSV_INVALID", path=str(paths[0]), errors="no roster is there", first="", hint=f"It may hold {wanted}."
        )
    return found


def read_file(path: Path) -> RosterFile | Flaw:
    """Read a file; a flaw where it is none of the four at all."""
    try:
        text = read_text(path, limit=MAX_BYTES)
    except PressroomError as error:
        return Flaw.of(error, path)
    if (at := text.find("\0")) >= 0:
        return Flaw(str(path), text.count("\n", 0, at) + 1, "", "a NUL character", "Remove it; no text may hold one.")
    head = text.partition("\n")[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = next(reader, [])
    except csv.Error as error:
        return Flaw(str(path), reader.line_num, "", str(error))
    part = _part_of(path, header)
    if part is None:
        known = "; ".join(f"{name}.csv: {', '.join(sorted(part.required))}" for name, part in PARTS.items())
        return Flaw(str(path), 1, "", "its columns are those of none of the four files", f"They need, {known}.")
    file = RosterFile(path, part, columns=header)
    _check_header(file)
    _read_rows(file, reader)
    return file


def as_csv(part: Part, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Write rows as a file that reads back as the same rows."""
    # The line ends of RFC 4180: with others, csv would not quote a carriage return inside a text.
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(part.columns)
    writer.writerows([_cell(row[column]) for column in part.columns] for row in rows)
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def _part_of(path: Path, header: Sequence[str]) -> Part | None:
    """Tell which file it is: by its name, or else by its columns."""
    fitting = [part for part in PARTS.values() if part.required <= set(header)]
    return PARTS.get(path.stem) or next(iter(fitting), None)


def _check_header(file: RosterFile) -> None:
    known = file.part.columns
    for column in file.columns:
        if column not in known:
            hint = nearest(column, known) or f"Known here: {', '.join(known)}."
            file.complain_of_header(column, f"there is no column {column!r}", hint)
            file.has_strangers = True
    for column in sorted({column for column in file.columns if file.columns.count(column) > 1}):
        file.complain_of_header(column, f"column {column!r} is there more than once", "Remove one of them.")
        file.unjudged.add(column)
    for column in sorted(file.part.required - set(file.columns)):
        file.complain_of_header(column, f"column {column!r} is missing", "Add it.")
        file.unjudged.add(column)


def _read_rows(file: RosterFile, reader: Any) -> None:
    columns, width = file.columns, len(file.columns)
    for begins, cells in _records(file, reader):
        if len(cells) == width:
            # An empty cell is one that is not given.
            file.rows.append({column: cell for column, cell in zip(columns, cells, strict=True) if cell})
            file.lines.append(begins)
        elif cells:
            why = f"{len(cells)} cells where the header has {width}"
            file.flaws.append(Flaw(str(file.path), begins, "", why, "Quote a cell that holds a comma or a line end."))
            file.unread += cells


def _records(file: RosterFile, reader: Any) -> Iterator[tuple[int, list[str]]]:
    while True:
        begins: int = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            hint = "What follows in the file was not read; a text that holds a quote has it twice."
            file.flaws.append(Flaw(str(file.path), begins, "", str(error), hint))
            file.is_cut = True
            return
        if cells is None:
            return
        yield begins, cells
