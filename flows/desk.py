"""The desk of a running batch: where its stages find checkpoints and report their attempts."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from functools import partial
from typing import Any

from anyio import to_thread
from pydantic import TypeAdapter

from flows.runner import EventLoopTaskRunner
from flows.stage_desk import Attempt, Ticket
from tasks.checkpoints import Checkpoints
from tasks.errors import PressroomError, StoppedError, as_fault, fault
from tasks.gatherings import Gatherings
from tasks.ledger.store import Ledger
from tasks.ledger.tables import StageRow
from tasks.models import BatchOptions, Reuse
from tasks.work import WAITS_FOR


class BatchDesk:
    """Serves the stages of one batch, on the runner's loop and without blocking it; `left` is the flow thread's."""

    def __init__(self, kind: str, options: BatchOptions, ledger: Ledger, runner: EventLoopTaskRunner) -> None:
        self.kind = kind
        self.batch_id = options.batch_id or ""
        self.models = (
            options.models if options.model is None else options.models.model_copy(update={"use": [options.model]})
        )
        self.budget = options.budget
        self.part_of = options.part_of
        self.gatherings = Gatherings()
        self._options = options
        self._ledger = ledger
        self._runner = runner
        shared = options.reuse is Reuse.ALWAYS
        self._checkpoints = Checkpoints(ledger.home / "checkpoints" / ("shared" if shared else f"of-{self.batch_id}"))
        self._deadlines: dict[str, asyncio.TimerHandle] = {}
        self._seconds_left: dict[str, float] = {}
        self.seconds: dict[str, float] = defaultdict(float)
        self.reused: set[str] = set()
        self._made: dict[str, set[str]] = defaultdict(set)
        """Keys of what each item at work has made: a stage that comes by there again has not reused anything."""
        self.at_work: dict[str, str] = {}
        """Which model works on which item now."""
        self.closed: PressroomError | None = None
        """Why no model is called any more."""

    def admitted(self, ticket: Ticket) -> None:
        """Start the item's deadline when its first stage gets a place, or go on with what was left of it.

        The stage of a chunk holds it for each item.
        """
        limit = self._options.item_deadline_seconds
        if limit is None or ticket.is_chunk or ticket.item_id in self._deadlines:
            return
        reason = fault("ITEM_DEADLINE", item_id=ticket.item_id, seconds=limit, option=self._options.DEADLINE_OPTION)
        loop = asyncio.get_running_loop()
        seconds = self._seconds_left.pop(ticket.item_id, limit)
        self._deadlines[ticket.item_id] = loop.call_later(seconds, self._runner.cancel, reason, [ticket.item_id])

    def held(self, ticket: Ticket) -> None:
        """Stop the item's deadline: it goes on when the stage says that it is admitted."""
        if timer := self._deadlines.pop(ticket.item_id, None):
            timer.cancel()
            self._seconds_left[ticket.item_id] = timer.when() - asyncio.get_running_loop().time()

    def uses(self, item_id: str, model: str) -> None:
        """Note which model works on an item, for those who watch; refuse one that has yet to be called once closed."""
        if self.closed is not None and model.startswith(WAITS_FOR):
            raise self.closed
        if model:
            self.at_work[item_id] = model
        else:
            self.at_work.pop(item_id, None)

    @property
    def called(self) -> set[str]:
        """The items that a model has been called for and works on now."""
        return {item_id for item_id, model in list(self.at_work.items()) if not model.startswith(WAITS_FOR)}

    def left(self, item_id: str) -> float:
        """Forget an item that has left and return the seconds its stages worked."""
        if timer := self._deadlines.pop(item_id, None):
            self._runner.call(timer.cancel)
        self._seconds_left.pop(item_id, None)
        self._made.pop(item_id, None)
        return self.seconds.pop(item_id, 0.0)

    async def attempt_ended(self, attempt: Attempt) -> None:
        """Write an attempt down."""
        self.seconds[attempt.ticket.item_id] += attempt.run_seconds
        if attempt.key is not None and attempt.error is None:
            if not attempt.cached:
                self._made[attempt.ticket.item_id].add(attempt.key)
            elif attempt.key not in self._made[attempt.ticket.item_id]:
                self.reused.add(attempt.ticket.item_id)
        error = None if attempt.error is None else as_fault(attempt.error, what=attempt.ticket.stage)
        row = StageRow(
            id=f"{attempt.run_id}-{attempt.number}",
            batch_id=self.batch_id,
            item_id=attempt.ticket.item_id,
            stage=attempt.ticket.stage,
            attempt=attempt.number,
            status=_status(attempt, error),
            error_code=error.code if error else None,
            fingerprint=attempt.key,
            checkpoint=attempt.checkpoint,
            queued_seconds=attempt.queued_seconds,
            run_seconds=attempt.run_seconds,
            waited_seconds=attempt.waited_seconds,
            started_at=attempt.started_at or time.time(),
        )
        attempt.span.end(status=row.status, error_code=row.error_code)
        await to_thread.run_sync(self._ledger.record_stage, row)

    async def read_checkpoint(self, ticket: Ticket, key: str, adapter: TypeAdapter[Any]) -> Any | None:
        """Return what an equal stage made, as far as the batch's `reuse` allows.

        For a forced item only this batch's own work counts: it asks to be made anew, and a batch that is resumed
        pays for nothing twice.
        """
        if self._options.reuse is Reuse.NEVER:
            return None
        return await to_thread.run_sync(self._read, key, adapter, ticket.is_forced)

    async def write_checkpoint(self, key: str, adapter: TypeAdapter[Any], value: Any, parts: dict[str, str]) -> str:
        """Keep what a stage made; a failure to do so fails the stage."""
        return await to_thread.run_sync(partial(self._checkpoints.write, key, adapter, value, parts=parts))

    def _read(self, key: str, adapter: TypeAdapter[Any], is_forced: bool) -> Any | None:
        known = self._ledger.checkpoint_hashes(key, batch_id=self.batch_id if is_forced else None)
        return self._checkpoints.read(key, adapter, known_hashes=known) if known or not is_forced else None


def _status(attempt: Attempt, error: PressroomError | None) -> str:
    if error is None:
        return "reused" if attempt.cached else "succeeded"
    if error.code == "UPSTREAM_FAILED":
        return "skipped"
    return "cancelled" if isinstance(error, StoppedError) else "failed"
