"""A batch's pulse: once a second it keeps the lease, asks and is asked, watches the clock, shows progress."""

from __future__ import annotations

import logging
import threading
import time
from contextvars import copy_context
from types import TracebackType
from typing import Any

from flows.asking import words_of
from flows.window import BatchRun
from tasks.errors import PressroomError, TransientError, fault
from tasks.events import emit, tell
from tasks.ledger import lease
from tasks.ledger.store import Ledger
from tasks.ledger.waits import asked_priorities
from tasks.models import BatchStatus
from tasks.settings import settings

logger = logging.getLogger("pressroom")
BEAT_SECONDS = 1.0


class Pulse:
    """A thread beside the batch's own, so that a busy batch still answers."""

    def __init__(self, run: BatchRun[Any], ledger: Ledger, owner: str) -> None:
        self._run = run
        self._ledger = ledger
        self._owner = owner
        self._changes = 0
        self._over = threading.Event()
        self._thread = threading.Thread(
            target=copy_context().run, args=(self._beat,), name="pressroom-pulse", daemon=True
        )

    def __enter__(self) -> Pulse:
        """Start beating."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop beating."""
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._over.wait(BEAT_SECONDS):
            self._ask()
            self._obey()
            self._watch_deadline()
            self._watch_question()
            self._show()

    def _ask(self) -> None:
        """Pause a batch that has a question, through the ledger, so that a person's word ends the pause."""
        question = self._run.question
        if question is None or question.is_asked:
            return
        try:
            lease.ask(self._ledger, self._run.batch_id, reason=words_of(question))
        except PressroomError as error:
            logger.warning("Batch %r: %s", self._run.batch_id, error)
        else:
            question.is_asked = True

    def _watch_question(self) -> None:
        """Stop when nobody has answered in time, or nobody is there to and what was at work has ended."""
        question = self._run.question
        if question is None or not self._run.paused:
            return
        if time.monotonic() >= question.until or (self._run.is_idle and not question.is_attended):
            self._run.stop(question.error)

    def _obey(self) -> None:
        run = self._run
        try:
            asked = lease.renew(self._ledger, run.batch_id, self._owner, seconds=settings().lease_seconds)
        except TransientError as error:
            # The lease outlives several beats, so one missed renewal loses nothing.
            logger.warning("Batch %r: %s", run.batch_id, error)
            return
        except PressroomError as error:
            run.stop(error)
            return
        if asked.control == "cancel":
            run.stop(fault("CANCELLED", by="on request"))
            return
        if asked.control == "retry":
            run.try_missing_again()
            self._go_on()
        if (asked.control == "pause") != run.paused and run.pause(asked.control == "pause"):
            self._write(BatchStatus.PAUSED if run.paused else BatchStatus.RUNNING)
        if asked.changes != self._changes:
            self._hasten(asked.changes)

    def _hasten(self, changes: int) -> None:
        """Tell the batch what people have made of the urgency of its items; those that it knows change nothing."""
        try:
            self._run.hasten(asked_priorities(self._ledger, self._run.batch_id))
        except PressroomError as error:
            # The next beat reads them.
            logger.warning("Batch %r: %s", self._run.batch_id, error)
        else:
            self._changes = changes

    def _go_on(self) -> None:
        """Note that what has failed is taken up, so that the next beat does not do so again."""
        try:
            lease.answer(self._ledger, self._run.batch_id, "run", to="retry")
        except PressroomError as error:
            # Said twice it harms nothing: what was taken up is not there to be taken up again.
            logger.warning("Batch %r: %s", self._run.batch_id, error)

    def _write(self, status: BatchStatus) -> None:
        values = {"status": status.value} | ({"reason": None} if status is BatchStatus.RUNNING else {})
        try:
            self._ledger.update_batch(self._run.batch_id, **values)
        except PressroomError as error:
            logger.warning("Batch %r: %s", self._run.batch_id, error)

    def _watch_deadline(self) -> None:
        limit = self._run.options.deadline_seconds
        if limit is not None and time.monotonic() - self._run.tally.started_at > limit:
            self._run.stop(fault("BATCH_DEADLINE", seconds=limit))

    def _show(self) -> None:
        progress = self._run.progress()
        tell(progress, [])
        emit("batch.progress", progress.batch_id, progress.kind, progress)
