"""What is wrong with the rows of a roster: all of it, with file, line and column.

pydantic looks at each cell. What only several rows or the database can tell, or the tables of zones and slot types,
is asked once for each different value of a column, since a hundred thousand rows hold few of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ValidationError

from tasks.complaints import nearest
from tasks.creators.roster_files import RosterFile
from tasks.creators.roster_values import LONGEST, Finding, Judge, judges_of
from tasks.words import cut

_ID = "An id has 1 to 60 letters, digits, _ . @ + and -, no spaces, and begins with neither . nor -."
_MONEY = ("base_price", "price", "value")


@dataclass
class Known:
    """Which creators there are, ids with page names: those of the files, and those of the database, asked if needed."""

    files: Sequence[RosterFile]
    ask: Callable[[], Mapping[str, str]]
    is_whole: bool
    """Whether there is no file of creators that is lost, or whose end or ids are."""
    given: dict[str, str] = field(init=False)
    unread: set[str] = field(init=False)
    """What stands in rows that could not be read: anybody in it may be a creator."""

    def __post_init__(self) -> None:
        files = [file for file in self.files if file.part.name == "creators"]
        self.given = {row.get("creator_id", ""): row.get("page_name", "") for file in files for row in file.rows}
        self.unread = {cell for file in files for cell in file.unread}
        self.is_whole &= not any(file.is_cut or "creator_id" in file.unjudged for file in files)

    @cached_property
    def stored(self) -> Mapping[str, str]:
        """Those of the database."""
        return self.ask()

    def missing(self, names: Collection[str]) -> set[str]:
        """Return the ids that nobody has, as far as that can be told."""
        if not self.is_whole:
            return set()
        unknown = set(names) - self.given.keys() - self.unread
        return unknown - self.stored.keys() if unknown else unknown


def check(
    files: Sequence[RosterFile],
    ask: Callable[[], Mapping[str, str]],
    today: date,
    *,
    owners: Callable[[], Mapping[str, str]],
    is_whole: bool,
) -> list[list[BaseModel]]:
    """Note all that is wrong in the files' own flaws, and return their rows where nothing is.

    What only follows from something else that is wrong is not noted: a cell of a column that is missing, or a creator
    whose row could not be read. `owners` says whose each text of the database is, creator or group; `is_whole`, that no
    file of creators is lost.
    """
    known = Known(files, ask, is_whole)
    judges = judges_of(today)
    seen: dict[str, dict[tuple[str, ...], str]] = {}
    rows = [_validated(file) for file in files]
    for file in files:
        for column, judge in judges.items():
            if column in file.part.columns:
                _look_up(file, column, judge)
        if file.part.name == "copy":
            _check_owner(file)
            _check_moves(file, owners())
        _check_keys(file, file.part.key, seen.setdefault(file.part.name, {}))
        _check_creators(file, known)
        file.flaws.sort(key=lambda flaw: flaw.line)
    return rows


def _validated(file: RosterFile) -> list[BaseModel]:
    try:
        return file.part.rows.validate_python(file.rows)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            number, column = int(one["loc"][0]), str(one["loc"][1])
            file.complain(number, column, *_in_words(column, one["type"], one.get("input"), one.get("ctx", {})))
        return []


def _in_words(column: str, kind: str, given: object, said: Mapping[str, Any]) -> Finding:
    shown = repr(cut(given, LONGEST)) if isinstance(given, str) else repr(given)
    if kind == "missing":
        return "it is empty", "Fill it in."
    if kind in ("greater_than_equal", "less_than_equal"):
        return _out_of_bounds(column, shown)
    if kind.startswith("int"):
        return f"{shown} is not a whole number", "Write digits only."
    if kind.startswith(("float", "finite")):
        return f"{shown} is not a number", "Write it as 12 or 12.50, with a point."
    if kind.startswith("bool"):
        return f"{shown} is neither true nor false", "Write true or false."
    if column == "creator_id":
        return f"{shown} could not be the name of a file", _ID
    return f"{shown} is no name", "A name has 1 to 200 signs, no space at its ends and no line end."


def _out_of_bounds(column: str, shown: str) -> Finding:
    if column in _MONEY:
        return f"{shown} is no amount of money, which is 0 or more", "Write it as 12 or 12.50."
    if column == "hour":
        return f"{shown} is no hour of a day", "Hours run from 0 to 23."
    if column == "performance":
        return f"{shown} is no performance, which is 0 to 100", "Write it as 50 or 62.5."
    return f"{shown} is no number of things that can be", "It is 0 to 2,000,000,000."


def _look_up(file: RosterFile, column: str, judge: Judge) -> None:
    """Judge each different value of a column once, and complain of every row that has a bad one."""
    bad = {value: found for value in {row.get(column, "") for row in file.rows} - {""} if (found := judge(value))}
    for number, row in enumerate(file.rows) if bad else ():
        if (found := bad.get(row.get(column, ""))) is not None:
            file.complain(number, column, *found)


def _check_owner(file: RosterFile) -> None:
    if not file.tells({"creator_id", "group"}):
        return
    if not {"creator_id", "group"} & set(file.columns):
        file.complain_of_header("creator_id", "neither creator_id nor group is there", "Add one of them.")
        return
    for number, row in enumerate(file.rows):
        if ("creator_id" in row) == ("group" in row):
            why = "it belongs to a creator and to a group" if "group" in row else "it belongs to nobody"
            file.complain(number, "creator_id", why, "Give either creator_id or group.")


def _check_moves(file: RosterFile, owners: Mapping[str, str]) -> None:
    """Complain of texts that are somebody else's in the database: an import would take them away."""
    for number, row in enumerate(file.rows):
        owner, mine = owners.get(row.get("copy_id", "")), row.get("creator_id") or row.get("group")
        if owner and mine and owner != mine:
            why = f"{row['copy_id']!r} is a text of {owner!r} already"
            file.complain(number, "copy_id", why, "Give this text an id of its own.")


