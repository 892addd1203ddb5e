"""The entrance: where a batch's items wait until they are prepared and enter their lanes."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Generic

from flows.canary import Canaries
from flows.failures import Failures
from flows.lanes import Group, Lane, LaneQueue, Unit
from flows.line import Key, Line, Steps
from flows.needs import Needs
from flows.plan import Prepare
from tasks.errors import as_fault
from tasks.models import BatchOptions, ItemStatus, ItemT, Outcome

READ_AHEAD = 1000
"""Items looked at in one turn of the window, so that the first enter before the last is looked at."""


class Entrance(Generic[ItemT]):
    """Lets items in, the urgent first, once those they wait for are over, as there is room and nothing is shut."""

    def __init__(
        self,
        options: BatchOptions,
        items: Sequence[ItemT],
        lanes: Sequence[Lane],
        prepare: Prepare[ItemT],
        canaries: Canaries,
        failures: Failures,
        left: Mapping[str, ItemStatus],
    ) -> None:
        """`left` says how those of the batch stand that are not to be made now."""
        self._options = options
        self._prepare = prepare
        self._canaries = canaries
        self._failures = failures
        self._steps = Steps()
        self._numbers = itertools.count()
        self._needs = Needs(items, left)
        self._pending: Line[ItemT] = Line()
        self._kept_back: list[tuple[ItemT, Key]] = []
        self._queues = {
            lane.name: LaneQueue[ItemT](lane, lane.parallelism(options, items=len(items))) for lane in lanes
        }
        self.extend(item for item in items if self._needs.admit(item))

    @property
    def queues(self) -> list[LaneQueue[ItemT]]:
        """The lanes, in order."""
        return list(self._queues.values())

    @property
    def is_over(self) -> bool:
        """Whether nobody is left who could be prepared, or be told to be skipped."""
        return not self._pending and not self._needs.has_fallen

    @property
    def has_blocked(self) -> bool:
        """Whether anybody waits for others to end."""
        return self._needs.has_blocked

    @property
    def is_waited_at(self) -> bool:
        """Whether anybody waits, prepared or not, kept back or not, for others or not."""
        return bool(self._pending or self._kept_back or self._needs.has_blocked) or self._is_waited_in_lanes

    @property
    def is_stuck(self) -> bool:
        """Whether all who wait are kept back, or wait for those: unless somebody inside ends, nobody ever enters."""
        return bool(self._kept_back) and not self._pending and not self._is_waited_in_lanes

    @property
    def has_more(self) -> bool:
        """Whether another look may bring more: somebody is left and a lane has room, or somebody is to be skipped."""
        return self._needs.has_fallen or (bool(self._pending) and any(queue.is_hungry for queue in self.queues))

    def extend(self, items: Iterable[ItemT]) -> None:
        """Let items wait, each at its place."""
        for item in items:
            self._pending.push(item, self._key(item.item_id))

    def hand_on(self, item_id: str) -> None:
        """Let those wait for their turn who take up what this item has handed on."""
        self.extend(self._needs.hand_on(item_id))

    def end(self, outcomes: Iterable[Outcome]) -> None:
        """Let those wait for their turn who waited for these to end."""
        for outcome in outcomes:
            code = outcome.failure.code if outcome.failure is not None else ""
            self.extend(self._needs.end(outcome.item_id, outcome.status, code))

    def reopen(self) -> None:
        """Let those wait again who were kept back."""
        kept, self._kept_back = self._kept_back, []
        for item, key in kept:
            self._queues[item.lane].push(item, key)

    def keep_back(self) -> None:
        """Take out of the lanes who waits there and may not enter any more."""
        for queue in self.queues:
            self._kept_back += queue.take_out(self._failures.is_shut)

    def set_apart(self, apart: int) -> None:
        """Say how many of those inside wait for others to enter; a batch whose items meet has one lane."""
        for queue in self.queues[:1]:
            queue.apart = apart

    def read_ahead(self) -> list[Outcome]:
        """Prepare as many as the lanes have room for; return those that are refused, or skipped for whom they need."""
        fallen = self._needs.fallen()
        refused = [Outcome.failed(item.item_id, error, ItemStatus.SKIPPED) for item, error in fallen]
        looked_at = 0
        while looked_at < READ_AHEAD and self._pending and self.has_more:
            item, key = self._pending.pop()
            looked_at += 1
            try:
                prepared = self._prepare(item)
            except Exception as error:
                refused.append(Outcome.failed(item.item_id, as_fault(error, what=f"item {item.item_id!r}")))
                continue
            prepared.deadline_seconds = self._options.item_deadline_seconds
            self._failures.look(prepared)
            if self._failures.is_shut(prepared):
                self._kept_back.append((prepared, key))
            else:
                self._queues[prepared.lane].push(prepared, key)
        return refused

    def enter(self) -> tuple[Group[ItemT], ...]:
        """Let in, lane by lane, as many as there is room for."""
        groups = []
        for queue in self.queues:
            is_tried = queue.lane.chunk == 1
            # A canary that waits for another one is no reason to keep that one out.
            groups.append(queue.enter(most=self._canaries.room + queue.apart) if is_tried else queue.enter())
            if is_tried:
                self._canaries.enter(item.item_id for item in groups[-1].items)
        return tuple(groups)

    def leave(self, unit: Unit[ItemT]) -> None:
        """Make room where a unit has left."""
        self._queues[unit.lane].inside -= 1

    @property
    def _is_waited_in_lanes(self) -> bool:
        return any(queue.waiting for queue in self.queues)

    def _key(self, item_id: str) -> Key:
        rank, height = self._needs.rank(item_id), self._needs.height(item_id)
        return Key(self._steps.now, rank, height=height, number=next(self._numbers))
