"""The window: hands out a batch's items as others leave, and collects what became of them.

A sliding window and no waves, because a wave waits for its slowest item (simulated with 125
episodes at 5/3/1/2: waves of 10 reach 0.63 of the ideal, a sliding window of 10 reaches 0.955).
The flow's thread fills the window, settles what has left and writes the ledger; the stages run on
the runner's loop.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from queue import Empty
from typing import Generic, cast

from prefect.futures import PrefectFuture

from flows.again import Again
from flows.asking import Asking
from flows.canary import Canaries
from flows.desk import BatchDesk
from flows.ending import Ending
from flows.entrance import Entrance
from flows.failures import Failures
from flows.handover import Handover
from flows.inside import Inside, Left
from flows.lanes import Group, Lane, Unit, holds_any
from flows.marks import Marks
from flows.plan import Prepare
from flows.policy import RUNS_DRY, final_state, outcomes_of, stops_all, stops_batch
from flows.runner import EventLoopTaskRunner
from flows.stage_future import StageFuture
from flows.steering import Steered
from flows.tally import Tally
from tasks.errors import PressroomError
from tasks.events import emit_ends, emit_failures, tell
from tasks.gatherings import Gatherings
from tasks.ledger.roster import Roster
from tasks.ledger.store import Ledger
from tasks.ledger.tables import BatchRow
from tasks.models import BatchOptions, ItemStatus, ItemT, Outcome
from tasks.notices import notices
from tasks.results import BatchResult, Parallelism
from tasks.traces import traces


class BatchRun(Steered, Generic[ItemT]):
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
        roster: Roster,
        *,
        failed: Sequence[ItemT] = (),
        unanswered: str = "",
    ) -> None:
        """`failed` are items of an earlier run that a person may want tried again, `unanswered` what that one asked."""
        self.kind = kind
        self.options = options
        self.batch_id = options.batch_id or ""
        self.result: BatchResult | None = None
        self.before: BatchRow | None = None
        """Its row as the last run has left it, where this one finds nothing to do."""
        self._inside: Inside[ItemT] = Inside()
        self._failures = Failures(options.on_failures, items, failed, unanswered=unanswered)
        tally = Tally(self.batch_id, kind, pending=len(items), settled=roster.statuses)
        desk = BatchDesk(kind, options, ledger, runner)
        super().__init__(runner, desk, tally, Asking(options, self._failures), self._inside.wake)
        self._marks = Marks(ledger, self.batch_id)
        self.desk.gatherings = Gatherings(items, look_again=self._inside.wake)
        self._handover = Handover([*items, *failed], wake=self._inside.wake)
        self._canaries = Canaries.of(options.canary, total=self.tally.total, settled=roster.statuses)
        self._entrance = Entrance(options, items, lanes, prepare, self._canaries, self._failures, roster, failed)
        self._uncollected = 0
        self._ending = Ending()
        self._again: Again[ItemT] = Again(options)
        self._again.keep_missing((item, Outcome(item_id=item.item_id, status=ItemStatus.FAILED)) for item in failed)
        runner.desk = self.desk
        for queue in self._entrance.queues:
            queue.settle(runner.call, runner.admission)

    @property
    def parallelism(self) -> list[Parallelism]:
        """How many pieces of each lane's work run at once, and why not more."""
        return [queue.parallelism for queue in self._entrance.queues]

    def window(self) -> Iterator[tuple[Group[ItemT], ...]]:
        """Hand out, lane by lane, the items that enter now; wait only when nothing can enter."""
        while True:
            groups = self._enter()
            if holds_any(groups):
                yield groups
                if self._uncollected:
                    raise RuntimeError("every group of a window's turn must be given to `collect`")
            elif self._inside or (self._is_held and (self._again or self._entrance.is_waited_at)):
                if not self._settle_left():
                    return
            elif self.stopped is not None or (self._entrance.is_over and not self._take_up_again() and not self._ask()):
                return

    def collect(self, group: Group[ItemT], futures: Sequence[PrefectFuture[object]]) -> None:
        """Register the last future of each unit of a group; does not wait."""
        if len(futures) != len(group.units):
            raise ValueError(f"lane {group.lane.name!r}: {len(group.units)} units but {len(futures)} futures")
        for unit, future in zip(group.units, futures, strict=True):
            assert isinstance(future, StageFuture)
            self._inside.add(unit, future)
            self._uncollected -= 1
        if self.stopped is not None:
            # Stopped while the flow was mapping: these came too late for that cancel.
            self._runner.cancel(self.stopped)

    def hand_on(self, group: Group[ItemT], futures: Sequence[PrefectFuture[object]]) -> None:
        """Let the items that continue these enter once the futures have come out."""
        self._handover.offer(group.items, futures)

    def handed_on(self, group: Group[ItemT]) -> list[StageFuture | None]:
        """Return, for each item, what the one that it continues hands on in this run, if that is at work."""
        return self._handover.taken_up(group.items)

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
        if self._marks.has_unsettled:
            self._settle([])
        self._over = True

    @property
    def _is_held(self) -> bool:
        """Whether nobody enters until a person has answered."""
        return self.stopped is None and (self.paused or self.question is not None or self._ending.reason is not None)

    def _enter(self) -> tuple[Group[ItemT], ...]:
        groups: tuple[Group[ItemT], ...] = ()
        self._hear()
        if self.stopped is None and not self._is_held:
            groups = self._let_in()
        units = [unit for group in groups for unit in group.units]
        if self.stopped is None:
            self._marks.wait(self._entrance.places())
        if units:
            self._uncollected = len(units)
            self._start(units)
        return groups

    def _hear(self) -> None:
        """Take up what was said since: that the batch goes on, what is handed on, what people find urgent."""
        if self._is_again_wanted.is_set():
            self._is_again_wanted.clear()
            self._take_back()
        if self._asking.take_answer():
            self._entrance.reopen()
        for item_id in self._handover.news():
            self._entrance.hand_on(item_id)
        for item_id, priority in self._hastened():
            self._entrance.hasten(item_id, priority)

    def _let_in(self) -> tuple[Group[ItemT], ...]:
        groups: tuple[Group[ItemT], ...] = ()
        # Again while nothing has entered and a lane has room: what it waits for may stand behind what it refuses
        # or behind a thousand items of a lane that is full.
        while not groups or (not holds_any(groups) and self.stopped is None and self._entrance.has_more):
            self._entrance.set_apart(self.desk.gatherings.apart)
            refused = self._entrance.read_ahead()
            if refused:
                self.tally.move(ItemStatus.PENDING, ItemStatus.RUNNING, len(refused))
                self._again.keep_missing(refused)
                self._settle([outcome for _, outcome in refused])
            groups = self._entrance.enter()
        return groups

    def _start(self, units: list[Unit[ItemT]]) -> None:
        self.tally.enter(unit.items[0].item_id for unit in units)
        if self.desk.gatherings.is_needed:
            self._runner.call(self.desk.gatherings.enter, [item.item_id for unit in units for item in unit.items])
        self.tally.move(ItemStatus.PENDING, ItemStatus.RUNNING, sum(len(unit.items) for unit in units))
        self._marks.enter(units)
        traces().enter(item.item_id for unit in units for item in unit.items)

    def _settle_left(self) -> bool:
        """Wait for a unit to leave and settle all that have; False when stopped work does not end."""
        left: list[Left[ItemT]] = []
        try:
            left = self._inside.wait(self._ending.patience(is_stopped=self.stopped is not None))
        except Empty:
            if self.stopped is not None or self._ending.reason is None:
                return False
            self.stop(self._ending.reason)
        self._settle([outcome for future, unit in left for outcome in self._leave(future, unit)])
        if self._ending.reason is not None and not self._inside:
            self.stop(self._ending.reason)
        return True

    def _leave(self, future: StageFuture, unit: Unit[ItemT]) -> list[Outcome]:
        self.tally.leave(unit.items[0].item_id)
        self._runner.call(self._runner.admission.end_turn, unit.items[0].item_id)
        self._entrance.leave(unit)
        outcomes = outcomes_of(unit.items, future)
        seconds = self.desk.left(future.ticket.item_id)
        if len(unit.items) == 1:
            outcomes[0].seconds = outcomes[0].seconds or seconds
            outcomes[0].reused = outcomes[0].reused or unit.items[0].item_id in self.desk.reused
        emit_ends(self.batch_id, self.kind, outcomes, is_chunk=len(unit.items) > 1)
        self._again.note(unit.items, outcomes)
        if self.stopped is None and (reason := stops_all(outcomes)):
            self._run_dry(reason)
        return outcomes

    def _run_dry(self, reason: PressroomError) -> None:
        """Begin nothing more, and stop once the answers have come that models are at work on: they are paid for."""
        notices().escalate(RUNS_DRY[reason.code], str(reason))
        if self._ending.begin(reason):
            self.desk.closed = reason
            names = {future.ticket.item_id for future in self._inside}
            self._runner.cancel(reason, names - self.desk.called)

    def _settle(self, outcomes: list[Outcome]) -> None:
        self._marks.keep(outcomes)
        if self.is_lost:
            return
        outcomes = self._marks.settle()
        self.tally.settle(outcomes)
        traces().leave(outcomes)
        self._entrance.end(self._again.without(outcomes))
        if self.desk.gatherings.is_needed:
            self._runner.call(self.desk.gatherings.drop, outcomes)
        emit_failures(self.batch_id, self.kind, outcomes)
        tell(self.progress(), outcomes)
        self._judge(outcomes)

    def _judge(self, outcomes: list[Outcome]) -> None:
        """Say what ends do to the rest of the batch."""
        if reason := stops_batch(self.options, outcomes):
            self.stop(reason)
        elif reason := self._canaries.note(outcomes):
            notices().escalate("the first items failed", str(reason))
            self.stop(reason)
        if self.stopped is None:
            for finding in self._failures.note(outcomes):
                (notices().escalate if finding.is_grave else notices().warn)(finding.reason, finding.text)
                self._entrance.keep_back()
        self._ask()

    def _ask(self) -> bool:
        """Put a question if there is one to be put, and say so."""
        is_ending = self.stopped is not None or self._ending.reason is not None
        is_stuck = self._entrance.is_stuck and not self._inside
        return self._asking.look(is_ending=is_ending, is_stuck=is_stuck, comes_again=bool(self._again)) is not None

    def _take_back(self) -> None:
        """Let all come again of which nothing has come so far: a person has said so."""
        missing = self._again.take_missing()
        for _, outcome in missing:
            self.tally.move(outcome.status, ItemStatus.PENDING, 1)
        self._failures.take_up_again(outcome for _, outcome in missing)
        self._entrance.take_back([item for item, _ in missing])

    def _take_up_again(self) -> bool:
        if not self._again or self.stopped is not None:
            return False
        again = self._again.take()
        for queue in self._entrance.queues:
            queue.settle(self._runner.call, self._runner.admission, again=True)
        self.tally.move(ItemStatus.FAILED, ItemStatus.PENDING, len(again))
        self._failures.take_up_again(outcome for _, outcome in again)
        self._entrance.wait_again([item for item, _ in again])
        self._ask()
        return True
