"""A batch's roster: which items it consists of, which of them are to run now, and what the others have made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, bindparam, false, insert, literal_column, null, select, update
from sqlmodel import SQLModel

from tasks.ledger.away import redone
from tasks.ledger.database import Database
from tasks.ledger.standing import Standing
from tasks.ledger.tables import BatchRow, ItemRow
from tasks.ledger.waits import Waits
from tasks.models import ItemStatus, Priority, Select

_BATCHES, _ITEMS = (SQLModel.metadata.tables[str(row.__tablename__)] for row in (BatchRow, ItemRow))
# As SQL and not as values, which would be bound for each row.
_NOTHING: Any = literal_column("'[]'")
_PENDING: Any = literal_column("'pending'")
_FRESH: dict[str, Any] = {
    "status": _PENDING,
    "outputs": _NOTHING,
    "transient": false(),
    "reused": false(),
    "attempts": literal_column("0"),
    "duration_seconds": literal_column("0.0"),
    "kept_back": false(),
}
_REOPENED: dict[str, Any] = {
    "status": _PENDING,
    "error_code": null(),
    "error_message": null(),
    "remedy": null(),
    "transient": false(),
    # What it came to before is gone; one that is cancelled now has no files, and was not reused.
    "outputs": _NOTHING,
    "reused": false(),
    "warnings": null(),
    "lane_group": null(),
    "kept_back": false(),
}
_PLAIN = Waits()


@dataclass
class Roster:
    """What enrolling found: positions to run, and of the rest the statuses and the files they made."""

    began: float = 0.0
    """When this run of the batch began, in seconds since the epoch; the items to run wait since then."""
    wanted: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    """Positions of those that are not to run because they have failed; a person may yet want them tried again."""
    statuses: Counter[ItemStatus] = field(default_factory=Counter)
    made: dict[str, str] = field(default_factory=dict)
    left: dict[str, ItemStatus] = field(default_factory=dict)
    """How those stand that are not to run, by name."""
    asked: dict[str, Priority] = field(default_factory=dict)
    """What people have made of the urgency of items, by name."""


@redone
def enroll(
    ledger: Database,
    batch_id: str,
    payloads: Sequence[tuple[str, str]],
    selected: Select,
    waits: Mapping[str, Waits] = MappingProxyType({}),
    mended: Set[str] = frozenset(),
    *,
    keeps_made: bool = False,
) -> Roster:
    """Write down a batch's items, given as (item_id, payload hash), and say which to run.

    What is done stays done unless the spec changed what was asked for or an output is gone; what failed stays so
    unless with a code that the spec has `mended`. Where a run `keeps_made`, what came out and is there stays done
    whatever the spec asks for; that is written down, lest a resume by this spec makes it again. Rows of items that a
    changed spec no longer names are dropped, so that counts speak of the batch as it is now. What a person has made of
    an item's urgency stands, however often and with whatever spec the batch is run again.
    """
    with ledger.transaction() as connection:
        known = dict(_known(connection, batch_id))
        changes = _Changes(batch_id, _began(connection, batch_id), set(known) - {item_id for item_id, _ in payloads})
        roster = Roster(began=changes.began)
        for position, (item_id, payload) in enumerate(payloads):
            before, wait = known.get(item_id), waits.get(item_id, _PLAIN)
            if before is not None and before.asked_priority:
                roster.asked[item_id] = Priority(before.asked_priority)
            is_kept = before is not None and (before.payload == payload or (keeps_made and before.is_made))
            if before is not None and is_kept and (before.position, before.payload) != (position, payload):
                changes.moved.append((item_id, position, payload))
            if before is None or not is_kept:
                changes.begin(item_id, position, payload, wait, before)
            elif before.is_wanted(selected, mended):
                changes.reopen(item_id, wait)
            else:
                _leave(roster, item_id, before)
                if before.status is ItemStatus.FAILED:
                    roster.failed.append(position)
                if before.status is ItemStatus.RUNNING:
                    # Left so by a run that was killed; nothing runs it now.
                    changes.reopen(item_id, wait, waits_now=False)
                continue
            roster.wanted.append(position)
        changes.write(ledger, connection)
    return roster


def _known(connection: Connection, batch_id: str) -> Iterator[tuple[str, Standing]]:
    c = _ITEMS.c
    named = (c.payload, c.status, c.position, c.outputs, c.error_code, c.asked_priority, c.asked_at)
    query = select(c.item_id, *named).where(c.batch_id == batch_id)
    for item_id, payload, status, position, outputs, code, *asked in connection.execute(query):
        yield item_id, Standing(payload, ItemStatus(status), position, outputs, code, *asked)


def _began(connection: Connection, batch_id: str) -> float:
    c = _BATCHES.c
    return float(connection.execute(select(c.started_at).where(c.batch_id == batch_id)).scalar_one())


def _leave(roster: Roster, item_id: str, before: Standing) -> None:
    """Count an item that is not to run."""
    if before.status is ItemStatus.RUNNING:
        roster.statuses[ItemStatus.PENDING] += 1
        roster.left[item_id] = ItemStatus.PENDING
        return
    roster.statuses[before.status] += 1
    roster.left[item_id] = before.status
    roster.made |= dict.fromkeys(before.paths, item_id)


@dataclass
class _Changes:
    """What is to be written down, many rows to a statement."""

    batch_id: str
    began: float
    gone: set[str]
    new: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    again: list[dict[str, Any]] = field(default_factory=list)
    moved: list[tuple[str, int, str]] = field(default_factory=list)

    def begin(self, item_id: str, position: int, payload: str, wait: Waits, before: Standing | None) -> None:
        """Write an item anew; of what was there before only the word of a person stays."""
        if before is not None:
            self.gone.add(item_id)
        if before is not None and before.asked_priority:
            self.asked.append({"i": item_id, "asked": before.asked_priority, "at": before.asked_at})
        named = {"batch_id": self.batch_id, "item_id": item_id, "position": position, "payload": payload}
        self.new.append(named | wait._asdict() | {"waiting_since": self.began})

    def reopen(self, item_id: str, wait: Waits, *, waits_now: bool = True) -> None:
        """Let an item wait again, or only be what no run is at."""
        since = self.began if waits_now else None
        self.again.append({"b": self.batch_id, "i": item_id, "waiting_since": since} | wait._asdict())

    def write(self, ledger: Database, connection: Connection) -> None:
        """Write all of it down."""
        mine = (_ITEMS.c.batch_id == self.batch_id, _ITEMS.c.item_id == bindparam("i"))
        if self.gone:
            connection.execute(_ITEMS.delete().where(*mine), [{"i": item_id} for item_id in self.gone])
        if self.new:
            ledger.prepared(insert(_ITEMS).values(_bound(self.new[0]) | _FRESH))(connection, self.new)
        if self.asked:
            asked = update(_ITEMS).where(*mine).values(asked_priority=bindparam("asked"), asked_at=bindparam("at"))
            connection.execute(asked, self.asked)
        if self.again:
            self._reopen(ledger, connection)
        if self.moved:
            moved = [{"i": item_id, "p": position, "asked": payload} for item_id, position, payload in self.moved]
            written = update(_ITEMS).where(*mine).values(position=bindparam("p"), payload=bindparam("asked"))
            connection.execute(written, moved)

    def _reopen(self, ledger: Database, connection: Connection) -> None:
        mine = (_ITEMS.c.batch_id == bindparam("b"), _ITEMS.c.item_id == bindparam("i"))
        reopened = update(_ITEMS).where(*mine).values(_bound(self.again[0].keys() - {"b", "i"}) | _REOPENED)
        ledger.prepared(reopened)(connection, self.again)


def _bound(names: Iterable[str]) -> dict[str, Any]:
    return {name: bindparam(name) for name in names}
