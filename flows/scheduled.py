"""A run of a deployment: when it was meant to start, and by that the name of its batch.

Its batch is named by the deployment and that time, both of which stay the same when the run is retried, restarted or
taken up by another worker: so it goes on with its batch. The next run of the schedule has another time, and so makes
another batch. A run that was asked for by hand has a part of its id in the name, since two may come at one time.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from datetime import UTC
from itertools import takewhile
from typing import Any

import httpx
from prefect import runtime
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.context import FlowRunContext
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled, Failed

from tasks.errors import fault
from tasks.models import BatchT

logger = logging.getLogger("pressroom")
TAKEN_UP = "TakenUpAgain"
"""Name of the state in which a run waits for a worker after a crash."""
GIVEN_UP = "GivenUp"
"""Name of the state in which a run ends that crashes each time."""
ASK_SECONDS = 3.0
"""How long a batch that is about to end waits to hear whether its run was cancelled."""
TAKES_UP = "Pressroom: a crashed run is taken up again"
"""Name of the server's automation that puts a crashed run back into its queue."""
ENDED_ORDERLY = "Execution was aborted by a termination signal."
"""What Prefect says of a run whose worker was stopped: a crash by its state, and none by what has happened."""
CRASHES = 3
"""How often a run is taken up again by itself after a crash."""


def named_by_schedule(batch: BatchT) -> BatchT:
    """Return the batch of this run with its name; as it is where it is no run of a deployment."""
    run = deployed_run()
    if run is None:
        return batch
    if batch.batch_id and run.auto_scheduled:
        raise fault("SCHEDULED_BATCH_ID", batch_id=batch.batch_id)
    return batch if batch.batch_id else batch.model_copy(update={"batch_id": _batch_id(run)})


def run_name() -> str:
    """Name a run as its batch, in front of it the kind where the batch's name does not tell it."""
    kind = str(runtime.flow_run.flow_name)
    run = deployed_run()
    named = getattr(runtime.flow_run.parameters.get("batch"), "batch_id", None)
    name = named or (_batch_id(run) if run is not None else str(runtime.flow_run.id))
    return name if name.startswith(f"{kind}-") else f"{kind}-{name}"


def batch_id_of(run: FlowRun, deployment: str) -> str:
    """Name a run's batch by its deployment and the time for which it was scheduled, in UTC."""
    assert run.expected_start_time is not None
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", deployment).strip("-._")[:60] or "batch"
    by_hand = "" if run.auto_scheduled else f"-{run.id.hex[-6:]}"
    return f"{slug}-{run.expected_start_time.astimezone(UTC):%Y%m%d-%H%M%S}{by_hand}"


def deployed_run() -> FlowRun | None:
    """Return the run that this is part of where it is one of a deployment."""
    context = FlowRunContext.get()
    run = context.flow_run if context is not None else None
    return run if run is not None and run.deployment_id is not None and run.expected_start_time is not None else None


def _batch_id(run: FlowRun) -> str:
    assert run.deployment_id is not None
    with get_client(sync_client=True) as client:
        return batch_id_of(run, client.read_deployment(run.deployment_id).name)


def state_at_server(client: SyncPrefectClient) -> State[Any] | None:
    """Return what the server takes this run for; None where it is no deployment's, or unknown there.

    A server that does not answer within seconds is taken to know nothing.
    """
    run = deployed_run()
    if run is None:
        return None
    try:
        return client.read_flow_run(run.id).state
    except (httpx.HTTPError, ObjectNotFound) as error:
        logger.info("What the server takes the run for could not be asked: %r", error)
        return None


def is_cancelled() -> bool:
    """Say whether somebody has cancelled this run in the pages: it then ends by the signal that Ctrl-C has too."""
    if deployed_run() is None:
        return False
    with get_client(sync_client=True, httpx_settings={"timeout": ASK_SECONDS}) as client:
        state = state_at_server(client)
    return state is not None and means_cancelled(state)


def means_cancelled(state: State[Any]) -> bool:
    """Say whether somebody has cancelled a run that is in this state."""
    return state.is_cancelling() or state.is_cancelled()


def counts_as_crashed(state: State[Any]) -> bool:
    """Say whether the server takes the process of a run for gone, which may have been put back already."""
    return state.is_crashed() or (state.is_scheduled() and state.name == TAKEN_UP)


def end_of(states: Iterable[State[Any]]) -> State[Any] | None:
    """Return how a run ends, by all its states, that was put back after a crash; None for one that is to go on.

    It ends where somebody has cancelled it meanwhile, and where it has crashed each time since a person or its schedule
    last asked for it: CRASHES_AGAIN.
    """
    newest = sorted(states, key=lambda state: state.timestamp, reverse=True)
    before = next((state for state in newest if not state.is_scheduled()), None)
    if before is not None and (before.is_cancelled() or before.is_cancelling()):
        return Cancelled(message="It was cancelled before a worker took it up again.")
    # Not how often it was put back: a server whose database is locked does that several times for one crash.
    since = takewhile(lambda state: not state.is_scheduled() or state.name == TAKEN_UP, newest)
    if _crashes(since) <= CRASHES:
        return None
    return Failed(name=GIVEN_UP, message=str(fault("CRASHES_AGAIN", times=CRASHES + 1)))


def _crashes(newest: Iterable[State[Any]]) -> int:
    """Count the crashes among states, the newest first.

    One after which the run is at work at once, without a worker that has taken it, was none: it has said that it lives.
    """
    count, then = 0, None
    for state in newest:
        is_alive = then is not None and (then.is_running() or then.is_paused())
        count += state.is_crashed() and state.message != ENDED_ORDERLY and not is_alive
        then = then if state.is_scheduled() else state
    return count
