"""Who runs a batch: a lease in the ledger, renewed while the run lives.

A second run of the same batch id is refused while the lease holds. It may take over when the
lease has run out, or at once when the holder was a process of this machine that is gone, so that
nobody waits after a kill -9.
"""

from __future__ import annotations

import time
from typing import NamedTuple

from sqlalchemy import or_, select, update
from sqlmodel import SQLModel

from tasks.errors import fault
from tasks.ledger.away import redone
from tasks.ledger.database import Database
from tasks.ledger.owner import is_gone
from tasks.ledger.tables import BatchRow

_BATCHES = SQLModel.metadata.tables[str(BatchRow.__tablename__)]


class Asked(NamedTuple):
    """What people ask of a batch."""

    control: str
    """run, pause, retry (go on, and take up what has failed) or cancel."""
    changes: int
    """How often they have changed the priority of an item so far: another number means that there is news."""


@redone
def take(ledger: Database, batch_id: str, owner: str, *, seconds: float) -> None:
    """Take the lease of a batch that is written down, or refuse with BATCH_BUSY."""
    c, now = _BATCHES.c, time.time()
    with ledger.transaction() as connection:
        holder = connection.execute(select(c.owner).where(c.batch_id == batch_id)).scalar()
        free = or_(c.owner.is_(None), c.owner == owner, c.lease_until < now)
        if holder is not None and is_gone(str(holder)):
            free = c.owner == holder
        change = update(_BATCHES).where(c.batch_id == batch_id, free)
        taken = connection.execute(change.values(owner=owner, lease_until=now + seconds, control="run"))
        if taken.rowcount == 0:
            raise fault("BATCH_BUSY", batch_id=batch_id, owner=holder)


def renew(ledger: Database, batch_id: str, owner: str, *, seconds: float) -> Asked:
    """Keep the lease and return what people ask of the batch."""
    c = _BATCHES.c
    with ledger.transaction() as connection:
        mine = update(_BATCHES).where(c.batch_id == batch_id, c.owner == owner)
        if connection.execute(mine.values(lease_until=time.time() + seconds)).rowcount == 0:
            raise fault("LEASE_LOST", batch_id=batch_id)
        row = connection.execute(select(c.control, c.asked_count).where(c.batch_id == batch_id)).one()
    return Asked(*row)


@redone
def ask(ledger: Database, batch_id: str, *, reason: str) -> None:
    """Pause a batch that does not know how to go on, and say why; what a person has asked of it meanwhile stands."""
    c = _BATCHES.c
    with ledger.transaction() as connection:
        free = update(_BATCHES).where(c.batch_id == batch_id, c.control == "run")
        connection.execute(free.values(control="pause", reason=reason))


def answer(ledger: Database, batch_id: str, control: str, *, to: str = "pause") -> bool:
    """Say how a batch goes on that waits to hear it; False where it waits no more: who has answered first counts."""
    c = _BATCHES.c
    with ledger.transaction() as connection:
        waits = update(_BATCHES).where(c.batch_id == batch_id, c.control == to)
        return connection.execute(waits.values(control=control)).rowcount > 0


@redone
def release(ledger: Database, batch_id: str, owner: str) -> None:
    """Give the lease back; one that was lost stays with its new holder."""
    c = _BATCHES.c
    with ledger.transaction() as connection:
        mine = update(_BATCHES).where(c.batch_id == batch_id, c.owner == owner)
        connection.execute(mine.values(owner=None, lease_until=0.0))
