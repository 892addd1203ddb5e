"""The work pool and its four queues: runs of a more urgent queue are handed to workers first.

Priority holds when a worker asks for its next run: what is at work already is not interrupted.
"""

from __future__ import annotations

from dataclasses import dataclass

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.objects import WorkPool, WorkQueue
from prefect.exceptions import ObjectNotFound
from prefect.workers.process import ProcessWorker

from tasks.errors import fault
from tasks.models import Priority

POOL = "pressroom"
"""Name of the work pool, as in prefect.yaml."""
RUNS_AT_ONCE = 4
"""Batches at work at once on all workers together; the others wait in their queues."""


@dataclass(frozen=True)
class Pool:
    """The pool, whose workers start each run as a process of its own."""

    @property
    def name(self) -> str:
        """What it is called where changes are told."""
        return f"work pool {POOL!r}"

    def difference(self, client: SyncPrefectClient) -> str:
        """Say how it differs. A limit that somebody has changed is his."""
        found = _pool(client)
        if found is None:
            return "is not there"
        if found.type != ProcessWorker.type:
            return f"is of the type {found.type!r}, not {ProcessWorker.type!r}"
        return "" if found.base_job_template else "has no template for its jobs"

    def make(self, client: SyncPrefectClient) -> None:
        """Make it. The type of one that is there cannot be changed: Prefect says so."""
        template = ProcessWorker.get_default_base_job_template()
        if _pool(client) is None:
            client.create_work_pool(
                WorkPoolCreate(
                    name=POOL,
                    type=ProcessWorker.type,
                    description="Pressroom's batches",
                    concurrency_limit=RUNS_AT_ONCE,
                    base_job_template=template,
                )
            )
            return
        client.update_work_pool(POOL, WorkPoolUpdate(base_job_template=template))


@dataclass(frozen=True)
class Queue:
    """A queue of the pool; 1 is served first."""

    priority: Priority

    @property
    def name(self) -> str:
        """What it is called where changes are told."""
        return f"work queue {self.priority.value!r}"

    @property
    def place(self) -> int:
        """Its place among the queues of the pool."""
        return self.priority.rank + 1

    def difference(self, client: SyncPrefectClient) -> str:
        """Say how it differs."""
        found = self._found(client)
        if found is None:
            return "is not there"
        return "" if found.priority == self.place else f"has the priority {found.priority}, not {self.place}"

    def make(self, client: SyncPrefectClient) -> None:
        """Make it, or give it its place; the queues behind it move on by one."""
        found = self._found(client)
        if found is None:
            client.create_work_queue(self.priority.value, priority=self.place, work_pool_name=POOL)
        else:
            client.update_work_queue(found.id, priority=self.place)

    def _found(self, client: SyncPrefectClient) -> WorkQueue | None:
        try:
            return client.read_work_queue_by_name(self.priority.value, work_pool_name=POOL)
        except ObjectNotFound:
            return None


def require_pool() -> str:
    """Return the address of the server, which must have the pool: else NO_DEPLOYMENT."""
    with get_client(sync_client=True) as client:
        if _pool(client) is None:
            raise fault("NO_DEPLOYMENT", name=POOL)
        return str(client.api_url)


def _pool(client: SyncPrefectClient) -> WorkPool | None:
    try:
        return client.read_work_pool(POOL)
    except ObjectNotFound:
        return None
