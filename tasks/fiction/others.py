"""Other batches at work: what they are to write is not written by this one as well.

Two batches that write one chapter would both pay for it, and which text stands in the end would be chance. Of two that
ask for the same the one that began first makes it; a batch whose process is gone holds nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from tasks.errors import fault
from tasks.fiction.models import FictionBatch, FictionItem
from tasks.ledger.looking import looking
from tasks.parameters import BOUNDLESS

_AT_WORK = """
SELECT o.batch_id, o.spec FROM batch o JOIN batch m ON m.batch_id = ?
WHERE o.kind = 'fiction' AND o.batch_id <> m.batch_id AND o.lease_until > ?
AND (o.started_at < m.started_at OR (o.started_at = m.started_at AND o.batch_id < m.batch_id))
"""
_IS_OPEN = "SELECT 1 FROM item WHERE batch_id = ? AND item_id = ? AND status IN ('pending', 'running')"


class Others:
    """What other batches are to write, looked up when this one's first item enters."""

    def __init__(
        self,
        batch_id: str,
        items_of: Callable[[FictionBatch], list[FictionItem]],
        outputs_of: Callable[[FictionItem], Iterable[str]],
    ) -> None:
        self._batch_id = batch_id
        self._items_of = items_of
        self._outputs_of = outputs_of

    def refuse_busy(self, item: FictionItem, path: str) -> None:
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
        for row in _ask(_AT_WORK, self._batch_id, time.time()):
            batch = FictionBatch.model_validate_json(row["spec"], context=BOUNDLESS)
            for item in self._items_of(batch):
                found |= dict.fromkeys(self._outputs_of(item), (row["batch_id"], item.item_id))
        return found


def _ask(query: str, *values: object) -> list[Any]:
    with looking() as glance:
        return list(glance.execute(query, values)) if glance is not None else []