def _check_keys(file: RosterFile, key: Sequence[str], seen: dict[tuple[str, ...], str]) -> None:
    """Complain of rows whose key stands before them already."""
    if not key or file.unjudged & set(key):
        return
    for number, row in enumerate(file.rows):
        values = tuple(row.get(column, "") for column in key)
        if not all(values):
            continue
        place = f"{file.path.name}, line {file.lines[number]}"
        if (before := seen.setdefault(values, place)) != place:
            shown = ", ".join(repr(value) for value in values)
            file.complain(number, key[0], f"{shown} stands in {before} already", "Remove one of them.")


def _check_creators(file: RosterFile, known: Known) -> None:
    if file.part.name == "creators":
        _check_keys(file, ("page_name",), {})
        _check_pages(file, known)
        return
    unknown = known.missing({row.get("creator_id", "") for row in file.rows} - {""})
    hints = {name: nearest(name, [*known.given, *known.stored]) for name in sorted(unknown)[:20]}
    for number, row in enumerate(file.rows) if unknown else ():
        if (name := row.get("creator_id", "")) in unknown:
            hint = hints.get(name) or "Add it to creators.csv."
            file.complain(number, "creator_id", f"there is no creator {name!r}", hint)


def _check_pages(file: RosterFile, known: Known) -> None:
    """Complain of page names that another creator has, as page or as id: a name must say who is meant."""
    if not known.is_whole:
        return
    stays = {page: who for who, page in known.stored.items() if who not in known.given.keys() | known.unread}
    for number, row in enumerate(file.rows):
        creator_id, page = row.get("creator_id", ""), row.get("page_name", "")
        other = stays.get(page) or (page if page in known.given or page in known.stored else "")
        if page and other not in ("", creator_id):
            file.complain(number, "page_name", f"{page!r} means creator {other!r} already", "Choose another name.")
