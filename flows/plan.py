"""What a kind tells the engine of a batch: its items, and what happens to each as it enters."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tasks.claims import Claims
from tasks.models import BatchT, ItemT

Prepare = Callable[[ItemT], ItemT]
"""Chooses an item's lane and claims its outputs as it enters; what it raises fails that item alone."""
Plan = Callable[[BatchT, Claims], tuple[Sequence[ItemT], Prepare[ItemT]]]
"""Given a batch, named and with absolute folders, returns its items and how each is prepared."""
