"""Canaries: the first few items of a large batch, which finish before the others enter.

A key that is refused or a prompt that cannot work fails every item alike; then five have paid for it and not
five hundred. Lanes that put many items to a task have none: those items take milliseconds, and waiting for the
first of them would cost more than it could save.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping

from tasks.errors import PressroomError, fault
from tasks.models import ItemStatus, Outcome

LARGE = 20
"""Batches above this many items have canaries."""


class Canaries:
    """Counts who has entered and how they ended, on the flow's thread; a size of 0 lets everyone in."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._inside: set[str] = set()
        self._ended: dict[str, str | None] = {}

    @classmethod
    def of(cls, wished: int, *, total: int, settled: Mapping[ItemStatus, int]) -> Canaries:
        """Return those of a batch; one of which something has come out already needs none."""
        proven = settled.get(ItemStatus.SUCCEEDED, 0) + settled.get(ItemStatus.NEEDS_REVIEW, 0)
        return cls(wished if total > LARGE and not proven else 0)

    @property
    def room(self) -> int:
        """How many more may enter now."""
        if len(self._ended) >= self._size:
            return sys.maxsize
        return self._size - len(self._ended) - len(self._inside)

    def enter(self, item_ids: Iterable[str]) -> None:
        """Note who enters."""
        if len(self._ended) < self._size:
            self._inside.update(item_ids)

    def note(self, outcomes: Iterable[Outcome]) -> PressroomError | None:
        """Note how they ended; return why the batch is to stop once all have failed alike."""
        fell = False
        for outcome in outcomes:
            if outcome.item_id in self._inside:
                self._inside.discard(outcome.item_id)
                failed = outcome.status is ItemStatus.FAILED and outcome.failure is not None
                self._ended[outcome.item_id] = outcome.failure.code if failed and outcome.failure else None
                fell = True
        codes = set(self._ended.values())
        if not fell or len(self._ended) < self._size or len(codes) > 1 or None in codes:
            return None
        return fault("CANARY_FAILED", count=self._size, code=codes.pop())
