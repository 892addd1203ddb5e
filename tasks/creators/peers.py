"""What similar creators' posts brought, summed up so that nobody can tell whose they were.

A table serves all creators of a niche, or of a tier where the niche has too few; each gets it without his own share.
It is kept for half an hour, since what others bring changes while a long batch runs.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from threading import Lock
from time import monotonic
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from tasks.creators import store_reading
from tasks.creators.context import PeerValue, Profile, Sample
from tasks.creators.rules import Tier
from tasks.creators.store import Execute
from tasks.shape import slim

KEPT_SECONDS = 1_800.0
MOST_PEERS = 20
"""Creators that one is compared with at most."""
FEWEST_PEERS = 2
"""Others that a niche must have for it to be more telling than the tier."""
WEEKS = 12
READ_AT_ONCE = 25
"""Creators whose samples are read with one question: a thousand rows each are no rarity."""
_DIGITS = 9


class Cell(NamedTuple):
    """A slot type at an hour of a weekday."""

    slot_type: str
    hour: int
    weekday: int


class Likeness(NamedTuple):
    """What peers have in common: `niche` or `tier`, and which."""

    by: str
    which: str


Sums = tuple[int, float, float]
"""How many values, the sum of log(1 + value / level), and that of its squares."""
_NOTHING: Sums = (0, 0.0, 0.0)


@dataclass
class PeerTable:
    """The sums of all creators of one likeness in order of the cells, and who they are."""

    members: set[str] = field(default_factory=set)
    cells: dict[Cell, Sums] = field(default_factory=dict)

    def without(self, creator_id: str, own: Iterable[Sample]) -> list[PeerValue]:
        """Return the sums of all but one, whose samples these are."""
        is_in = creator_id in self.members
        mine = _sums_of((one.posted_on, one.hour, one.slot_type, one.value) for one in own if is_in)
        made = []
        for cell, (count, total, squares) in self.cells.items():
            number, less, less_squares = mine.get(cell, _NOTHING)
            if count > number:
                # Rounded, because taking away what was added leaves a trace of it.
                made.append(
                    {
                        "slot_type": cell.slot_type,
                        "hour": cell.hour,
                        "weekday": cell.weekday,
                        "count": count - number,
                        "log_sum": round(total - less, _DIGITS),
                        "log_square_sum": round(max(0.0, squares - less_squares), _DIGITS),
                    }
                )
        return [slim(one) for one in _values().validate_python(made)]


@cache
def _values() -> TypeAdapter[list[PeerValue]]:
    """What makes many at once, in a quarter of the time that one after the other takes."""
    return TypeAdapter(list[PeerValue])


class Peers:
    """The tables of a process."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._tables: dict[tuple[Likeness, date], tuple[float, PeerTable]] = {}

    def warm(self, execute: Execute, profiles: Sequence[Profile], week: date) -> None:
        """Read the tables that these creators are compared with, where they are not there or too old."""
        with self._lock:
            self._find(execute, profiles, week)

    def of(self, execute: Execute, profile: Profile, own: Sequence[Sample], week: date) -> list[PeerValue]:
        """Return what a creator's peers' posts brought in the weeks before; `own` are his samples of these weeks."""
        with self._lock:
            (likeness,) = self._find(execute, [profile], week)
            table = self._tables[likeness, week][1]
        return table.without(profile.creator_id, own)

    def _find(self, execute: Execute, profiles: Sequence[Profile], week: date) -> list[Likeness]:
        self._read(execute, {Likeness("niche", profile.niche) for profile in profiles if profile.niche}, week)
        chosen = [self._niche_of(profile, week) for profile in profiles]
        self._read(execute, {one for one in chosen if one.by == "tier"}, week)
        return chosen

    def _niche_of(self, profile: Profile, week: date) -> Likeness:
        niche = Likeness("niche", profile.niche)
        if profile.niche and len(self._tables[niche, week][1].members - {profile.creator_id}) >= FEWEST_PEERS:
            return niche
        return Likeness("tier", profile.tier.value)

    def _read(self, execute: Execute, wanted: Collection[Likeness], week: date) -> None:
        now = self._clock()
        self._tables = {key: kept for key, kept in self._tables.items() if now - kept[0] < KEPT_SECONDS}
        missing = [one for one in sorted(wanted) if (one, week) not in self._tables]
        if not missing:
            return
        alike = _alike(store_reading.kinds_of_creators(execute), missing)
        sums = _sums_by_creator(execute, {creator_id for members in alike.values() for creator_id in members}, week)
        for one in missing:
            self._tables[one, week] = (now, _table({name: sums[name] for name in alike[one] if sums.get(name)}))


def _sums_by_creator(execute: Execute, ids: Collection[str], week: date) -> dict[str, dict[Cell, Sums]]:
    """Sum up each creator's samples of the weeks before; a few creators' rows are held at a time, not all."""
    found: dict[str, dict[Cell, Sums]] = {}
    names = sorted(ids)
    for first in range(0, len(names), READ_AT_ONCE):
        some = names[first : first + READ_AT_ONCE]
        by_creator = defaultdict(list)
        for row in store_reading.sample_rows(execute, some, week - timedelta(weeks=WEEKS), week):
            posted_on = date.fromisoformat(row["posted_on"])
            by_creator[row["creator_id"]].append((posted_on, row["hour"], row["slot_type"], row["value"]))
        found |= {creator_id: _sums_of(samples) for creator_id, samples in by_creator.items()}
    return found


def _alike(rows: Iterable[Any], wanted: Sequence[Likeness]) -> dict[Likeness, list[str]]:
    found: dict[Likeness, list[str]] = {one: [] for one in wanted}
    for row in sorted(rows, key=lambda row: str(row["creator_id"])):
        for one in (Likeness("niche", row["niche"]), Likeness("tier", Tier.of(row["audience_size"]).value)):
            if len(found.get(one, ())) < MOST_PEERS:
                found.get(one, []).append(row["creator_id"])
    return found


def _table(sums: dict[str, dict[Cell, Sums]]) -> PeerTable:
    found: dict[Cell, Sums] = {}
    for cells in sums.values():
        for cell, one in cells.items():
            found[cell] = _added(found.get(cell, _NOTHING), one)
    return PeerTable(set(sums), dict(sorted(found.items())))


def _sums_of(samples: Iterable[tuple[date, int, str, float]]) -> dict[Cell, Sums]:
    """Sum up one creator's samples, each by how it compares with his own mean; nothing where that is nothing."""
    known = list(samples)
    level = math.fsum(value for *_, value in known) / len(known) if known else 0.0
    found: dict[Cell, Sums] = {}
    for posted_on, hour, slot_type, value in known if level > 0 else ():
        seen = math.log1p(max(0.0, value) / level)
        cell = Cell(slot_type, hour, posted_on.weekday())
        found[cell] = _added(found.get(cell, _NOTHING), (1, seen, seen * seen))
    return found


def _added(one: Sums, other: Sums) -> Sums:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]
