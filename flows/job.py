"""A stage of an item as it was submitted, and the future that its flow holds of it."""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Iterable
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from prefect.client.schemas.objects import RunInput, State, StateDetails
from prefect.futures import PrefectFuture
from prefect.states import Cancelled, Failed
from prefect.tasks import Task
from prefect.utilities.collections import visit_collection

from flows.engine import StageEngine
from flows.stage_desk import Ticket
from flows.stage_future import StageFuture
from tasks.errors import PressroomError, StoppedError, fault
from tasks.models import Chunk, Priority


@dataclass(eq=False)
class Job:
    """A submission from its first wait to its end."""

    task: Task[Any, Any]
    run_id: UUID
    parameters: dict[str, Any]
    upstream: list[StageFuture]
    wait_for: Iterable[PrefectFuture[Any]] | None
    dependencies: dict[str, set[RunInput]] | None
    ticket: Ticket
    context: Context
    done: concurrent.futures.Future[Any] = field(default_factory=concurrent.futures.Future)
    handle: asyncio.Task[State[Any]] | None = None
    engine: StageEngine | None = None
    error: PressroomError | None = None
    blamed: Ticket | None = None
    value: Any = None

    def resolve(self, state: State[Any]) -> None:
        """Say how it ended, unless that was said already."""
        with suppress(concurrent.futures.InvalidStateError):
            self.done.set_result(state)

    def cancel(self, reason: PressroomError) -> None:
        """End it with a reason; the first reason stands."""
        if self.handle is not None and self.error is None:
            self.error = reason
            if self.engine is not None:
                self.engine.reason = reason
            self.handle.cancel()

    def skipped(self) -> PressroomError:
        """Name the stage that failed first, however many stages lie between."""
        for future in self.upstream:
            if future.error is None:
                continue
            self.blamed = future.blamed or future.ticket
            if future.blamed is not None:
                return future.error
            skipped = fault("UPSTREAM_FAILED", stage=future.ticket.stage, code=future.error.code)
            skipped.__cause__ = future.error
            return skipped
        return fault("INTERNAL", what=f"{self.ticket.stage}: Prefect did not start the run")

    def ended(self, error: PressroomError) -> State[Any]:
        """Return a state from which Prefect's own `.result()` gives the reason."""
        # Prefect names the run that held the next one up by the id in the state's details.
        details = StateDetails(task_run_id=self.run_id)
        kind = Cancelled if isinstance(error, StoppedError) else Failed
        return kind(message=str(error), data=error, state_details=details)


def upstream_of(parameters: dict[str, Any], wait_for: Iterable[Any] | None) -> list[StageFuture]:
    """Find the stages that a submission waits for, however deep in its parameters they stand."""
    found: list[StageFuture] = []

    def note(value: Any) -> Any:
        if isinstance(value, StageFuture):
            found.append(value)
        return value

    visit_collection([parameters, list(wait_for or ())], visit_fn=note, return_data=False)
    return found


def ticket_for(task: Task[Any, Any], parameters: dict[str, Any], upstream: list[StageFuture]) -> Ticket:
    """Say whose stage it is: by the item it is given, else by the stage it waits for."""
    for value in parameters.values():
        plain = value.unwrap() if hasattr(value, "unwrap") else value
        if item_id := getattr(plain, "item_id", None):
            rank = getattr(plain, "priority", Priority.NORMAL).rank
            is_forced = getattr(plain, "force", False) or any(future.ticket.is_forced for future in upstream)
            return Ticket(task.name, str(item_id), rank, isinstance(plain, Chunk), is_forced)
    if upstream:
        rank = min(future.ticket.rank for future in upstream)
        is_forced = any(future.ticket.is_forced for future in upstream)
        return Ticket(task.name, upstream[0].ticket.item_id, rank, is_forced=is_forced)
    return Ticket(task.name, "", Priority.NORMAL.rank)
