"""What is known of a batch while it runs: the newest snapshot, and what this run itself has made."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tasks.events import Progress
    from tasks.models import Outcome


class View(Protocol):
    """Something that shows a running batch."""

    def __enter__(self) -> object:
        """Begin to show."""

    def __exit__(self, *details: object) -> None:
        """Show the end and leave the terminal as it was."""

    def changed(self) -> None:
        """Hear that there is a newer snapshot."""


class Watch:
    """Listens to a batch. Called on the batch's own threads, read from the terminal's."""

    def __init__(self) -> None:
        self.progress: Progress | None = None
        self.heard_at = 0.0
        self.began = time.monotonic()
        self.made = 0
        self.made_seconds = 0.0
        self.reused = 0
        self.good = 0
        self.to_review = 0
        self.failed = 0
        self.stopping = False
        self.view: View | None = None
        self._lock = threading.Lock()

    def hear(self, progress: Progress, outcomes: list[Outcome]) -> None:
        """Take a snapshot and what has just ended."""
        with self._lock:
            if self.progress is None or progress.sequence > self.progress.sequence:
                self.progress, self.heard_at = progress, time.monotonic()
            for outcome in outcomes:
                if outcome.status in ("cancelled", "skipped"):
                    continue
                self.made += 1
                self.good += outcome.status == "succeeded"
                self.to_review += outcome.status == "needs_review"
                self.failed += outcome.status == "failed"
                self.made_seconds += outcome.seconds
                self.reused += outcome.reused
        if self.view is not None:
            self.view.changed()

    @property
    def done(self) -> int:
        """Items that came to an end of their own; those that were cancelled are still to do."""
        if self.progress is None:
            return 0
        return self.progress.finished - self.counts().get("cancelled", 0)

    def counts(self) -> dict[str, int]:
        """Items by status, by the newest snapshot."""
        return {} if self.progress is None else {status.value: n for status, n in self.progress.counts.items()}
