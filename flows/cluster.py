"""The cluster: chunks of documents that keep a processor busy, made by the workers of a `DaskTaskRunner`.

    documents.with_options(task_runner=DaskTaskRunner(address="tcp://..."))(batch)

Only the work of a chunk goes there. Its task run, its place, retries, checkpoint and notes in the ledger stay in the
flow's process, because what a batch promises is kept there: Prefect's own way, a whole task run on each worker, knows
no cancel, no finished work of other runs and no ledger, and needs a server that all workers reach.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeGuard

from prefect.context import FlowRunContext
from prefect.tasks import Task

from flows.engine import work_here
from flows.lanes import MIB, Lane
from flows.plan import Plan
from flows.runner import EventLoopTaskRunner
from tasks.chunk_worker import make_chunk
from tasks.claims import Claims
from tasks.errors import PressroomError, fault
from tasks.limiters import LoopLimiter
from tasks.model_options import Budget
from tasks.models import BatchOptions, BatchT, Chunk, ChunkOutcome, ItemT

if TYPE_CHECKING:
    from prefect_dask.task_runners import DaskTaskRunner

WORKER_SECONDS = 30
"""How long a cluster may take to have a worker."""
CHUNK = 100
"""Items of a chunk at most: fewer than in one process, so that a few hundred documents keep all workers busy."""
HINT = "Leave `task_runner` out. DaskTaskRunner is for documents that no model writes."


@contextmanager
def runner_for(
    flow_run: FlowRunContext, kind: str, batch: BatchT, plan: Plan[BatchT, ItemT], lanes: Sequence[Lane]
) -> Iterator[tuple[EventLoopTaskRunner, Sequence[Lane]]]:
    """Yield the runner of a batch's stages, and its lanes; RUNNER_UNFIT where what the flow was given will not do."""
    given = flow_run.task_runner
    if isinstance(given, EventLoopTaskRunner):
        yield given, lanes
    elif _is_dask(given):
        _refuse_unfit(kind, batch, plan, lanes)
        cluster = Cluster(given, batch)
        with EventLoopTaskRunner(do_work=cluster.do_work) as runner:
            flow_run.task_runner = runner  # There `.map` and `.submit` look for it.
            try:
                yield runner, [cluster.widened(lane) for lane in lanes]
            finally:
                flow_run.task_runner = given
    else:
        # Limits, pause, deadlines and cancel live in our runner; on another they would silently not hold.
        raise _unfit("the limits, the pause and the cancel of a batch would not hold there", type(given).__name__)


class Cluster:
    """The workers of a Dask cluster, at work for one batch."""

    def __init__(self, runner: DaskTaskRunner, batch: BatchOptions) -> None:
        """Start the cluster or connect to it, as the runner says; RUNNER_UNFIT when no worker is there in time."""
        self._batch_id, self._reuse = batch.batch_id or "", batch.reuse
        try:
            self._client = runner.client
            self._client.wait_for_workers(1, timeout=WORKER_SECONDS)
        except OSError as error:
            hint = "Start it with workers (`dask worker ADDRESS --nthreads 1`), or leave `task_runner` out."
            raise _unfit(f"its cluster has no worker ({error})", hint=hint) from error
        workers = self._client.scheduler_info(n_workers=-1)["workers"]
        self._threads = sum(int(worker["nthreads"]) for worker in workers.values())
        self._waiting = LoopLimiter("pressroom_cluster")

    def widened(self, lane: Lane) -> Lane:
        """Let a lane of chunks hold as many as the cluster makes at once; cores and memory of here are no bound."""
        if lane.chunk == 1:
            return lane
        chunk = min(lane.chunk, CHUNK)
        return replace(lane, limit=self._threads, chunk=chunk, cpu_bound=False, memory_per_item=MIB)

    async def do_work(self, stage: Task[Any, Any], parameters: dict[str, Any]) -> Any:
        """Have a chunk made there, and do anything else here.

        Like work in a thread, a chunk that is being made cannot be ended: a cancel waits for it.
        """
        (given, *_) = parameters.values()
        if not isinstance(given, Chunk):
            return await work_here(stage, parameters)
        return await self._waiting.apart(self._threads, self._make, stage, given)

    def _make(self, stage: Task[Any, Any], chunk: Chunk[Any]) -> ChunkOutcome:
        from distributed import KilledWorker

        # Not `pure`: Dask would take an equal call's result, whatever became of the files since.
        made = self._client.submit(  # type: ignore[no-untyped-call]  # prefect-dask's has no annotations
            make_chunk, stage.fn.__module__, stage.fn.__name__, chunk, self._batch_id, self._reuse, pure=False
        )
        try:
            outcome: ChunkOutcome = made.result()
            return outcome
        except KilledWorker as error:
            lost = fault("TEMPORARY_ERROR", what=f"Each worker that made {chunk.item_id!r} ended: {error}.")
            lost.tried_out = True  # By Dask, on one worker after the other.
            raise lost from error
        except CancelledError as error:
            raise fault("TEMPORARY_ERROR", what=f"The Dask cluster is away: {error}.") from error


def _is_dask(given: object) -> TypeGuard[DaskTaskRunner]:
    """Say whether the flow was given a `DaskTaskRunner`, without loading Dask for those that were not."""
    module = sys.modules.get("prefect_dask")
    return module is not None and isinstance(given, module.DaskTaskRunner)


def _refuse_unfit(kind: str, batch: BatchT, plan: Plan[BatchT, ItemT], lanes: Sequence[Lane]) -> None:
    """Refuse a batch of which anything goes through stages with limits, budgets or gates."""
    chunked = {lane.name for lane in lanes if lane.chunk > 1}
    if not chunked:
        raise _unfit(f"the stages of {kind} have limits, budgets or gates, which are kept in the flow's own process")
    if batch.budget != Budget():
        raise _unfit("it has a budget, which is kept in the flow's own process")
    # A plan of its own, so that this look reserves no paths.
    items, prepare = plan(batch, Claims())
    for item in items:
        try:
            lane = prepare(item).lane
        except Exception:  # What is wrong with an item is found again when it enters, and told there.
            continue
        if lane not in chunked:
            raise _unfit(f"{item.item_id!r} goes through stages with limits of their own, in the lane {lane!r}")


def _unfit(why: str, runner: str = "DaskTaskRunner", hint: str = HINT) -> PressroomError:
    return fault("RUNNER_UNFIT", runner=runner, why=why, hint=hint)
