"""The future that a flow holds of a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prefect.client.schemas.objects import State
from prefect.futures import PrefectConcurrentFuture

from tasks.errors import PressroomError

if TYPE_CHECKING:
    from flows.job import Job
    from flows.stage_desk import Ticket


class StageFuture(PrefectConcurrentFuture[Any]):
    """Prefect's future, with what became of the stage as a value or an error of ours."""

    def __init__(self, job: Job) -> None:
        super().__init__(task_run_id=job.run_id, wrapped_future=job.done)
        self._job = job

    @property
    def state(self) -> State[Any]:
        """How it stands; once it has ended, as it ended.

        Prefect's own asks its server each time, also for what has ended, and does so for every stage that follows:
        a request that the loop, and so every other stage, waits for.
        """
        return self._job.done.result() if self._job.done.done() else super().state

    @property
    def ticket(self) -> Ticket:
        """Whose stage it is."""
        return self._job.ticket

    @property
    def error(self) -> PressroomError | None:
        """Why it did not come out; None before its end and when it did."""
        return self._job.error

    @property
    def blamed(self) -> Ticket | None:
        """The stage that failed first, when this one was skipped because of it."""
        return self._job.blamed

    @property
    def value(self) -> Any:
        """What the stage returned; None before its end and when it failed."""
        return self._job.value
