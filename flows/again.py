"""What is tried again: in mode `retry` at the end of a batch, and all of which nothing came where a person says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic

from flows.policy import takes_up_again
from tasks.models import BatchOptions, ItemStatus, ItemT, Outcome

_MISSING = (ItemStatus.FAILED, ItemStatus.SKIPPED)


class Again(Generic[ItemT]):
    """The items that come again, and how often each has."""

    def __init__(self, options: BatchOptions) -> None:
        self._options = options
        self._attempts: dict[str, int] = {}
        self._waiting: list[tuple[ItemT, Outcome]] = []
        self._missing: dict[str, tuple[ItemT, Outcome]] = {}

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def note(self, items: Sequence[ItemT], outcomes: Sequence[Outcome]) -> None:
        """Look at how items have ended, and keep those that come again, or would if a person said so."""
        failed = {one.item_id: one for one in outcomes if takes_up_again(self._options, one, self._attempts)}
        if failed:
            self._waiting += [(item, failed[item.item_id]) for item in items if item.item_id in failed]
        self.keep_missing((item, one) for item, one in _pairs(items, outcomes) if item.item_id not in failed)

    def keep_missing(self, ended: Iterable[tuple[ItemT, Outcome]]) -> None:
        """Keep those of which nothing has come."""
        self._missing |= {item.item_id: (item, one) for item, one in ended if one.status in _MISSING}

    def without(self, outcomes: Iterable[Outcome]) -> Iterable[Outcome]:
        """Return those of the outcomes that are the last word on their items."""
        names = {item.item_id for item, _ in self._waiting}
        return (outcome for outcome in outcomes if outcome.item_id not in names)

    def take(self) -> list[tuple[ItemT, Outcome]]:
        """Take them out, each with how it has ended."""
        taken, self._waiting = self._waiting, []
        return taken

    def take_missing(self) -> list[tuple[ItemT, Outcome]]:
        """Take out all of which nothing has come so far; in mode `retry` each may be tried as often as at first."""
        taken, self._missing = list(self._missing.values()), {}
        for item, _ in taken:
            self._attempts.pop(item.item_id, None)
        return taken


def _pairs(items: Sequence[ItemT], outcomes: Iterable[Outcome]) -> Iterator[tuple[ItemT, Outcome]]:
    by_name = {item.item_id: item for item in items}
    return ((by_name[one.item_id], one) for one in outcomes if one.item_id in by_name)
