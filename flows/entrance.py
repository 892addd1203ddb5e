"""The entrance: where a batch's items wait until they are prepared and enter their lanes."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Generic

from flows.canary import Canaries
from flows.failures import Failures
from flows.lanes import MARKED_CHUNK, Group, Lane, LaneQueue, Unit
from flows.line import Key, Line, Steps
from flows.needs import Needs
from flows.plan import Prepare
from tasks.errors import as_fault
from tasks.ledger.roster import Roster
from tasks.ledger.waits import Place
from tasks.models import BatchOptions, ItemStatus, ItemT, Outcome, Priority

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
        roster: Roster,
        failed: Sequence[ItemT] = (),
    ) -> None:
        """`roster` says how those of the batch stand that are not to be made now, and since when the others wait.

        `failed` are those of the former that a person may yet let in.
        """
        self._options = options
        self._prepare = prepare
        self._canaries = canaries
        self._failures = failures
        # By the clock of the day, like what is written down, so that another process comes to the same order.
        self._steps = Steps(time.time, roster.began)
        self._began = roster.began
        self._since: dict[str, float] = {}
        everyone = [*items, *failed]
        self._numbers = {item.item_id: number for number, item in enumerate(everyone)}
        self._needs = Needs(everyone, roster.left)
        self._pending: Line[ItemT] = Line()
        self._kept_back: dict[str, tuple[ItemT, Key]] = {}
        self._places: dict[str, Place] = {}
        self._queues = {
            lane.name: LaneQueue[ItemT](lane, lane.parallelism(options, items=len(items))) for lane in lanes
        }
        self._extend(item for item in items if self._needs.admit(item))
        self._move(self._needs.moved())

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
        """Whether another look may bring more: somebody is left for whom a lane has room, or is to be skipped.

        Whoever was hastened, or waited for others, is looked at before those who wait in full lanes.
        """
        if not self._pending:
            return self._needs.has_fallen
        first = self._pending.first
        return self._needs.has_fallen or any(queue.is_hungry or queue.goes_after(first) for queue in self.queues)

    def wait_again(self, items: Sequence[ItemT]) -> None:
        """Let items wait for their turn from now on."""
        now = time.time()
        for item in items:
            self._since[item.item_id] = now
            self._note(item, None)
        self._extend(items)

    def take_back(self, items: Sequence[ItemT]) -> None:
        """Let items wait for their turn once more that had come to nothing, and for those of them that they need."""
        self.wait_again(self._needs.reopen(items))
        self._move(self._needs.moved())

    def hand_on(self, item_id: str) -> None:
        """Let those wait for their turn who take up what this item has handed on."""
        self.wait_again(self._needs.hand_on(item_id))

    def end(self, outcomes: Iterable[Outcome]) -> None:
        """Let those wait for their turn who waited for these to end."""
        for outcome in outcomes:
            code = outcome.failure.code if outcome.failure is not None else ""
            self.wait_again(self._needs.end(outcome.item_id, outcome.status, code))
        self._move(self._needs.moved())

    def hasten(self, item_id: str, priority: Priority) -> None:
        """Give an item another urgency, and lend it to those it waits for; where they wait, they change their place."""
        self._move(self._needs.hasten(item_id, priority.rank))

    def reopen(self) -> None:
        """Let those wait again who were kept back."""
        kept, self._kept_back = self._kept_back, {}
        for item, key in kept.values():
            self._note(item, self._queues[item.lane].push(item, key))

    def keep_back(self) -> None:
        """Take out of the lanes who waits there and may not enter any more."""
        for queue in self.queues:
            for item, key in queue.take_out(self._failures.is_shut):
                self._keep(item, key)

    def places(self) -> list[Place]:
        """Return, once, where those wait who have come to wait or changed their place since, and still do."""
        places, self._places = self._places, {}
        lines = self._lines
        return [
            place for name, place in places.items() if name in self._kept_back or any(name in line for line in lines)
        ]

    def set_apart(self, apart: int) -> None:
        """Say how many of those inside wait for others to enter; a batch whose items meet has one lane."""
        for queue in self.queues[:1]:
            queue.apart = apart

    def read_ahead(self) -> list[tuple[ItemT, Outcome]]:
        """Prepare as many as the lanes have room for; return those that are refused, or skipped for whom they need."""
        fallen = self._needs.fallen()
        refused = [(item, Outcome.failed(item.item_id, error, ItemStatus.SKIPPED)) for item, error in fallen]
        looked_at = 0
        while looked_at < READ_AHEAD and self._pending and self.has_more:
            item, key = self._pending.pop()
            looked_at += 1
            lane = item.lane
            try:
                prepared = self._prepare(item)
            except Exception as error:
                refused.append((item, Outcome.failed(item.item_id, as_fault(error, what=f"item {item.item_id!r}"))))
                continue
            prepared.deadline_seconds = self._options.item_deadline_seconds
            self._failures.look(prepared)
            if self._failures.is_shut(prepared):
                self._keep(prepared, key)
                continue
            group = self._queues[prepared.lane].push(prepared, key)
            if prepared.lane != lane or group is not None:
                self._note(prepared, group)
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
            self._see_in(groups[-1])
        return tuple(groups)

    def leave(self, unit: Unit[ItemT]) -> None:
        """Make room where a unit has left."""
        self._queues[unit.lane].inside -= 1

    @property
    def _lines(self) -> list[Line[ItemT]]:
        return [self._pending, *(queue.waiting for queue in self._queues.values())]

    @property
    def _is_waited_in_lanes(self) -> bool:
        return any(queue.waiting for queue in self.queues)

    def _see_in(self, group: Group[ItemT]) -> None:
        """Let those who enter ask for places as urgently as they are, with what others lend them."""
        for item in group.items:
            rank = self._needs.rank(item.item_id)
            if item.priority.rank != rank:
                item.priority = list(Priority)[rank]

    def _extend(self, items: Iterable[ItemT]) -> None:
        for item in items:
            since = self._steps.at(self._since.get(item.item_id, self._began))
            rank, height = self._needs.rank(item.item_id), self._needs.height(item.item_id)
            self._pending.push(item, Key(since, rank, height=height, number=self._numbers[item.item_id]))

    def _move(self, names: Iterable[str]) -> None:
        """Let items go to their places, of those that wait."""
        for name in names:
            rank, height = self._needs.rank(name), self._needs.height(name)
            for line in self._lines:
                if name in line:
                    line.hasten(name, rank, height)
            if name in self._kept_back:
                item, key = self._kept_back[name]
                self._kept_back[name] = item, key._replace(rank=rank, height=height)

    def _keep(self, item: ItemT, key: Key) -> None:
        self._kept_back[item.item_id] = item, key
        self._note(item, None)

    def _note(self, item: ItemT, group: int | None) -> None:
        """Have it written down where an item waits now."""
        queue, since = self._queues.get(item.lane), self._since.get(item.item_id, self._began)
        if queue is None:
            self._places[item.item_id] = Place(item.item_id, since, None, group, is_kept_back=False)
        elif queue.lane.chunk <= MARKED_CHUNK:
            is_kept_back = item.item_id in self._kept_back
            self._places[item.item_id] = Place(item.item_id, since, item.lane, group, is_kept_back)
