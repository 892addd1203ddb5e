"""A kind that only waits, on the real engine: one stage an item, or many items to a task."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from prefect import flow

from flows.batch import open_batch
from flows.lanes import Lane
from flows.plan import Prepare
from flows.runner import EventLoopTaskRunner
from tasks.claims import Claims
from tasks.models import BatchOptions, Chunk, ChunkOutcome, Item, Outcome
from tasks.results import BatchResult
from tasks.stage import stage


class NapBatch(BatchOptions):
    """Items that each wait for some seconds."""

    count: int
    seconds: float = 0.0


class Nap(Item):
    """One wait."""

    seconds: float


@stage(timeout_seconds=600, checkpoint=False)
async def take_nap(item: Nap) -> Outcome:
    """Wait."""
    await asyncio.sleep(item.seconds)
    return Outcome(item_id=item.item_id)


@stage(timeout_seconds=600, checkpoint=False)
async def skip_naps(chunk: Chunk[Nap]) -> ChunkOutcome:
    """Do nothing for many items."""
    return ChunkOutcome(outcomes=[Outcome(item_id=item.item_id) for item in chunk.items])


def _plan(batch: NapBatch, _claims: Claims) -> tuple[Sequence[Nap], Prepare[Nap]]:
    seconds, batch_id = batch.seconds, batch.batch_id or ""
    items = [Nap(item_id=f"nap-{n}", batch_id=batch_id, seconds=seconds) for n in range(batch.count)]
    return items, lambda item: item


def nap_flow(limit: int) -> Any:
    """Return a flow whose items wait, `limit` at once."""
    lanes = (Lane("main", limit=limit, stages=("take_nap",)),)

    @flow(name=f"naps-at-{limit}", task_runner=EventLoopTaskRunner())
    def naps(batch: NapBatch) -> BatchResult:
        with open_batch("naps", batch, _plan, lanes=lanes) as run:
            for (entering,) in run.window():
                run.collect(entering, take_nap.map(entering.items))
        return run.settle()

    return naps


@flow(name="no-ops", task_runner=EventLoopTaskRunner())
def no_ops(batch: NapBatch) -> BatchResult:
    """Run items that do nothing, many to a task."""
    lanes = (Lane("main", limit=2, stages=("skip_naps",), chunk=500),)
    with open_batch("naps", batch, _plan, lanes=lanes) as run:
        for (entering,) in run.window():
            run.collect(entering, skip_naps.map(entering.chunks))
    return run.settle()
