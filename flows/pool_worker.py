"""The worker of Prefect's that starts our batches as processes, with two cares more for runs that come back.

A run that has crashed comes back into its queue, and so does one that somebody retries at once. The worker that it
crashed at may still count it as its own, and Prefect's then ends, with all batches that it has at work. And a run that
crashes before our code begins, as with parameters that its flow does not know, can only be given up from outside.

    prefect worker start --type pressroom          once this module is loaded
"""

from __future__ import annotations

from typing import Any

from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import WorkerFlowRunResponse
from prefect.workers.process import ProcessWorker

from flows.scheduled import TAKEN_UP, end_of


class PoolWorker(ProcessWorker):
    """Starts what is in its queues, but no run that it still holds, and none that is over."""

    @classmethod
    def __dispatch_key__(cls) -> str:
        """Return the name by which the command line finds it; its pools are those of processes."""
        return "pressroom"

    async def _submit_scheduled_flow_runs(self, flow_run_response: list[WorkerFlowRunResponse]) -> list[FlowRun]:
        held: tuple[Any, ...] = self._limiter.statistics().borrowers if self._limiter is not None else ()
        free = [one for one in flow_run_response if one.flow_run.id not in held]
        return await super()._submit_scheduled_flow_runs([one for one in free if not await self._is_over(one.flow_run)])

    async def _is_over(self, run: FlowRun) -> bool:
        """End a run that is not to be taken up once more."""
        if run.state_name != TAKEN_UP:  # Of those in queues Prefect tells no more of the state than its name.
            return False
        end = end_of(await self.client.read_flow_run_states(run.id))
        if end is not None:
            await self.client.set_flow_run_state(run.id, end, force=True)
        return end is not None
