"""Marks: what a running batch writes down of its items: where they wait, that they enter, how they have ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flows.lanes import MARKED_CHUNK, Unit
from tasks.ledger.store import Ledger
from tasks.ledger.waits import Place, note_places
from tasks.models import Outcome


class Marks:
    """Writes on the flow's thread, many items to a transaction."""

    def __init__(self, ledger: Ledger, batch_id: str) -> None:
        self._ledger = ledger
        self._batch_id = batch_id
        self._unsettled: list[Outcome] = []

    @property
    def has_unsettled(self) -> bool:
        """Whether ends are known that are not written down."""
        return bool(self._unsettled)

    def wait(self, places: Sequence[Place]) -> None:
        """Mark where items wait."""
        if places:
            note_places(self._ledger, self._batch_id, places)

    def enter(self, units: Sequence[Unit[Any]]) -> None:
        """Mark items as running."""
        lanes = {item.item_id: unit.lane for unit in units if len(unit.items) <= MARKED_CHUNK for item in unit.items}
        if lanes:
            self._ledger.start_items(self._batch_id, lanes, lanes)

    def keep(self, outcomes: Iterable[Outcome]) -> None:
        """Keep ends until they are written: a ledger that is locked now may be free when the batch is closed."""
        self._unsettled += outcomes

    def settle(self) -> list[Outcome]:
        """Write down all ends that are kept, and return them."""
        outcomes = self._unsettled
        self._ledger.settle_items(self._batch_id, outcomes)
        self._unsettled = []
        return outcomes
