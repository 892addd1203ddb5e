"""The command's way into the ledger: a quick look where it is SQLite, the full store where it is not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks.errors import fault
from tasks.ledger.glance import BatchDocument, Glance, ask_of, glancing
from tasks.settings import settings


@contextmanager
def looking() -> Iterator[Glance | None]:
    """Open the ledger for a look; None when nothing was ever written down."""
    path = _file()
    if path is not None:
        with glancing(path, patience=settings().ledger_patience_seconds) as glance:
            is_old = glance is None and path.exists()
            if not is_old:
                yield glance
                return
    with _full_glance() as glance:  # which brings an older ledger up to date first
        yield glance


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


def ask(batch_id: str, control: str) -> None:
    """Write down what a person asks of a batch."""
    path = _file()
    if path is not None:
        ask_of(path, batch_id, control, patience=settings().ledger_patience_seconds)
        return
    from tasks.ledger.store import Ledger

    ledger = Ledger(settings())
    try:
        ledger.update_batch(batch_id, control=control)
    finally:
        ledger.close()


def _file() -> Path | None:
    url = settings().ledger_url
    if not url:
        return settings().ledger_path
    return Path(url.removeprefix("sqlite:///")).absolute() if url.startswith("sqlite:///") else None


@contextmanager
def _full_glance() -> Iterator[Glance]:
    from tasks.ledger.store import Ledger

    ledger = Ledger(settings())
    try:
        yield Glance(ledger.execute)
    finally:
        ledger.close()
