"""The tally of a running batch: its items by status, and which have been at work longest."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping

from tasks.models import ItemStatus, Outcome
from tasks.progress import SHOWN_AT_WORK, Progress, RunningItem


class Tally:
    """Counts on the flow's thread; snapshots are taken from any."""

    def __init__(self, batch_id: str, kind: str, *, pending: int, settled: Mapping[ItemStatus, int]) -> None:
        self.total = pending + sum(settled.values())
        self.started_at = time.monotonic()
        self._batch_id = batch_id
        self._kind = kind
        self._counts = dict.fromkeys(ItemStatus, 0) | dict(settled)
        self._counts[ItemStatus.PENDING] += pending
        self._entered: dict[str, float] = {}
        self._sequence = 0

    def move(self, before: ItemStatus, after: ItemStatus, count: int) -> None:
        """Count items out of one status and into another."""
        self._counts[before] -= count
        self._counts[after] += count

    def settle(self, outcomes: Iterable[Outcome]) -> None:
        """Count what became of items that were at work."""
        for status, count in Counter(outcome.status for outcome in outcomes).items():
            self.move(ItemStatus.RUNNING, status, count)

    def cancel_rest(self) -> None:
        """Count as cancelled what has no end, as the ledger does when a stopped batch is closed."""
        for status in (ItemStatus.PENDING, ItemStatus.RUNNING):
            self.move(status, ItemStatus.CANCELLED, self._counts[status])

    def enter(self, names: Iterable[str]) -> None:
        """Note since when units, each named by its first item, have been inside."""
        self._entered.update(dict.fromkeys(names, time.monotonic()))

    def leave(self, name: str) -> None:
        """Forget a unit that has left."""
        self._entered.pop(name, None)

    def snapshot(self, *, paused: bool, question: str, models: Mapping[str, str]) -> Progress:
        """Say where the batch stands; `models` has those that work on an item just now."""
        self._sequence += 1
        now = time.monotonic()
        # Copied first: the pulse takes snapshots while the flow's thread changes the table.
        entered = sorted(self._entered.copy().items(), key=lambda pair: pair[1])[:SHOWN_AT_WORK]
        return Progress(
            batch_id=self._batch_id,
            kind=self._kind,
            sequence=self._sequence,
            total=self.total,
            counts=dict(self._counts),
            running=[
                RunningItem(item_id=item_id, seconds=now - since, model=models.get(item_id, ""))
                for item_id, since in entered
            ],
            elapsed_seconds=now - self.started_at,
            paused=paused,
            question=question,
        )
