"""What a kind tells the engine of a batch: its items, and what happens to each as it enters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from tasks.errors import fault
from tasks.models import BatchOptions, ItemT

BatchT = TypeVar("BatchT", bound=BatchOptions)


class Claims:
    """Which item makes which output, so that no item overwrites another's."""

    def __init__(self) -> None:
        self._made: dict[str, str] = {}

    def add(self, made: dict[str, str]) -> None:
        """Take over the paths that items made in an earlier run of the batch."""
        self._made.update(made)

    def claim(self, path: str, item_id: str) -> None:
        """Reserve a path for an item, or refuse with OUTPUT_CONFLICT."""
        other = self._made.setdefault(path, item_id)
        if other != item_id:
            raise fault("OUTPUT_CONFLICT", item_id=item_id, path=path, other=other)


Prepare = Callable[[ItemT], ItemT]
"""Chooses an item's lane and claims its outputs as it enters; what it raises fails that item alone."""
Plan = Callable[[BatchT, Claims], tuple[Sequence[ItemT], Prepare[ItemT]]]
"""Given a batch, named and with absolute folders, returns its items and how each is prepared."""
