"""The future that a flow holds of a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
