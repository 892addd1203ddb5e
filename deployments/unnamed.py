"""Deployments of our flows that start runs by themselves and that a folder's prefect.yaml does not name.

One that was renamed there goes on under its old name. It is told and not deleted: it may be another folder's.
"""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import NamedTuple

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowFilter, FlowFilterName, WorkPoolFilter, WorkPoolFilterName
from prefect.client.schemas.responses import DeploymentResponse

from deployments.pool import POOL
from deployments.registered import Deployments
from deployments.wanted import our_flows


class Unnamed(NamedTuple):
    """Such a deployment."""

    name: str
    says: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.name} {self.says}. {self.remedy}"


def unnamed(folder: Path) -> list[Unnamed]:
    """Return those of our work pool that have active schedules and that the folder's prefect.yaml does not name."""
    named = Deployments(folder).full_names()
    with get_client(sync_client=True) as client:
        found = {_full_name(one, client): one for one in _scheduled(client)}
    return [_told(name) for name in sorted(found.keys() - named)]


def _scheduled(client: SyncPrefectClient) -> list[DeploymentResponse]:
    found = client.read_deployments(
        flow_filter=FlowFilter(name=FlowFilterName(any_=our_flows())),
        work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[POOL])),
    )
    return [one for one in found if not one.paused and any(schedule.active for schedule in one.schedules)]


def _full_name(deployment: DeploymentResponse, client: SyncPrefectClient) -> str:
    return f"{client.read_flow(deployment.flow_id).name}/{deployment.name}"


def _told(name: str) -> Unnamed:
    return Unnamed(
        name=name,
        says="has active schedules, and is not in the prefect.yaml of this folder",
        remedy=f"Unless another folder has made it: `prefect deployment delete {quote(name)}`.",
    )
