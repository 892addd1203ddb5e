"""Progress as plain lines, for a pipe or a log: at most one a second, and only when something has changed."""

from __future__ import annotations

import threading
import time

from flows.command.screen import note
from flows.command.watch import Watch
from tasks import words

EVERY_SECONDS = 1.0


class PlainLines:
    """Shows a running batch as lines such as `[████░░░░░░] 40% (8/20) 8 ok, 0 failed - 4.2s elapsed`."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._shown = ""
        self._next = 0.0
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
            if time.monotonic() >= self._next:
                self._show()

    def _show(self) -> None:
        progress = self._watch.progress
        if progress is None:
            return
        state = describe(self._watch)
        if state != self._shown:
            self._shown = state
            self._next = time.monotonic() + EVERY_SECONDS
            note(f"{state} - {words.seconds(progress.elapsed_seconds)} elapsed")


def describe(watch: Watch) -> str:
    """Write bar, share and counts of the newest snapshot."""
    progress = watch.progress
    assert progress is not None
    done, total, counts = watch.done, progress.total, watch.counts()
    parts = [f"{counts.get('succeeded', 0):,} ok", f"{counts.get('failed', 0):,} failed"]
    parts += [f"{counts[name]:,} {name}" for name in ("skipped", "cancelled", "needs_review") if counts.get(name)]
    paused = " (paused)" if progress.paused else ""
    share = f"{words.bar(done, total)} {words.percent(done, total)}% ({done:,}/{total:,})"
    return f"{share} {', '.join(parts)}{paused}"
