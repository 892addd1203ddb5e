"""A batch's entrance without a flow, and what another process would read of it, for tests of the queue."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence

import kinds
from kinds import FakeItem

from flows.canary import Canaries
from flows.entrance import Entrance
from flows.failures import Failures
from flows.foretelling import Turn, foretell
from flows.lanes import Lane, Unit
from flows.marks import Marks
from tasks.ledger import lease
from tasks.ledger.hastening import hasten
from tasks.ledger.queues import Queue, read_queues
from tasks.ledger.roster import enroll
from tasks.ledger.standing import payload_of
from tasks.ledger.store import Ledger
from tasks.ledger.tables import BatchRow
from tasks.ledger.waits import waits_of
from tasks.models import ItemStatus, Outcome, Priority, Select

LANES = (Lane("main", limit=1, stages=(), window=2), Lane("together", limit=1, stages=(), window=1, together="text"))


def record(opened: Ledger, batch_id: str, *, began: float, owner: str | None = "elsewhere:1:1:x") -> None:
    """Write down a batch that somebody works on, on another machine, or nobody."""
    row = BatchRow(
        batch_id=batch_id,
        kind="fake",
        status="running",
        spec="{}",
        output_dir="/out",
        total=1,
        created_at=began,
        started_at=began,
    )
    opened.record_batch(row)
    if owner is not None:
        lease.take(opened, batch_id, owner, seconds=3600)


class Hall:
    """The entrance of a batch, and its ledger. `later` says which lane those get whose lane is none at first."""

    def __init__(
        self,
        opened: Ledger,
        batch_id: str,
        items: Sequence[FakeItem],
        *,
        began: float | None = None,
        later: Mapping[str, str] | None = None,
    ) -> None:
        self.opened = opened
        self.batch_id = batch_id
        self.inside: list[Unit[FakeItem]] = []
        self._later = later or {}
        began = time.time() if began is None else began
        record(opened, batch_id, began=began)
        payloads, waits = [(item.item_id, payload_of(item)) for item in items], waits_of(items, {"main", "together"})
        roster = enroll(opened, batch_id, payloads, Select.UNFINISHED, waits)
        options = kinds.FakeBatch(batch_id=batch_id)
        self.failures = Failures(options.on_failures, items)
        self.entrance = Entrance(options, items, LANES, self._prepare, Canaries(0), self.failures, roster)
        self.marks = Marks(opened, batch_id)

    def let_in(self) -> list[str]:
        """Let in as many as there is room for, as the window does; return who has entered."""
        self._settle(outcome for _, outcome in self.entrance.read_ahead())
        units = [unit for group in self.entrance.enter() for unit in group.units]
        self.marks.wait(self.entrance.places())
        self.marks.enter(units)
        self.inside += units
        return [item.item_id for unit in units for item in unit.items]

    def end(self, position: int, status: ItemStatus = ItemStatus.SUCCEEDED) -> None:
        """Let one of those inside end, and those be skipped who cannot be made without it."""
        unit = self.inside.pop(position)
        self.entrance.leave(unit)
        self._settle([Outcome(item_id=item.item_id, status=status) for item in unit.items])
        self._settle(outcome for _, outcome in self.entrance.read_ahead())
        self.marks.wait(self.entrance.places())

    def hasten(self, item_id: str, priority: Priority) -> None:
        """Have a person change an item's priority, and the batch hear of it."""
        hasten(self.opened, self.batch_id, item_id, priority)
        self.entrance.hasten(item_id, priority)

    @property
    def queue(self) -> Queue:
        """The queue as it is read by whoever asks."""
        return read_queues(self.opened.execute, self.batch_id)[0]

    def turns(self) -> list[Turn]:
        """The turns as they are shown."""
        return foretell(self.queue, time.time())

    def _prepare(self, item: FakeItem) -> FakeItem:
        return item.model_copy(update={"lane": self._later.get(item.item_id, item.lane)})

    def _settle(self, outcomes: Iterable[Outcome]) -> None:
        self.marks.keep(outcomes)
        self.entrance.end(self.marks.settle())
