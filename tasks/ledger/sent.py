"""Batches that the ledger has, and that were sent to a worker once more: whoever watches one waits until it goes on."""

from __future__ import annotations

from collections.abc import Iterable

from tasks.errors import fault
from tasks.ledger.batch_rows import SENT
from tasks.ledger.looking import looking
from tasks.ledger.owner import is_held
from tasks.ledger.store import Ledger
from tasks.settings import settings


def refuse_at_work(batch_ids: Iterable[str]) -> None:
    """Raise BATCH_BUSY where somebody works on one of these: its run would be refused at the worker."""
    with looking() as glance:
        if glance is None:
            return
        for batch_id in batch_ids:
            rows = glance.execute("SELECT owner, lease_until FROM batch WHERE batch_id = ?", (batch_id,))
            if any(is_held(row["owner"], row["lease_until"]) for row in rows):
                raise fault("BATCH_BUSY", batch_id=batch_id, owner=rows[0]["owner"])


def note_sent(batch_id: str) -> None:
    """Write down that a run of a batch was sent; of one that the ledger does not have there is nothing to say yet."""
    with looking() as glance:
        if glance is None:
            return
    ledger = Ledger(settings())
    try:
        ledger.update_batch(batch_id, control=SENT)
    finally:
        ledger.close()
