"""Hastening: a person gives an item that waits another priority, from any process and whether its batch runs or not.

It needs no lease: the word stands beside what the spec says and no run writes it. A running batch hears of it with its
next pulse, one at rest when it is taken up again.
"""

from __future__ import annotations

import time
from typing import NamedTuple

from sqlalchemy import Connection, select, update
from sqlmodel import SQLModel

from tasks.errors import PressroomError, fault
from tasks.ledger.batch_rows import AT_WORK, RESUMED
from tasks.ledger.database import Database
from tasks.ledger.owner import is_held
from tasks.ledger.tables import BatchRow, ItemRow
from tasks.models import ItemStatus, Priority

_BATCHES, _ITEMS = (SQLModel.metadata.tables[str(row.__tablename__)] for row in (BatchRow, ItemRow))


class Hastened(NamedTuple):
    """An item whose priority was changed."""

    batch_id: str
    item_id: str
    priority: str
    before: str
    asked_at: float
    is_at_work: bool
    """Whether a process works on the batch, and so hears of it."""


def hasten(ledger: Database, batch_id: str, item_id: str, priority: Priority) -> Hastened:
    """Change the priority of an item; UNKNOWN_BATCH, UNKNOWN_ITEM, or ITEM_NOT_WAITING when it is at work or over.

    It is written in one transaction with the look at how the item stands: of a change and a start, one comes first.
    """
    c, now = _ITEMS.c, time.time()
    mine = (c.batch_id == batch_id, c.item_id == item_id)
    with ledger.transaction() as connection:
        is_at_work = _is_at_work(connection, batch_id)
        waiting = ("pending",) if is_at_work else RESUMED
        row = connection.execute(select(c.status, c.priority, c.asked_priority).where(*mine)).first()
        change = update(_ITEMS).where(*mine, c.status.in_(waiting)).values(asked_priority=priority.value, asked_at=now)
        if row is None or connection.execute(change).rowcount == 0:
            raise _refusal(batch_id, item_id, row.status if row is not None else None)
        counted = update(_BATCHES).where(_BATCHES.c.batch_id == batch_id)
        connection.execute(counted.values(asked_count=_BATCHES.c.asked_count + 1))
    return Hastened(batch_id, item_id, priority.value, row.asked_priority or row.priority, now, is_at_work)


def _is_at_work(connection: Connection, batch_id: str) -> bool:
    b = _BATCHES.c
    batch = connection.execute(select(b.status, b.owner, b.lease_until).where(b.batch_id == batch_id)).first()
    if batch is None:
        raise fault("UNKNOWN_BATCH", batch_id=batch_id)
    return batch.status in AT_WORK and is_held(batch.owner, batch.lease_until)


def _refusal(batch_id: str, item_id: str, status: str | None) -> PressroomError:
    if status is None:
        return fault("UNKNOWN_ITEM", batch_id=batch_id, item_id=item_id)
    hint = {
        ItemStatus.FAILED.value: f"`pressroom retry {batch_id}` makes it again.",
        ItemStatus.NEEDS_REVIEW.value: f"`pressroom review {batch_id}` decides on it.",
    }.get(status, f"`pressroom queue {batch_id}` lists what waits.")
    standing = "at work" if status == ItemStatus.RUNNING.value else status.replace("_", " ")
    return fault("ITEM_NOT_WAITING", batch_id=batch_id, item_id=item_id, status=standing, hint=hint)
