"""A deployment's slot under its concurrency limit: a run that loses it while it is at work goes on.

Prefect's server takes the slot of a run that pauses, and its engine then ends the run as soon as it hears of that, some
minutes later (3.8.8; it does the same where the server was started again, which forgets its leases). A batch that waits
for an answer would crash so. Who works on a batch is told by the lease in the ledger; Prefect's limit is only about how
many runs there are at once, and one too many is better than one that is ended at work.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from prefect import flow_engine
from prefect.concurrency._leases import maintain_concurrency_lease


@contextmanager
def _keep(
    lease_id: UUID,
    lease_duration: float,
    raise_on_lease_renewal_failure: bool = False,
    suppress_warnings: bool = False,
) -> Iterator[None]:
    """Keep a slot for as long as the server lets us, whether or not the engine wants to hear that it does no more."""
    quiet = suppress_warnings or raise_on_lease_renewal_failure
    with maintain_concurrency_lease(lease_id, lease_duration, suppress_warnings=quiet):
        yield


def go_on_without_slot() -> None:
    """Let the runs of this process go on when they have lost their slots; before a run begins."""
    vars(flow_engine)["maintain_concurrency_lease"] = _keep
