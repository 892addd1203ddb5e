"""Progress as plain lines, for a pipe or a log: at most one a second, and only when something has changed."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from flows.command.screen import note
from flows.command.watch import Watch
from tasks import words

if TYPE_CHECKING:
    from tasks.events import Progress

EVERY_SECONDS = 1.0
AT_WORK_EVERY_SECONDS = 10.0
"""How often a line comes only because other models are at work than in the last one."""
MOST_AT_WORK = 3
PAUSED = " (paused)"


class PlainLines:
    """Shows a running batch as lines such as `[████░░░░░░] 40% (8/20) 8 ok, 0 failed - 4.2s elapsed`."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._shown = ""
        self._shown_question = ""
        self._shown_at_work: list[str] = []
        self._shown_at = 0.0
        self._lock = threading.Lock()

    def __enter__(self) -> PlainLines:
        """Begin; the first line comes with the first snapshot."""
        self._watch.view = self
        return self

    def __exit__(self, *_details: object) -> None:
        """Show the last state."""
        self._watch.view = None
        with self._lock:
            self._show()

    def changed(self) -> None:
        """Show the newest snapshot if the last line is old enough."""
        with self._lock:
            if time.monotonic() >= self._shown_at + EVERY_SECONDS:
                self._show()

    def _show(self) -> None:
        progress = self._watch.progress
        if progress is None:
            return
        state = describe(self._watch)
        at_work = [f"{one.item_id} {one.model}" for one in progress.running if one.model]
        is_stale = time.monotonic() >= self._shown_at + AT_WORK_EVERY_SECONDS
        if state != self._shown or (is_stale and at_work != self._shown_at_work):
            if progress.question not in ("", self._shown_question):
                note(f"{progress.question} `pressroom continue {progress.batch_id}` goes on, `cancel` ends it.")
            self._shown, self._shown_at_work, self._shown_at = state, at_work, time.monotonic()
            self._shown_question = progress.question
            note(f"{state} - {words.seconds(progress.elapsed_seconds)} elapsed{describe_work(progress)}")


def describe_work(progress: Progress) -> str:
    """Write which models are at work on what, and how long each item has taken so far."""
    at_work = [one for one in progress.running if one.model]
    parts = [f"{one.item_id} → {one.model} ({words.seconds(one.seconds)})" for one in at_work[:MOST_AT_WORK]]
    parts += [f"{len(at_work) - MOST_AT_WORK} more"] if len(at_work) > MOST_AT_WORK else []
    return f" - {', '.join(parts)}" if parts else ""


def describe(watch: Watch) -> str:
    """Write bar, share and counts of the newest snapshot."""
    progress = watch.progress
    assert progress is not None
    done, total, counts = watch.done, progress.total, watch.counts()
    parts = [f"{counts.get('succeeded', 0):,} ok", f"{counts.get('failed', 0):,} failed"]
    parts += [f"{counts[name]:,} {name}" for name in ("skipped", "cancelled", "needs_review") if counts.get(name)]
    paused = PAUSED if progress.paused else ""
    share = f"{words.bar(done, total)} {words.percent(done, total)}% ({done:,}/{total:,})"
    return f"{share} {', '.join(parts)}{paused}"
