"""Needs: which items of a batch wait for which others, and what becomes of them.

    needs        an item enters once all that it needs have succeeded
    continues    it enters once that one has handed on what it takes up, or has succeeded

Whoever is waited for is as urgent as the most urgent of those who wait. Where one comes to nothing, those who wait for
it are skipped, and so on; who waits for a person's decision keeps them waiting for the next run of the batch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Generic, NamedTuple

from tasks.errors import PressroomError, fault
from tasks.models import Item, ItemStatus, ItemT


class Fallen(NamedTuple, Generic[ItemT]):
    """An item that cannot be made now, and why."""

    item: ItemT
    error: PressroomError


class Needs(Generic[ItemT]):
    """Knows who waits, on the flow's thread."""

    def __init__(self, items: Sequence[ItemT], before: Mapping[str, ItemStatus]) -> None:
        """`items` are to be made, `before` says how others stand; who is among both may be made yet, see `reopen`."""
        self._before = dict(before)
        """How those have ended that are not to come any more."""
        self._ranks = {item.item_id: item.priority.rank for item in items}
        self._own_ranks = dict(self._ranks)
        self._heights: dict[str, int] = {}
        self._names = {item.item_id: awaited(item) for item in items if item.needs or item.continues}
        self._after: dict[str, dict[str, None]] = defaultdict(dict)
        for item_id, names in self._names.items():
            for name in names:
                self._after[name][item_id] = None
        self._open = {item_id: set(names) for item_id, names in self._names.items()}
        self._blocked: dict[str, ItemT] = {}
        self._fallen: list[Fallen[ItemT]] = []
        self._left_alone: dict[str, None] = {}
        if self._names:
            self._lend()

    @property
    def has_blocked(self) -> bool:
        """Whether anybody waits for others."""
        return bool(self._blocked)

    @property
    def has_fallen(self) -> bool:
        """Whether there are those of whom it has not been told yet that they cannot be made."""
        return bool(self._fallen)

    def rank(self, item_id: str) -> int:
        """How urgent an item is, with what those lend it who wait for it."""
        return self._ranks[item_id]

    def lender(self, item_id: str) -> str:
        """Name the item that lends one its urgency; empty where it is its own."""
        name = item_id
        while self._own_ranks[name] != self._ranks[item_id]:
            name = next(one for one in self._after[name] if self._ranks[one] == self._ranks[item_id])
        return name if name != item_id else ""

    def height(self, item_id: str) -> int:
        """How many items, one after the other, wait for it."""
        return self._heights.get(item_id, 0)

    def admit(self, item: ItemT) -> bool:
        """Say whether an item may go now; who may not is remembered until it may."""
        needed = self._open.get(item.item_id)
        if not needed:
            return True
        for name in list(needed):
            status = self._before.get(name)
            if status is not None and not serves(item, name, status):
                self._fall(item, name, status, "")
                return False
            if status is not None:
                needed.discard(name)
        if needed:
            self._blocked[item.item_id] = item
        return not needed

    def hand_on(self, item_id: str) -> list[ItemT]:
        """Hear that an item has handed on what another takes up; return who may go now."""
        return self._release(item_id, ItemStatus.NEEDS_REVIEW)

    def end(self, item_id: str, status: ItemStatus, code: str = "") -> list[ItemT]:
        """Hear how an item has ended; return who may go now. Who cannot be made any more has fallen."""
        freed = self._release(item_id, status)
        if self._names:
            self._before[item_id] = status
        for waiting in list(self._after.get(item_id, ())):
            if waiting in self._blocked and item_id in self._open[waiting]:
                self._fall(self._blocked.pop(waiting), item_id, status, code)
        return freed

    def reopen(self, items: Sequence[ItemT]) -> list[ItemT]:
        """Let items be made once more that had come to nothing; return who may go now, the others wait for those."""
        for item in items:
            self._before.pop(item.item_id, None)
        for item in items:
            if names := self._names.get(item.item_id):
                self._open[item.item_id] = set(names)
                for name in names:
                    self._after[name][item.item_id] = None
                    self._left_alone[name] = None
        return [item for item in items if self.admit(item)]

    def fallen(self) -> Iterator[Fallen[ItemT]]:
        """Give out, once, those who cannot be made now."""
        while self._fallen:
            yield self._fallen.pop(0)

    def hasten(self, item_id: str, rank: int) -> list[str]:
        """Give an item another urgency; return whose place is another one now. One that is not to be made is let be."""
        if item_id not in self._own_ranks:
            return []
        self._own_ranks[item_id] = rank
        return self._reckon([item_id])

    def moved(self) -> list[str]:
        """Return, once, whose place is another one now because some of those who waited for it do so no more."""
        names = [name for name in self._left_alone if name in self._ranks]
        self._left_alone = {}
        return self._reckon(names)

    def _reckon(self, names: Iterable[str]) -> list[str]:
        """Find anew how urgent items are and how many wait for them, and so on for those that they wait for."""
        changed: dict[str, None] = {}
        todo = list(names)
        while todo:
            name = todo.pop()
            after = self._after.get(name, ())
            rank = min([self._own_ranks[name], *(self._ranks[one] for one in after)])
            height = max((self.height(one) + 1 for one in after), default=0)
            if (rank, height) != (self._ranks[name], self.height(name)):
                self._ranks[name], self._heights[name] = rank, height
                changed[name] = None
                todo += [one for one in self._names.get(name, ()) if one in self._ranks]
        return list(changed)

    def _lend(self) -> None:
        """Go through all from the last to the first, so that each knows those who wait for it."""
        try:
            order = list(TopologicalSorter(self._names).static_order())
        except CycleError as error:
            raise fault("INTERNAL", what=f"Items wait for each other in a circle: {error.args[1]}.") from None
        for name in reversed(order):
            for waiting in self._after.get(name, ()):
                self._heights[name] = max(self._heights.get(name, 0), self._heights.get(waiting, 0) + 1)
                if name in self._ranks:
                    self._ranks[name] = min(self._ranks[name], self._ranks[waiting])

    def _release(self, item_id: str, status: ItemStatus) -> list[ItemT]:
        freed = []
        for waiting in self._after.get(item_id, ()):
            item = self._blocked.get(waiting)
            if item is None or not serves(item, item_id, status):
                continue
            self._open[waiting].discard(item_id)
            if not self._open[waiting]:
                freed.append(self._blocked.pop(waiting))
        return freed

    def _fall(self, item: ItemT, because: str, status: ItemStatus, code: str) -> None:
        """Skip an item, and all that wait for it, for the same reason."""
        error = _why(because, status, code)
        todo = [item]
        while todo:
            fallen = todo.pop()
            self._before[fallen.item_id] = ItemStatus.SKIPPED
            self._fallen.append(Fallen(fallen, error))
            for name in self._names[fallen.item_id]:
                del self._after[name][fallen.item_id]
                self._left_alone[name] = None
            todo += [one for name in self._after.get(fallen.item_id, ()) if (one := self._blocked.pop(name, None))]


def awaited(item: Item) -> list[str]:
    """Name the items that an item waits for."""
    return list(dict.fromkeys([*item.needs, *([item.continues] if item.continues else [])]))


def serves(item: Item, name: str, status: ItemStatus) -> bool:
    """Say whether one that stands so keeps an item waiting no longer; what it hands on serves before its review."""
    if status is ItemStatus.NEEDS_REVIEW:
        return item.continues == name and name not in item.needs
    return status is ItemStatus.SUCCEEDED


def _why(because: str, status: ItemStatus, code: str) -> PressroomError:
    if status is ItemStatus.NEEDS_REVIEW:
        return fault("PREDECESSOR_IN_REVIEW", other=because)
    ended = {ItemStatus.FAILED: "failed", ItemStatus.SKIPPED: "was skipped"}.get(status, f"is {status.value}")
    return fault("PREDECESSOR_FAILED", other=because, ended=ended + (f" ({code})" if code else ""))
