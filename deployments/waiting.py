"""Runs of sent batches that wait on the server and have not begun."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterName,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Cancelled, Cancelling

_PAGE = 200


class Waiting(NamedTuple):
    """A run that has not begun."""

    batch_id: str
    run_id: UUID
    at: datetime
    """When it is to begin."""


def waiting(batch_ids: Collection[str]) -> list[Waiting]:
    """Return the runs of these batches that wait, those first that begin first."""
    with get_client(sync_client=True) as client:
        return [_told(run) for run in _waiting(client, batch_ids)]


def cancel_waiting(batch_id: str) -> list[Waiting]:
    """Cancel the runs of a batch that wait; return them.

    The server itself makes Cancelled of Cancelling while a run waits, so that one that begins meanwhile is ended by
    its worker. Of one that was put back after a crash it would wait for the process, which is gone.
    """
    with get_client(sync_client=True) as client:
        found = _waiting(client, [batch_id])
        for run in found:
            client.set_flow_run_state(run.id, Cancelled() if run.infrastructure_pid else Cancelling())
    return [_told(run) for run in found]


def _waiting(client: SyncPrefectClient, batch_ids: Collection[str]) -> list[FlowRun]:
    wanted = FlowRunFilter(
        name=FlowRunFilterName(any_=list(batch_ids)),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
    )
    found = list[FlowRun]()
    while len(found) % _PAGE == 0:
        sort = FlowRunSort.EXPECTED_START_TIME_ASC
        page = client.read_flow_runs(flow_run_filter=wanted, sort=sort, limit=_PAGE, offset=len(found))
        if not page:
            break
        found += page
    return [run for run in found if _is_of(run)]


def _told(run: FlowRun) -> Waiting:
    assert run.expected_start_time is not None
    return Waiting(run.name, run.id, run.expected_start_time)


def _is_of(run: FlowRun) -> bool:
    """Say whether a run makes the batch that it is named by: a person may name any run so."""
    batch = run.parameters.get("batch")
    return isinstance(batch, dict) and batch.get("batch_id") == run.name
