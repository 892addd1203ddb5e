"""The worker of Prefect's that starts our batches as processes, with some cares more.

A run that has crashed comes back into its queue, and so does one that somebody retries at once. The worker that it
crashed at may still count it as its own, and Prefect's then ends, with all batches that it has at work. A run that
crashes before our code begins, as with parameters that its flow does not know, can only be given up from outside. One
whose crash the server has not heard of, because it was just then ending itself, would lie there for ever. And whoever
asks first would take all parts of a list, while other workers have nothing to do.

    prefect worker start --type pressroom          once this module is loaded
"""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterEndTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkerFilter,
    WorkerFilterStatus,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.responses import WorkerFlowRunResponse
from prefect.states import Scheduled
from prefect.workers.process import ProcessWorker

from flows.scheduled import TAKEN_UP, TAKES_UP, end_of

LOOK_EVERY_SECONDS = 60.0
"""How often a worker looks for crashes that nobody has heard of."""


class PoolWorker(ProcessWorker):
    """Starts its share of what is in its queues, but no run that it still holds, and none that is over."""

    UNHEARD_AFTER, UNHEARD_BEFORE = timedelta(minutes=1), timedelta(days=1)
    """Between these ages a crash that nobody has put back counts as one that the server has not heard of."""
    _looked_at = -math.inf

    @classmethod
    def __dispatch_key__(cls) -> str:
        """Return the name by which the command line finds it; its pools are those of processes."""
        return "pressroom"

    async def _submit_scheduled_flow_runs(self, flow_run_response: list[WorkerFlowRunResponse]) -> list[FlowRun]:
        held: tuple[Any, ...] = self._limiter.statistics().borrowers if self._limiter is not None else ()
        if time.monotonic() - self._looked_at > LOOK_EVERY_SECONDS:
            self._looked_at = time.monotonic()
            await self._put_back()
        free = [one for one in flow_run_response if one.flow_run.id not in held]
        wanted = [one for one in free if not await self._is_over(one.flow_run)]
        return await super()._submit_scheduled_flow_runs(await self._share_of(wanted))

    async def _share_of(self, wanted: list[WorkerFlowRunResponse]) -> list[WorkerFlowRunResponse]:
        """Leave the pool's other workers as many; what they do not take is there when this one asks again."""
        if len(wanted) < 2:
            return wanted
        online = WorkerFilter(status=WorkerFilterStatus(any_=["ONLINE"]))
        workers = await self.client.read_workers_for_work_pool(self._work_pool_name, online)
        return wanted[: math.ceil(len(wanted) / max(1, len(workers)))]

    async def _put_back(self) -> None:
        """Put back runs that lie crashed, unless somebody has switched that off."""
        if not any(one.enabled for one in await self.client.read_automations_by_name(TAKES_UP)):
            return
        now = datetime.now(UTC)
        crashed = FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.CRASHED])),
            end_time=FlowRunFilterEndTime.model_validate(
                {"before_": now - self.UNHEARD_AFTER, "after_": now - self.UNHEARD_BEFORE}
            ),
        )
        ours = WorkPoolFilter(name=WorkPoolFilterName(any_=[self._work_pool_name]))
        for run in await self.client.read_flow_runs(flow_run_filter=crashed, work_pool_filter=ours):
            # Not by force: another worker may have done so in this moment.
            await self.client.set_flow_run_state(run.id, Scheduled(name=TAKEN_UP, message="Its crash went unheard."))

    async def _is_over(self, run: FlowRun) -> bool:
        """End a run that is not to be taken up once more."""
        if run.state_name != TAKEN_UP:  # Of those in queues Prefect tells no more of the state than its name.
            return False
        end = end_of(await self.client.read_flow_run_states(run.id))
        if end is not None:
            await self.client.set_flow_run_state(run.id, end, force=True)
        return end is not None
