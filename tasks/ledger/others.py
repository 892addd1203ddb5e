"""Other batches at work: what they are to write is not written by this one as well.

Two batches that write one thing would both pay for it, and which of the two stands in the end would be chance. Of two
that ask for the same the one that began first makes it; a batch whose process is gone holds nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from tasks.errors import fault
from tasks.ledger.looking import looking
from tasks.models import Item

_AT_WORK = """
SELECT o.batch_id, o.spec FROM batch o JOIN batch m ON m.batch_id = ?
WHERE o.kind = ? AND o.batch_id <> m.batch_id AND o.lease_until > ?
AND (o.started_at < m.started_at OR (o.started_at = m.started_at AND o.batch_id < m.batch_id))
"""
_IS_OPEN = "SELECT 1 FROM item WHERE batch_id = ? AND item_id = ? AND status IN ('pending', 'running')"

Writes = Callable[[str], Iterable[tuple[str, Iterable[str]]]]
"""Given the spec of a batch of the kind, JSON, returns its items by name, each with the paths that it writes."""


class Others:
    """What other batches of a kind are to write, looked up when this one's first item enters."""

    def __init__(self, kind: str, batch_id: str, writes: Writes) -> None:
        self._kind = kind
        self._batch_id = batch_id
        self._writes = writes

    def refuse_busy(self, item: Item, path: str) -> None:
        """Raise WORK_BUSY where another batch is to write what this item would."""
        found = self._paths.get(path)
        if found is None:
            return
        batch_id, other = found
        if _ask(_IS_OPEN, batch_id, other):
            raise fault("WORK_BUSY", item_id=item.item_id, path=path, other=other, batch_id=batch_id)

    @cached_property
    def _paths(self) -> dict[str, tuple[str, str]]:
        found: dict[str, tuple[str, str]] = {}
        for row in _ask(_AT_WORK, self._batch_id, self._kind, time.time()):
            for item_id, paths in self._writes(row["spec"]):
                for path in paths:
                    # Of those that are asked for twice the second fails, and writes nothing.
                    found.setdefault(path, (row["batch_id"], item_id))
        return found


def _ask(query: str, *values: object) -> list[Any]:
    with looking() as glance:
        return list(glance.execute(query, values)) if glance is not None else []
