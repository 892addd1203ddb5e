"""The window: hands out a batch's items as others leave, and collects what became of them.

A sliding window and no waves, because a wave waits for its slowest item (simulated with 125
episodes at 5/3/1/2: waves of 10 reach 0.63 of the ideal, a sliding window of 10 reaches 0.955).
The flow's thread fills the window, settles what has left and writes the ledger; the stages run on
the runner's loop. The two meet in one queue of futures that are done.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from queue import Empty, SimpleQueue
from typing import Generic, cast

from prefect.futures import PrefectFuture

from flows.desk import BatchDesk
from flows.job import StageFuture
from flows.lanes import Group, Lane, LaneQueue, Unit
from flows.plan import Prepare
from flows.policy import final_state, outcomes_of, stops_batch, takes_up_again
from flows.runner import EventLoopTaskRunner
from flows.tally import Tally
from tasks.errors import PressroomError, as_fault
from tasks.events import Progress, emit, tell
from tasks.ledger.store import Ledger
from tasks.models import BatchOptions, ItemStatus, ItemT, Outcome
from tasks.results import BatchResult, Parallelism

READ_AHEAD = 1000
"""Items looked at in one turn of the window, so that the first enter before the last is looked at."""
MARKED_CHUNK = 50
"""Largest chunk whose items are marked as running in the ledger."""
SETTLE_AT_ONCE = 256
"""Futures settled in one transaction at most."""
STOP_PATIENCE_SECONDS = 15.0
"""How long a stopped batch waits for work to end before it goes on without it."""


class BatchRun(Generic[ItemT]):
    """The running batch that `open_batch` yields."""

    def __init__(
        self,
        kind: str,
        options: BatchOptions,
        items: Sequence[ItemT],
        lanes: Sequence[Lane],
        prepare: Prepare[ItemT],
        ledger: Ledger,
        runner: EventLoopTaskRunner,
        *,
        settled: Mapping[ItemStatus, int],
    ) -> None:
        self.kind = kind
        self.options = options
        self.batch_id = options.batch_id or ""
        self.stopped: PressroomError | None = None
        self.paused = False
        self.tally = Tally(self.batch_id, kind, pending=len(items), settled=settled)
        self.result: BatchResult | None = None
        self.desk = BatchDesk(kind, options, ledger, runner)
        self._prepare = prepare
        self._ledger = ledger
        self._runner = runner
        self._pending = deque(sorted(items, key=lambda item: item.priority.rank))
        self._lanes = [LaneQueue[ItemT](lane, lane.parallelism(options, items=len(items))) for lane in lanes]
        self._inside: dict[StageFuture, Unit[ItemT]] = {}
        self._uncollected = 0
        self._over = False
        self._left: SimpleQueue[StageFuture | None] = SimpleQueue()
        self._again: list[ItemT] = []
        self._unsettled: list[Outcome] = []
        self._attempts: dict[str, int] = {}
        runner.desk = self.desk
        for queue in self._lanes:
            for stage in queue.lane.stages:
                runner.call(runner.admission.set_limit, stage, queue.parallelism.value)

    @property
    def parallelism(self) -> list[Parallelism]:
        """How many pieces of each lane's work run at once, and why not more."""
        return [queue.parallelism for queue in self._lanes]

    def window(self) -> Iterator[tuple[Group[ItemT], ...]]:
        """Hand out, lane by lane, the items that enter now; wait only when nothing can enter."""
        while True:
            groups = self._enter()
            if any(group.units for group in groups):
                yield groups
                if self._uncollected:
                    raise RuntimeError("every group of a window's turn must be given to `collect`")
            elif self._inside or (self.paused and self.stopped is None and self._has_more):
                if not self._settle_left():
                    return
            elif self.stopped is not None or not (self._pending or self._take_up_again()):
                return

    def collect(self, group: Group[ItemT], futures: Sequence[PrefectFuture[object]]) -> None:
        """Register the last future of each unit of a group; does not wait."""
        if len(futures) != len(group.units):
            raise ValueError(f"lane {group.lane.name!r}: {len(group.units)} units but {len(futures)} futures")
        for unit, future in zip(group.units, futures, strict=True):
            assert isinstance(future, StageFuture)
            self._inside[future] = unit
            self._uncollected -= 1
            future.add_done_callback(self._note_left)
        if self.stopped is not None:
            # Stopped while the flow was mapping: these came too late for that cancel.
            self._runner.cancel(self.stopped)

    def stop(self, reason: PressroomError) -> None:
        """End the batch from any thread: nothing enters, what runs is cancelled. The first reason stands."""
        if self.stopped is None and not self._over:
            self.stopped = reason
            self._runner.cancel(reason)
            self._left.put(None)

    def pause(self, paused: bool) -> bool:
        """Close or open admission from any thread; what runs goes on. False when the batch is over already."""
        if self._over:
            return False
        self.paused = paused
        self._runner.call(self._runner.admission.pause if paused else self._runner.admission.resume)
        self._left.put(None)
        return True

    @property
    def is_lost(self) -> bool:
        """Whether another run has taken the batch over: from then on the ledger's rows are that one's."""
        return self.stopped is not None and self.stopped.code == "LEASE_LOST"

    def progress(self) -> Progress:
        """Take a snapshot, from any thread."""
        return self.tally.snapshot(paused=self.paused)

    def settle(self) -> BatchResult:
        """Return what the flow returns, after the batch was closed.

        Where some items failed that is a state which holds the result; Prefect shows the state's name and gives
        the flow's caller the result, which is why the type says so.
        """
        if self.result is None:
            raise RuntimeError("`settle` is called after the `with open_batch(...)` block")
        return cast(BatchResult, final_state(self.result, self.stopped))

    def drain(self) -> None:
        """Settle what is still inside after a stop, for a bounded time; from then on a stop comes too late."""
        while self._inside and self._settle_left():
            continue
        if self._unsettled:
            self._settle([])
        self._over = True

    @property
    def _is_hungry(self) -> bool:
        return any(queue.is_hungry for queue in self._lanes)

    @property
    def _has_more(self) -> bool:
        return bool(self._pending or self._again or any(queue.is_waited_for for queue in self._lanes))

    def _note_left(self, future: PrefectFuture[object]) -> None:
        assert isinstance(future, StageFuture)
        self._left.put(future)

    def _enter(self) -> tuple[Group[ItemT], ...]:
        if self.stopped is not None or self.paused:
            return tuple(Group(queue.lane) for queue in self._lanes)
        groups: tuple[Group[ItemT], ...] = ()
        units: list[Unit[ItemT]] = []
        # Again while nothing has entered and a lane has room: what it waits for may stand behind what it refuses
        # or behind a thousand items of a lane that is full.
        while not units and self.stopped is None and (not groups or (self._pending and self._is_hungry)):
            self._read_ahead()
            groups = tuple(queue.enter() for queue in self._lanes)
            units = [unit for group in groups for unit in group.units]
        if units:
            self._uncollected = len(units)
            self._start(units)
        return groups

    def _start(self, units: list[Unit[ItemT]]) -> None:
        self.tally.enter(unit.items[0].item_id for unit in units)
        self.tally.move(ItemStatus.PENDING, ItemStatus.RUNNING, sum(len(unit.items) for unit in units))
        # The items of a large chunk are done before anyone could read that they run.
        marked = [item.item_id for unit in units if len(unit.items) <= MARKED_CHUNK for item in unit.items]
        if marked:
            self._ledger.start_items(self.batch_id, marked)

    def _read_ahead(self) -> None:
        lanes = {queue.lane.name: queue for queue in self._lanes}
        refused: list[Outcome] = []
        looked_at = 0
        while self._pending and looked_at < READ_AHEAD and self._is_hungry:
            item = self._pending.popleft()
            looked_at += 1
            try:
                prepared = self._prepare(item)
            except Exception as error:
                refused.append(Outcome.failed(item.item_id, as_fault(error, what=f"item {item.item_id!r}")))
            else:
                prepared.deadline_seconds = self.options.item_deadline_seconds
                lanes[prepared.lane].extend([prepared])
        if refused:
            self.tally.move(ItemStatus.PENDING, ItemStatus.RUNNING, len(refused))
            self._settle(refused)

    def _settle_left(self) -> bool:
        """Wait for a unit to leave and settle all that have; False when stopped work does not end."""
        left: list[StageFuture] = []
        try:
            first = self._left.get(timeout=STOP_PATIENCE_SECONDS if self.stopped else None)
            while True:
                if first is not None:
                    left.append(first)
                if len(left) >= SETTLE_AT_ONCE or self._left.empty():
                    break
                first = self._left.get()
        except Empty:
            return False
        outcomes: list[Outcome] = []
        for future in left:
            outcomes += self._leave(future)
        self._settle(outcomes)
        return True

    def _leave(self, future: StageFuture) -> list[Outcome]:
        unit = self._inside.pop(future)
        self.tally.leave(unit.items[0].item_id)
        next(queue for queue in self._lanes if queue.lane.name == unit.lane).inside -= 1
        outcomes = outcomes_of(unit.items, future)
        seconds = self.desk.left(future.ticket.item_id)
        if len(unit.items) == 1:
            outcomes[0].seconds = outcomes[0].seconds or seconds
            outcomes[0].reused = outcomes[0].reused or unit.items[0].item_id in self.desk.reused
        self._announce(unit, outcomes)
        again = {one.item_id for one in outcomes if takes_up_again(self.options, one, self._attempts)}
        self._again += [item for item in unit.items if item.item_id in again] if again else []
        return outcomes

    def _announce(self, unit: Unit[ItemT], outcomes: list[Outcome]) -> None:
        """Send an event an item, but one for all successes of a chunk: an event costs as much as such an item."""
        done = [outcome.item_id for outcome in outcomes if outcome.status is ItemStatus.SUCCEEDED]
        if len(unit.items) > 1:
            emit("item.chunk-completed", self.batch_id, self.kind, {"item_ids": done})
        elif done:
            emit("item.completed", self.batch_id, self.kind, outcomes[0])

    def _settle(self, outcomes: list[Outcome]) -> None:
        # Kept until they are written: a ledger that is locked now may be free when the batch is closed.
        self._unsettled += outcomes
        if self.is_lost:
            return
        outcomes = self._unsettled
        self._ledger.settle_items(self.batch_id, outcomes)
        self._unsettled = []
        self.tally.settle(outcomes)
        for outcome in outcomes:
            if outcome.failure is not None:
                emit(
                    "item.failed", self.batch_id, self.kind, {"item_id": outcome.item_id} | outcome.failure.model_dump()
                )
        tell(self.progress(), outcomes)
        if reason := stops_batch(self.options, outcomes):
            self.stop(reason)

    def _take_up_again(self) -> bool:
        if not self._again or self.stopped is not None:
            return False
        again, self._again = self._again, []
        self.tally.move(ItemStatus.FAILED, ItemStatus.PENDING, len(again))
        self._pending.extend(again)
        return True
