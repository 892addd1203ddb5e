"""Runs of deployments that fail and have no batch to tell of it: who is notified hears of each, and why.

A run may be refused before its batch opens, as where a podcast's list has nothing left, or before our flow begins,
where its spec is broken; a schedule would go on so for weeks. How a batch ends is told by the batch (`settlement.py`).
"""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

import httpx
from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.exceptions import ObjectNotFound, ParameterTypeError
from prefect.utilities.urls import url_for

from flows.scheduled import ASK_SECONDS
from tasks.errors import BatchFailed, PressroomError, as_fault, fault
from tasks.notices import Notices

logger = logging.getLogger("pressroom")


def tell_failure(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Tell that a run of a deployment has failed, unless its batch has told so; a hook of Prefect's, for `on_failure`.

    The run's state is set by then, and what this raises Prefect logs.
    """
    if flow_run.deployment_id is None:
        return
    error = state.result(raise_on_failure=False)
    if isinstance(error, BatchFailed):
        return
    found = _named(error)
    page = url_for(flow_run)
    told = Notices(about=f"Run {flow_run.name} of {_deployed_as(flow.name, flow_run.deployment_id)}")
    told.complete(found.code, "\n".join(filter(None, (found.message, found.remedy, page))), "failure")
    told.close()


def _deployed_as(flow: str, deployment: UUID) -> str:
    """Name a run's deployment as Prefect does, with its flow; by the flow alone where the server does not say."""
    try:
        with get_client(sync_client=True, httpx_settings={"timeout": ASK_SECONDS}) as client:
            return f"{flow}/{client.read_deployment(deployment).name}"
    except (httpx.HTTPError, ObjectNotFound) as error:
        logger.info("What the run's deployment is called could not be asked: %r", error)
        return flow


def _named(error: BaseException) -> PressroomError:
    """Give what a run has failed with its code; parameters that Prefect itself refuses are a person's."""
    if isinstance(error, ParameterTypeError):
        return fault("INVALID_INPUT", what=str(error))
    return as_fault(error, what="the run")
