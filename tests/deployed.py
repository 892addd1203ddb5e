"""Runs of deployments, as schedules and the pages ask for them; nobody takes them up but the test."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun


def asked_for(kind: Flow[..., Any], parameters: dict[str, Any] | None = None) -> FlowRun:
    """Ask for a run of a deployment of its own."""
    with get_client(sync_client=True) as client:
        deployment = client.create_deployment(client.create_flow(kind), uuid4().hex[:8], parameters=parameters)
        return client.create_flow_run_from_deployment(deployment)
