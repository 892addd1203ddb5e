"""Who runs a batch: a name that tells one process of one machine from all others.

Apart from the lease itself, because `status` asks whether an owner is gone without loading SQLAlchemy.
"""

from __future__ import annotations

import os
import socket
import time
from uuid import uuid4

_CLOCK_STEP = 5.0
"""Seconds by which a process's start may seem to move, since it is told by the clock of the day."""


def new_owner() -> str:
    """Name this run: host, process, the process's start, and a random part."""
    import psutil

    started = int(psutil.Process().create_time())
    return f"{socket.gethostname()}:{os.getpid()}:{started}:{uuid4().hex[:8]}"


def is_gone(owner: str) -> bool:
    """Say whether the owner was a process of this machine that no longer runs (a reused number has another start)."""
    host, process_id, started, _random = owner.rsplit(":", 3)
    if host != socket.gethostname():
        return False
    import psutil  # Costs as much as all else that `status` loads, and is needed for batches at work only.

    try:
        process = psutil.Process(int(process_id))
        if process.status() == psutil.STATUS_ZOMBIE:  # ended, and its parent has not looked yet
            return True
        return abs(process.create_time() - int(started)) > _CLOCK_STEP
    except psutil.NoSuchProcess:
        return True


def is_held(owner: str | None, lease_until: float) -> bool:
    """Say whether somebody works on a batch: its lease has not run out, and its holder is not known to be gone."""
    return owner is not None and lease_until >= time.time() and not is_gone(owner)
