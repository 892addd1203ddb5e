"""Steering: what any thread may ask of a running batch and say to it; the flow's own thread heeds it at the window."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from queue import SimpleQueue

from flows.asking import Asking
from flows.desk import BatchDesk
from flows.failures import Question
from flows.runner import EventLoopTaskRunner
from flows.tally import Tally
from tasks.errors import PressroomError
from tasks.events import Progress
from tasks.models import Priority


class Steered:
    """A batch that is at work, as those see it who do not work at it."""

    def __init__(
        self, runner: EventLoopTaskRunner, desk: BatchDesk, tally: Tally, asking: Asking, wake: Callable[[], None]
    ) -> None:
        """`wake` lets the flow's thread look again at what was said."""
        self.desk = desk
        self.tally = tally
        self.stopped: PressroomError | None = None
        self.paused = False
        self._runner = runner
        self._asking = asking
        self._wake = wake
        self._over = False
        self._is_again_wanted = threading.Event()
        self._asked: SimpleQueue[Mapping[str, Priority]] = SimpleQueue()

    def stop(self, reason: PressroomError) -> None:
        """End the batch from any thread: nothing enters, what runs is cancelled. The first reason stands."""
        if self.stopped is None and not self._over:
            self.stopped = reason
            self._runner.cancel(reason)
            self._wake()

    def pause(self, paused: bool) -> bool:
        """Close or open admission from any thread; what runs goes on. False when the batch is over already."""
        if self._over:
            return False
        if not paused:
            self._asking.answer()
        self.paused = paused
        self._runner.call(self._runner.admission.pause if paused else self._runner.admission.resume)
        self._wake()
        return True

    def try_missing_again(self) -> None:
        """Take up again, from any thread, what has failed so far, and what was skipped for it."""
        self._is_again_wanted.set()
        self._wake()

    def hasten(self, asked: Mapping[str, Priority]) -> None:
        """Give items another urgency from any thread; those that do not wait any more are let be."""
        self._asked.put(asked)
        self._wake()

    @property
    def question(self) -> Question | None:
        """What the batch waits to be told, if anything."""
        return self._asking.question

    @property
    def is_lost(self) -> bool:
        """Whether another run has taken the batch over: from then on the ledger's rows are that one's."""
        return self.stopped is not None and self.stopped.code == "LEASE_LOST"

    def progress(self) -> Progress:
        """Take a snapshot, from any thread."""
        return self.tally.snapshot(paused=self.paused, question=self._asking.text, models=self.desk.at_work)

    @property
    def is_idle(self) -> bool:
        """Whether no stage is at work, from any thread."""
        return self._runner.admission.is_idle

    def _hastened(self) -> Iterator[tuple[str, Priority]]:
        """Return, once, the items that were given another urgency."""
        while not self._asked.empty():
            yield from self._asked.get().items()
