"""Who runs a batch: a lease in the ledger, renewed while the run lives.

A second run of the same batch id is refused while the lease holds. It may take over when the
lease has run out, or at once when the holder was a process of this machine that is gone, so that
nobody waits after a kill -9.
"""

from __future__ import annotations

import os
import socket
import time
from uuid import uuid4

import psutil
from sqlalchemy import or_, select, update
from sqlmodel import SQLModel

from tasks.errors import fault
from tasks.ledger.database import Database

_BATCHES = SQLModel.metadata.tables["batch"]


def new_owner() -> str:
    """Name this run: host, process, the process's start, and a random part."""
    started = int(psutil.Process().create_time() * 100)
    return f"{socket.gethostname()}:{os.getpid()}:{started}:{uuid4().hex[:8]}"


def is_gone(owner: str) -> bool:
    """Say whether the owner was a process of this machine that no longer runs (a reused number has another start)."""
    host, process, started, _random = owner.rsplit(":", 3)
    if host != socket.gethostname():
        return False
    try:
        return int(psutil.Process(int(process)).create_time() * 100) != int(started)
    except psutil.NoSuchProcess:
        return True


def take(ledger: Database, batch_id: str, owner: str, *, seconds: float) -> None:
    """Take the lease of a batch that is written down, or refuse with BATCH_BUSY."""
    c, now = _BATCHES.c, time.time()
    with ledger.transaction() as connection:
        holder = connection.execute(select(c.owner).where(c.batch_id == batch_id)).scalar()
        free = or_(c.owner.is_(None), c.lease_until < now)
        if holder is not None and is_gone(str(holder)):
            free = c.owner == holder
        change = update(_BATCHES).where(c.batch_id == batch_id, free)
        taken = connection.execute(change.values(owner=owner, lease_until=now + seconds, control="run"))
        if taken.rowcount == 0:
            raise fault("BATCH_BUSY", batch_id=batch_id, owner=holder)


def renew(ledger: Database, batch_id: str, owner: str, *, seconds: float) -> str:
    """Keep the lease and return what a person asked of the batch: run, pause or cancel."""
    c = _BATCHES.c
    with ledger.transaction() as connection:
        mine = update(_BATCHES).where(c.batch_id == batch_id, c.owner == owner)
        if connection.execute(mine.values(lease_until=time.time() + seconds)).rowcount == 0:
            raise fault("LEASE_LOST", batch_id=batch_id)
        return str(connection.execute(select(c.control).where(c.batch_id == batch_id)).scalar_one())


def release(ledger: Database, batch_id: str, owner: str) -> None:
    """Give the lease back; one that was lost stays with its new holder."""
    c = _BATCHES.c
    with ledger.transaction() as connection:
        mine = update(_BATCHES).where(c.batch_id == batch_id, c.owner == owner)
        connection.execute(mine.values(owner=None, lease_until=0.0))
