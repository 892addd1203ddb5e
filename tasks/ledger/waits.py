"""How the items of a batch wait: what is written down of it, so that another process can tell who goes next."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update
from sqlmodel import SQLModel

from tasks.ledger.away import redone
from tasks.ledger.database import Database
from tasks.ledger.tables import ItemRow
from tasks.models import Item, ItemStatus, Priority

_ITEMS = SQLModel.metadata.tables[str(ItemRow.__tablename__)]


class Waits(NamedTuple):
    """What an item's place follows from, as far as it is known before it is prepared."""

    priority: str = Priority.NORMAL.value
    needs: str | None = None
    """As JSON, whom it waits for."""
    lane: str | None = None


class Place(NamedTuple):
    """Where an item waits that has come to wait, or has changed its place, after its batch had begun."""

    item_id: str
    since: float
    """Seconds since the epoch."""
    lane: str | None
    """None until it has been prepared."""
    group: int | None
    is_kept_back: bool


def waits_of(items: Iterable[Item], lanes: Collection[str]) -> dict[str, Waits]:
    """Return how each item waits, by name; a lane that is none of the batch's `lanes` will be chosen only later."""
    made: dict[tuple[Priority, str], Waits] = {}  # shared: of ten thousand items most wait alike
    found = {}
    for item in items:
        wait = made.get((item.priority, item.lane))
        if wait is None:
            lane = item.lane if item.lane in lanes else None
            wait = made[item.priority, item.lane] = Waits(item.priority.value, None, lane)
        found[item.item_id] = wait._replace(needs=_written_needs(item)) if item.needs or item.continues else wait
    return found


@redone
def note_places(ledger: Database, batch_id: str, places: Iterable[Place]) -> None:
    """Write down where items wait; one that had failed and comes again waits like the others."""
    changes: dict[str, Any] = {
        "status": ItemStatus.PENDING.value,
        "error_code": None,
        "error_message": None,
        "remedy": None,
        "waiting_since": bindparam("since"),
        "lane": bindparam("in_lane"),
        "lane_group": bindparam("in_group"),
        "kept_back": bindparam("is_kept_back"),
    }
    mine = (_ITEMS.c.batch_id == batch_id, _ITEMS.c.item_id == bindparam("name"))
    rows = [
        {
            "name": place.item_id,
            "since": place.since,
            "in_lane": place.lane,
            "in_group": place.group,
            "is_kept_back": place.is_kept_back,
        }
        for place in places
    ]
    with ledger.transaction() as connection:
        connection.execute(update(_ITEMS).where(*mine).values(changes), rows)


def asked_priorities(ledger: Database, batch_id: str) -> dict[str, Priority]:
    """Return what people have made of the urgency of a batch's items, by name."""
    c = _ITEMS.c
    query = select(c.item_id, c.asked_priority).where(c.batch_id == batch_id, c.asked_priority.is_not(None))
    with ledger.transaction() as connection:
        return {item_id: Priority(asked) for item_id, asked in connection.execute(query)}


def _written_needs(item: Item) -> str:
    return json.dumps({"needs": item.needs, "continues": item.continues})
