"""Make on a Prefect server what Pressroom's schedules need, or say how the server differs.

    python -m deployments.apply [--check]          the same as `pressroom deploy`

Safe to run twice: what is there as it is wanted is left alone. The server is the one that Prefect is set to.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from prefect.client.orchestration import SyncPrefectClient, get_client

from deployments.automations import rules
from deployments.notification import address
from deployments.pool import Pool, Queue
from deployments.registered import Deployments
from deployments.wanted import Wanted
from tasks.models import Priority


class Change(NamedTuple):
    """What differed on the server."""

    name: str
    why: str
    left: str = ""
    """How it differs still, once it has been made."""

    @property
    def made(self) -> str:
        """Say what has been made, and what that has not mended."""
        end = f"made, but still {self.left}" if self.left else "made as it is wanted"
        return f"{self.name} {self.why}: {end}"


def changes(folder: Path, *, make: bool) -> Iterator[Change]:
    """Yield what differs on the server from what is wanted; with `make`, once it is made and looked at again."""
    with get_client(sync_client=True) as client:
        for one in _wanted(folder, client):
            why = one.difference(client)
            if not why:
                continue
            if make:
                one.make(client)
            yield Change(one.name, why, one.difference(client) if make else "")


def _wanted(folder: Path, client: SyncPrefectClient) -> Iterator[Wanted]:
    """Yield what must exist, each after what it needs."""
    yield Pool()
    yield from (Queue(priority) for priority in Priority)
    yield Deployments(folder)
    told = address()
    if told is not None:
        yield told
    yield from rules(client, told)


if __name__ == "__main__":
    from flows.cli import main

    sys.exit(main(["deploy", *sys.argv[1:]]))
