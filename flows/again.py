"""What is tried again at the end of a batch, in mode `retry`: items that failed for a passing reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Generic

from flows.policy import takes_up_again
from tasks.models import BatchOptions, ItemT, Outcome


class Again(Generic[ItemT]):
    """The items that come again, and how often each has."""

    def __init__(self, options: BatchOptions) -> None:
        self._options = options
        self._attempts: dict[str, int] = {}
        self._waiting: list[tuple[ItemT, Outcome]] = []

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def note(self, items: Sequence[ItemT], outcomes: Iterable[Outcome]) -> None:
        """Look at how items have ended, and keep those that come again."""
        failed = {one.item_id: one for one in outcomes if takes_up_again(self._options, one, self._attempts)}
        if failed:
            self._waiting += [(item, failed[item.item_id]) for item in items if item.item_id in failed]

    def without(self, outcomes: Iterable[Outcome]) -> Iterable[Outcome]:
        """Return those of the outcomes that are the last word on their items."""
        names = {item.item_id for item, _ in self._waiting}
        return (outcome for outcome in outcomes if outcome.item_id not in names)

    def take(self) -> list[tuple[ItemT, Outcome]]:
        """Take them out, each with how it has ended."""
        taken, self._waiting = self._waiting, []
        return taken
