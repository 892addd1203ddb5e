"""A batch's roster: which items it consists of, which of them are to run now, and what the others have made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlmodel import SQLModel

from tasks.ledger.database import Database
from tasks.ledger.standing import Standing
from tasks.ledger.tables import ItemRow
from tasks.models import ItemStatus, Select

_ITEMS = SQLModel.metadata.tables[str(ItemRow.__tablename__)]
_FRESH: dict[str, Any] = {
    "status": "pending",
    "outputs": "[]",
    "transient": False,
    "reused": False,
    "attempts": 0,
    "duration_seconds": 0.0,
}
_REOPENED = {
    "status": "pending",
    "error_code": None,
    "error_message": None,
    "remedy": None,
    "transient": False,
    # What it came to before is gone; one that is cancelled now has no files, and was not reused.
    "outputs": "[]",
    "reused": False,
    "warnings": None,
}


@dataclass
class Roster:
    """What enrolling found: positions to run, and of the rest the statuses and the files they made."""

    wanted: list[int] = field(default_factory=list)
    statuses: Counter[ItemStatus] = field(default_factory=Counter)
    made: dict[str, str] = field(default_factory=dict)
    left: dict[str, ItemStatus] = field(default_factory=dict)
    """How those stand that are not to run, by name."""


def enroll(
    ledger: Database,
    batch_id: str,
    payloads: Sequence[tuple[str, str]],
    selected: Select,
    mended: Set[str] = frozenset(),
) -> Roster:
    """Write down a batch's items, given as (item_id, payload hash), and say which to run.

    What is done stays done unless the spec changed what was asked for or an output is gone; what failed stays so
    unless with a code that the spec has `mended`. Rows of items that a changed spec no longer names are dropped, so
    that counts speak of the batch as it is now.
    """
    roster, new, again = Roster(), list[dict[str, Any]](), list[str]()
    with ledger.transaction() as connection:
        known = dict(_known(connection, batch_id))
        moved = [
            (item_id, position)
            for position, (item_id, _) in enumerate(payloads)
            if _has_moved(known, item_id, position)
        ]
        gone = set(known) - {item_id for item_id, _ in payloads}
        for position, (item_id, payload) in enumerate(payloads):
            before = known.get(item_id)
            if before is None or before.payload != payload:
                gone.update([item_id] if before else [])
                new.append(
                    {"batch_id": batch_id, "item_id": item_id, "position": position, "payload": payload} | _FRESH
                )
            elif before.is_wanted(selected, mended):
                again.append(item_id)
            elif before.status is ItemStatus.RUNNING:
                # Left so by a run that was killed; nothing runs it now.
                roster.statuses[ItemStatus.PENDING] += 1
                roster.left[item_id] = ItemStatus.PENDING
                again.append(item_id)
                continue
            else:
                roster.statuses[before.status] += 1
                roster.left[item_id] = before.status
                roster.made |= dict.fromkeys(before.paths, item_id)
                continue
            roster.wanted.append(position)
        _write(connection, ledger, batch_id, gone, new, again)
        _move(connection, batch_id, moved)
    return roster


def _known(connection: Connection, batch_id: str) -> Iterator[tuple[str, Standing]]:
    c = _ITEMS.c
    query = select(c.item_id, c.payload, c.status, c.position, c.outputs, c.error_code).where(c.batch_id == batch_id)
    for item_id, payload, status, position, outputs, code in connection.execute(query):
        yield item_id, Standing(payload, ItemStatus(status), position, outputs, code)


def _has_moved(known: dict[str, Standing], item_id: str, position: int) -> bool:
    return item_id in known and known[item_id].position != position


def _move(connection: Connection, batch_id: str, moved: list[tuple[str, int]]) -> None:
    if moved:
        mine = (_ITEMS.c.batch_id == batch_id, _ITEMS.c.item_id == bindparam("i"))
        placed = update(_ITEMS).where(*mine).values(position=bindparam("p"))
        connection.execute(placed, [{"i": item_id, "p": position} for item_id, position in moved])


def _write(
    connection: Connection,
    ledger: Database,
    batch_id: str,
    gone: set[str],
    new: list[dict[str, Any]],
    again: list[str],
) -> None:
    mine = (_ITEMS.c.batch_id == batch_id, _ITEMS.c.item_id == bindparam("i"))
    if gone:
        connection.execute(_ITEMS.delete().where(*mine), [{"i": item_id} for item_id in gone])
    if new:
        ledger.prepared(insert(_ITEMS).values({name: bindparam(name) for name in new[0]}))(connection, new)
    if again:
        connection.execute(update(_ITEMS).where(*mine).values(_REOPENED), [{"i": item_id} for item_id in again])
