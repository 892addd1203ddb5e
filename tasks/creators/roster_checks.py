"""What is wrong with the rows of a roster: all of it, with file, line and column.

pydantic looks at each cell. What only several rows or the database can tell, or the tables of zones and slot types,
is asked once for each different value of a column, since a hundred thousand rows hold few of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ValidationError

from tasks.complaints import nearest
from tasks.creators.roster_files import Flaw, RosterFile
from tasks.creators.roster_rows import SEGMENTS
from tasks.creators.rules import Rules
from tasks.creators.slot_types import SLOT_TYPES
from tasks.words import cut

_MONEY = ("base_price", "price", "value")
_LONGEST = 60
Finding = tuple[str, str]
"""What is wrong, and what to do."""


@dataclass
class Known:
    """Which creators there are, ids with page names: those of the files, and those of the database, asked if needed."""

    files: Sequence[RosterFile]
    ask: Callable[[], Mapping[str, str]]
    given: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        creators = (row for file in self.files if file.part.name == "creators" for row in file.rows)
        self.given = {row.get("creator_id", ""): row.get("page_name", "") for row in creators}

    @cached_property
    def stored(self) -> Mapping[str, str]:
        """Those of the database."""
        return self.ask()

    def missing(self, names: Collection[str]) -> set[str]:
        """Return the ids that nobody has."""
        unknown = set(names) - self.given.keys()
        return unknown - self.stored.keys() if unknown else unknown


def check(
    files: Sequence[RosterFile], ask: Callable[[], Mapping[str, str]], *, is_whole: bool
) -> list[list[BaseModel]]:
    """Note all that is wrong in the files' own flaws, and return their rows where nothing is.

    Unless all rows of all files could be read, nobody is said to be missing.
    """
    known = Known(files, ask)
    seen: dict[str, dict[tuple[str, ...], str]] = {}
    rows = [_validated(file) for file in files]
    for file in files:
        for find in _CHECKS.get(file.part.name, ()):
            find(file)
        for column in file.part.dates:
            _look_up(file, column, _date)
        if "slot_type" in file.part.columns:
            _look_up(file, "slot_type", _slot_type)
        _check_keys(file, file.part.key, seen.setdefault(file.part.name, {}))
        _check_creators(file, known, is_whole=is_whole)
        file.flaws.sort(key=lambda flaw: flaw.line)
    return rows


def _validated(file: RosterFile) -> list[BaseModel]:
    try:
        return file.part.rows.validate_python(file.rows)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            number, column = int(one["loc"][0]), str(one["loc"][1])
            if column not in file.columns:
                continue  # It is missing from the header, which says so once.
            file.complain(number, column, *_in_words(column, one["type"], one.get("input"), one.get("ctx", {})))
        return []


def _in_words(column: str, kind: str, given: object, said: Mapping[str, Any]) -> Finding:
    shown = repr(cut(given, _LONGEST)) if isinstance(given, str) else repr(given)
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
    return f"{shown} is no name", "A name has 1 to 200 signs, no space at its ends and no line end."


def _out_of_bounds(column: str, shown: str) -> Finding:
    if column in _MONEY:
        return f"{shown} is no amount of money, which is 0 or more", "Write it as 12 or 12.50."
    if column == "hour":
        return f"{shown} is no hour of a day", "Hours run from 0 to 23."
    if column == "performance":
        return f"{shown} is no performance", "It runs from 0 to 100."
    return f"{shown} is no number of things that can be", "It is 0 to 2,000,000,000."


def _look_up(file: RosterFile, column: str, judge: Callable[[str], Finding | None]) -> None:
    """Judge each different value of a column once, and complain of every row that has a bad one."""
    bad = {value: found for value in {row.get(column, "") for row in file.rows} - {""} if (found := judge(value))}
    for number, row in enumerate(file.rows) if bad else ():
        if (found := bad.get(row.get(column, ""))) is not None:
            file.complain(number, column, *found)


def _date(text: str) -> Finding | None:
    try:
        if len(text) == 10 and date.fromisoformat(text):
            return None
    except ValueError:
        pass
    return f"{cut(text, _LONGEST)!r} is no day", "Write it as 2030-12-31."


def _slot_type(text: str) -> Finding | None:
    if text in SLOT_TYPES:
        return None
    known = nearest(text, list(SLOT_TYPES)) or f"Known here: {', '.join(SLOT_TYPES)}."
    return f"there is no slot type {cut(text, _LONGEST)!r}", known


def _time_zone(text: str) -> Finding | None:
    try:
        ZoneInfo(text)
        return None
    except (KeyError, ValueError, OSError):  # what does not exist, what is no name, and what is a folder of names
        pass
    hint = nearest(text, sorted(available_timezones())) or "Write it as Europe/Lisbon, or UTC."
    return f"there is no time zone {cut(text, _LONGEST)!r}", hint


def _rules(text: str) -> Finding | None:
    try:
        given = json.loads(text)
        if not isinstance(given, dict):
            return "the rules are no JSON object", 'Write them as {"max_per_day": 3}.'
        Rules.model_validate(Rules().model_dump() | given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(map(str, first["loc"]))
        hint = nearest(name, list(Rules.model_fields)) if first["type"] == "extra_forbidden" else ""
        why = "there is no such rule" if first["type"] == "extra_forbidden" else first["msg"]
        return f"{name}: {why[:1].lower()}{why[1:]}", hint or "Correct that rule."
    except (ValueError, RecursionError) as error:
        return f"the rules are no JSON: {error}", 'Write them as {"max_per_day": 3}.'
    return None


def _check_owner(file: RosterFile) -> None:
    if not {"creator_id", "group"} & set(file.columns):
        file.flaws.append(Flaw(str(file.path), 1, "creator_id", "neither creator_id nor group is there", "Add one."))
        return
    for number, row in enumerate(file.rows):
        if ("creator_id" in row) == ("group" in row):
            why = "it belongs to a creator and to a group" if "group" in row else "it belongs to nobody"
            file.complain(number, "creator_id", why, "Give either creator_id or group.")


def _check_keys(file: RosterFile, key: Sequence[str], seen: dict[tuple[str, ...], str]) -> None:
    """Complain of rows whose key stands before them already."""
    if not key:
        return
    for number, row in enumerate(file.rows):
        values = tuple(row.get(column, "") for column in key)
        if not all(values):
            continue
        place = f"{file.path.name}, line {file.lines[number]}"
        if (before := seen.setdefault(values, place)) != place:
            shown = ", ".join(repr(value) for value in values)
            file.complain(number, key[0], f"{shown} stands in {before} already", "Remove one of them.")


def _check_creators(file: RosterFile, known: Known, *, is_whole: bool) -> None:
    if file.part.name == "creators":
        _check_keys(file, ("page_name",), {})
        _check_pages(file, known)
        return
    if not is_whole:
        return
    unknown = known.missing({row.get("creator_id", "") for row in file.rows} - {""})
    hints = {name: nearest(name, [*known.given, *known.stored]) for name in sorted(unknown)[:20]}
    for number, row in enumerate(file.rows) if unknown else ():
        if (name := row.get("creator_id", "")) in unknown:
            hint = hints.get(name) or "Add it to creators.csv."
            file.complain(number, "creator_id", f"there is no creator {name!r}", hint)


def _check_pages(file: RosterFile, known: Known) -> None:
    """Complain of page names that another creator has, as page or as id: a name must say who is meant."""
    stays = {page: who for who, page in known.stored.items() if who not in known.given}
    for number, row in enumerate(file.rows):
        creator_id, page = row.get("creator_id", ""), row.get("page_name", "")
        other = stays.get(page) or (page if page in known.given or page in known.stored else "")
        if page and other not in ("", creator_id):
            file.complain(number, "page_name", f"{page!r} means creator {other!r} already", "Choose another name.")


def _zones(file: RosterFile) -> None:
    _look_up(file, "time_zone", _time_zone)


def _segments(file: RosterFile) -> None:
    _look_up(file, "segment", _segment)


def _segment(text: str) -> Finding | None:
    if text in SEGMENTS:
        return None
    known = nearest(text, SEGMENTS) or f"Known here: {', '.join(SEGMENTS)}."
    return f"there is no segment {cut(text, _LONGEST)!r}", known


def _mondays(file: RosterFile) -> None:
    _look_up(file, "week_start", _monday)


def _monday(text: str) -> Finding | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None  # No day at all, which is told already.
    before = day - timedelta(days=day.weekday())
    return (f"{text!r} is no Monday", f"Weeks begin on one, such as {before}.") if day.weekday() else None


def _own_rules(file: RosterFile) -> None:
    _look_up(file, "rules", _rules)


_CHECKS: dict[str, tuple[Callable[[RosterFile], None], ...]] = {
    "creators": (_zones, _own_rules),
    "copy": (_check_owner,),
    "audience": (_segments, _mondays),
}
