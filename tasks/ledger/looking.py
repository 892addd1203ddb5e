"""A look into whatever ledger there is: a quick one where it is SQLite, the full store where it is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tasks.ledger.glance import Glance, glancing
from tasks.settings import settings


@contextmanager
def looking() -> Iterator[Glance | None]:
    """Open the ledger for a look; None when nothing was ever written down."""
    path = ledger_file()
    if path is not None:
        with glancing(path, patience=settings().ledger_patience_seconds) as glance:
            is_old = glance is None and path.exists()
            if not is_old:
                yield glance
                return
    with _full_glance() as glance:  # which brings an older ledger up to date first
        yield glance


def earlier_spec(kind: str, batch_id: str) -> dict[str, Any]:
    """Return what the batch of this name and kind was last asked for with; empty where the ledger knows none."""
    with looking() as glance:
        query = "SELECT spec FROM batch WHERE batch_id = ? AND kind = ?"
        rows = glance.execute(query, (batch_id, kind)) if glance is not None else ()
    known: dict[str, Any] = json.loads(rows[0]["spec"]) if rows else {}
    return known


def ledger_file() -> Path | None:
    """Where the ledger lies, if it is a file."""
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
