"""The command's way into the ledger: what is asked of it, and what a person asks of a batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from tasks.errors import fault
from tasks.ledger.glance import BatchDocument, Glance, ask_of
from tasks.ledger.looking import await_ledger, ledger_file, looking
from tasks.ledger.owner import is_held
from tasks.settings import settings

__all__ = ["ask", "await_ledger", "known_at_rest", "looking", "looking_at", "result_of"]


@contextmanager
def looking_at(batch_id: str) -> Iterator[Glance]:
    """Open the ledger for a look at a batch; UNKNOWN_BATCH when there is no ledger."""
    with looking() as glance:
        if glance is None:
            raise fault("UNKNOWN_BATCH", batch_id=batch_id)
        yield glance


def result_of(batch_id: str) -> BatchDocument:
    """What became of a batch."""
    with looking_at(batch_id) as glance:
        return glance.result(batch_id)


def known_at_rest(batch_ids: Iterable[str]) -> set[str]:
    """Return which of these batches the ledger has; BATCH_BUSY where somebody works on one, as its run would say."""
    known = set[str]()
    with looking() as glance:
        if glance is None:
            return known
        for batch_id in batch_ids:
            rows = glance.execute("SELECT owner, lease_until FROM batch WHERE batch_id = ?", (batch_id,))
            if any(is_held(row["owner"], row["lease_until"]) for row in rows):
                raise fault("BATCH_BUSY", batch_id=batch_id, owner=rows[0]["owner"])
            known |= {batch_id} if rows else set()
    return known


def ask(batch_id: str, control: str) -> None:
    """Write down what a person asks of a batch."""
    path = ledger_file()
    if path is not None:
        ask_of(path, batch_id, control, patience=settings().ledger_patience_seconds)
        return
    from tasks.ledger.store import Ledger

    ledger = Ledger(settings())
    try:
        ledger.update_batch(batch_id, control=control)
    finally:
        ledger.close()
