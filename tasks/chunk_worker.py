"""What a process of a Dask cluster does: it makes a chunk of items, as the flow's own process would.

It imports the stage and looks finished work up in the ledger by itself, so that neither code nor secrets travel.
All else that a stage is (its place, retries, timeout, notes in the ledger) stays in the flow's process.
"""

from __future__ import annotations

import asyncio
import socket
from importlib import import_module
from typing import Any

from prefect import Task

from tasks.errors import fault
from tasks.ledger.store import Ledger
from tasks.models import Chunk, ChunkOutcome, Reuse
from tasks.reuse import reusing
from tasks.settings import settings


def make_chunk(module: str, stage: str, chunk: Chunk[Any], batch_id: str, reuse: Reuse) -> ChunkOutcome:
    """Do the work of a stage for a chunk; RUNNER_UNFIT where this process sees another ledger than the flow's."""
    work: Task[Any, Any] = getattr(import_module(module), stage)
    ledger = Ledger(settings())
    try:
        if ledger.batch(batch_id) is None:
            home = str(settings().home)
            why = f"its worker on {socket.gethostname()!r} has another ledger than the flow, of the home {home!r}"
            hint = "Give its workers the PRESSROOM_HOME and PRESSROOM_LEDGER_URL of the flow."
            raise fault("RUNNER_UNFIT", runner="DaskTaskRunner", why=why, hint=hint)
        with reusing(ledger, batch_id, reuse):
            made: ChunkOutcome = asyncio.run(work.fn(chunk))
            return made
    finally:
        ledger.close()
