"""The entrance: where a batch's items wait until they are prepared and enter their lanes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Generic

from flows.canary import Canaries
from flows.failures import Failures
from flows.lanes import Group, Lane, LaneQueue, Unit
from flows.plan import Prepare
from tasks.errors import as_fault
from tasks.models import BatchOptions, ItemT, Outcome

READ_AHEAD = 1000
"""Items looked at in one turn of the window, so that the first enter before the last is looked at."""


class Entrance(Generic[ItemT]):
    """Lets items in, the urgent first, as far as there is room, canaries have come out, and nothing is shut."""

    def __init__(
        self,
        options: BatchOptions,
        items: Sequence[ItemT],
        lanes: Sequence[Lane],
        prepare: Prepare[ItemT],
        canaries: Canaries,
        failures: Failures,
    ) -> None:
        self._options = options
        self._prepare = prepare
        self._canaries = canaries
        self._failures = failures
        self._pending = deque(sorted(items, key=lambda item: item.priority.rank))
        self._kept_back: list[ItemT] = []
        self._queues = {
            lane.name: LaneQueue[ItemT](lane, lane.parallelism(options, items=len(items))) for lane in lanes
        }

    @property
    def queues(self) -> list[LaneQueue[ItemT]]:
        """The lanes, in order."""
        return list(self._queues.values())

    @property
    def is_over(self) -> bool:
        """Whether nobody is left to be prepared."""
        return not self._pending

    @property
    def is_waited_at(self) -> bool:
        """Whether anybody waits, prepared or not, kept back or not."""
        return bool(self._pending or self._kept_back or any(queue.is_waited_for for queue in self.queues))

    @property
    def has_more(self) -> bool:
        """Whether another look may bring in more: somebody is left, and a lane has room."""
        return bool(self._pending) and any(queue.is_hungry for queue in self.queues)

    def extend(self, items: Iterable[ItemT]) -> None:
        """Let items wait once more."""
        self._pending.extend(items)

    def reopen(self) -> None:
        """Let those wait again who were kept back."""
        kept, self._kept_back = self._kept_back, []
        for item in kept:
            self._queues[item.lane].extend([item])

    def keep_back(self) -> None:
        """Take out of the lanes who waits there and may not enter any more."""
        for queue in self.queues:
            self._kept_back += queue.take_out(self._failures.is_shut)

    def set_apart(self, apart: int) -> None:
        """Say how many of those inside wait for others to enter; a batch whose items meet has one lane."""
        for queue in self.queues[:1]:
            queue.apart = apart

    def read_ahead(self) -> list[Outcome]:
        """Prepare as many as the lanes have room for, and return those that are refused."""
        refused: list[Outcome] = []
        looked_at = 0
        while looked_at < READ_AHEAD and self.has_more:
            item = self._pending.popleft()
            looked_at += 1
            try:
                prepared = self._prepare(item)
            except Exception as error:
                refused.append(Outcome.failed(item.item_id, as_fault(error, what=f"item {item.item_id!r}")))
                continue
            prepared.deadline_seconds = self._options.item_deadline_seconds
            self._failures.look(prepared)
            if self._failures.is_shut(prepared):
                self._kept_back.append(prepared)
            else:
                self._queues[prepared.lane].extend([prepared])
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
