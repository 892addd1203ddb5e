"""Lanes: items of one kind that run alike share a window of their own, so none waits for slower ones."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic

import psutil
from prefect.utilities.annotations import opaque

from flows.admission import Admission
from flows.line import Key, Line
from tasks.models import BatchOptions, Chunk, ItemT
from tasks.results import Parallelism

MIB = 1024 * 1024
MARKED_CHUNK = 50
"""Largest chunk whose items are marked in the ledger, as waiting in their lane and as running: those of larger ones are
done before anyone could read it."""


@dataclass(frozen=True)
class Lane:
    """How the items of a lane run.

    `limit` is how many may work at once, `window` how many are in the lane at once: a few more, so that
    the next is at hand when a place becomes free. `chunk` over 1 puts that many items to a task, which
    is for stages under about 50 ms an item, where a task costs more than its work. Items that wait and are equal in
    the field `together` enter one after the other, so that a vendor's prompt cache still holds what they share.
    Of its stages those in `limits` have one of their own, if that is less, and those in `limits_again` another one once
    items are tried again after the batch; those in `shares` take the places of another one. Those in `turns` one item
    goes through before the next one begins them.
    `most` is asked as items enter how many may be inside just now, for what is measured while a batch runs.
    """

    name: str
    limit: int
    stages: tuple[str, ...]
    chunk: int = 1
    cpu_bound: bool = False
    memory_per_item: int = 16 * MIB
    window: int = 0
    together: str = ""
    most: Callable[[], int] | None = None
    limits: Mapping[str, int] = field(default_factory=dict)
    limits_again: Mapping[str, int] = field(default_factory=dict)
    shares: Mapping[str, str] = field(default_factory=dict)
    turns: tuple[str, ...] = ()

    def parallelism(self, options: BatchOptions, *, items: int) -> Parallelism:
        """Say how many work at once, and which bound decided: the smallest, the first named on a tie."""
        bounds = {"limit": self.limit, "memory": max(1, psutil.virtual_memory().available // self.memory_per_item)}
        if options.max_parallel is not None:
            bounds = {"max_parallel": options.max_parallel} | bounds
        if self.cpu_bound:
            bounds["cores"] = 2 * (os.cpu_count() or 1)
            if items < 5:
                # Handing fewer than five short computations to workers costs more than it saves.
                bounds["few items"] = 1
        bound = min(bounds, key=lambda name: bounds[name])
        return Parallelism(lane=self.name, value=int(bounds[bound]), bound=bound, stages=list(self.stages))


@dataclass(eq=False)
class Unit(Generic[ItemT]):
    """What passes through a lane as one: an item, or a chunk of them."""

    lane: str
    items: list[ItemT]


@dataclass(eq=False)
class Group(Generic[ItemT]):
    """The units that enter a lane together; empty when there is nothing for it now."""

    lane: Lane
    units: list[Unit[ItemT]] = field(default_factory=list)

    @property
    def items(self) -> list[ItemT]:
        """The items, to be mapped one to a task."""
        return [item for unit in self.units for item in unit.items]

    @property
    def chunks(self) -> opaque:
        """The chunks, to be mapped many items to a task; Prefect is told not to look for futures inside them."""
        return opaque([Chunk[ItemT](items=unit.items) for unit in self.units])


def holds_any(groups: Sequence[Group[ItemT]]) -> bool:
    """Say whether anything enters any lane."""
    return any(group.units for group in groups)


class LaneQueue(Generic[ItemT]):
    """The items that wait for a lane, and how many units it holds."""

    def __init__(self, lane: Lane, parallelism: Parallelism) -> None:
        self.lane = lane
        self.parallelism = parallelism
        self.inside = 0
        self.apart = 0
        """Of those inside, how many take no room, because they wait for others who have yet to enter."""
        self.waiting: Line[ItemT] = Line()
        self._groups: dict[object, int] = {}
        spare = 2 if lane.chunk > 1 else parallelism.value
        self._window = lane.window or parallelism.value + spare

    def settle(self, call: Callable[..., None], admission: Admission, *, again: bool = False) -> None:
        """Tell admission, on its loop, how many may be at work in each of the lane's stages."""
        limits = {**self.lane.limits, **(self.lane.limits_again if again else {})}
        for stage in self.lane.stages:
            value = self.parallelism.value
            call(admission.set_limit, stage, min(value, limits.get(stage, value)))
        for stage, other in self.lane.shares.items():
            call(admission.share, stage, other)
        if self.lane.turns:
            call(admission.set_turns, self.lane.turns)

    @property
    def is_hungry(self) -> bool:
        """Whether more items could enter than wait."""
        return len(self.waiting) < (self._window + self.apart - self.inside) * self.lane.chunk

    def goes_after(self, key: Key) -> bool:
        """Whether somebody waits, and all who do go after one of this key."""
        return bool(self.waiting) and self.waiting.first.order < key.order

    def push(self, item: ItemT, key: Key) -> int | None:
        """Let an item wait, beside those that it shares something with; return their number, where there are such."""
        group = None
        if field := self.lane.together:
            group = self._groups.setdefault(getattr(item, field), len(self._groups))
            key = key._replace(group=group)
        self.waiting.push(item, key)
        return group

    def take_out(self, is_out: Callable[[ItemT], bool]) -> list[tuple[ItemT, Key]]:
        """Take out of the waiting those that may not enter any more."""
        return [self.waiting.remove(item.item_id) for item in list(self.waiting) if is_out(item)]

    def enter(self, *, most: int = sys.maxsize) -> Group[ItemT]:
        """Take as many units as there is room for: first those that can start at once, then the spare ones."""
        group: Group[ItemT] = Group(self.lane)
        room = self._room()
        while self.waiting and self.inside < room and len(group.units) < most:
            count = min(self.lane.chunk, len(self.waiting))
            group.units.append(Unit(self.lane.name, [self.waiting.pop()[0] for _ in range(count)]))
            self.inside += 1
        return group

    def _room(self) -> int:
        room = self._window if self.inside - self.apart >= self.parallelism.value else self.parallelism.value
        if self.lane.most is not None:
            room = min(room, self.lane.most())
        return room + self.apart
