"""What one thing that must exist on a server has to offer, so that all of them are looked at and made alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tasks.specs import kinds

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient


class Wanted(Protocol):
    """A thing that must exist on a server."""

    @property
    def name(self) -> str:
        """What it is called where changes are told, such as `work queue 'high'`."""

    def difference(self, client: SyncPrefectClient) -> str:
        """Say how the server differs from what is wanted, in words; empty where it does not."""

    def make(self, client: SyncPrefectClient) -> None:
        """Make it, or change what is there; called only where there is a difference."""


def our_flows() -> list[str]:
    """Names of the flows whose deployments are ours."""
    return [*kinds(), "review"]
