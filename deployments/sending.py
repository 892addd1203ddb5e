"""Batches sent to a server as runs of their kind's deployment, for whichever worker is free."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectNotFound
from prefect.settings import get_current_settings
from prefect.states import Scheduled

from deployments.pool import POOL
from tasks.errors import fault
from tasks.models import BatchOptions


class Sending(NamedTuple):
    """A batch to be sent, with its folders absolute and its items so few that Prefect takes them."""

    batch: BatchOptions
    at: datetime | None
    """When it begins; as soon as a worker is free where nothing is said."""


class Sent(NamedTuple):
    """A run that waits on the server for a worker."""

    batch_id: str
    run_id: str
    run_url: str
    at: datetime
    queue: str


def send(kind: str, batches: Sequence[Sending], queue: str | None) -> Iterator[Sent]:
    """Send batches one after the other, and yield each once the server has it; without a queue, to the deployment's.

    NO_DEPLOYMENT where the server does not know the kind.
    """
    with get_client(sync_client=True) as client:
        deployment = _deployment(client, f"{kind}/{kind}", queue)
        for one in batches:
            yield _sent(client, deployment, one, queue)


def _deployment(client: SyncPrefectClient, name: str, queue: str | None) -> DeploymentResponse:
    try:
        found = client.read_deployment_by_name(name)
        if queue is not None:
            # Prefect would make a queue that is not there, at the end of all.
            client.read_work_queue_by_name(queue, work_pool_name=found.work_pool_name or POOL)
    except ObjectNotFound as error:
        raise fault("NO_DEPLOYMENT", name=name) from error
    return found


def _sent(client: SyncPrefectClient, deployment: DeploymentResponse, one: Sending, queue: str | None) -> Sent:
    run = client.create_flow_run_from_deployment(
        deployment.id,
        parameters={"batch": one.batch.model_dump(mode="json")},
        state=Scheduled(scheduled_time=one.at),
        name=one.batch.batch_id,
        work_queue_name=queue,
        # A call that the client repeats, since no answer came, makes no second run.
        idempotency_key=uuid4().hex,
    )
    assert run.expected_start_time is not None
    return Sent(
        batch_id=one.batch.batch_id or "",
        run_id=str(run.id),
        run_url=_page(str(run.id)),
        at=run.expected_start_time,
        queue=run.work_queue_name or deployment.work_queue_name or "",
    )


def _page(run_id: str) -> str:
    """Where the pages show a run."""
    url = get_current_settings().ui_url or ""
    return f"{url.rstrip('/')}/runs/flow-run/{run_id}" if url else ""
