"""A look into whatever ledger there is: a quick one where it is SQLite, the full store where it is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tasks.files import refuse_no_folder
from tasks.ledger.glance import Glance, glancing
from tasks.settings import settings


@contextmanager
def looking(*, patience: float = 0.0) -> Iterator[Glance | None]:
    """Open the ledger for a look; None when nothing was ever written down.

    `patience` is for how many seconds a database elsewhere that does not answer is asked again.
    """
    path = ledger_file()
    if path is not None:
        if path == settings().ledger_path:
            refuse_no_folder(settings().home)
        with glancing(path, patience=settings().ledger_patience_seconds) as glance:
            is_old = glance is None and path.exists()
            if not is_old:
                yield glance
                return
    with _full_glance(patience) as glance:  # which brings an older ledger up to date first
        yield glance


def earlier_spec(kind: str, batch_id: str) -> dict[str, Any]:
    """Return what the batch of this name and kind was last asked for with; empty where the ledger knows none."""
    with looking(patience=settings().ledger_patience_seconds) as glance:
        query = "SELECT spec FROM batch WHERE batch_id = ? AND kind = ?"
        rows = glance.execute(query, (batch_id, kind)) if glance is not None else ()
    known: dict[str, Any] = json.loads(rows[0]["spec"]) if rows else {}
    return known


def await_ledger() -> None:
    """Wait for a database elsewhere that is started again, as a batch does before it begins: LEDGER_AWAY in the end."""
    if ledger_file() is None:
        with looking(patience=settings().ledger_patience_seconds):
            pass


def ledger_file() -> Path | None:
    """Where the ledger lies, if it is a file."""
    url = settings().ledger_url
    if not url:
        return settings().ledger_path
    return Path(url.removeprefix("sqlite:///")).absolute() if url.startswith("sqlite:///") else None


@contextmanager
def _full_glance(patience: float = 0.0) -> Iterator[Glance]:
    from tasks.ledger.store import Ledger

    ledger = Ledger(settings(), patience=patience)
    try:
        yield Glance(ledger.execute)
    finally:
        ledger.close()
