"""The live view: bar, counts, what runs now and for how long, rate, and time to go.

Redrawn four times a second by its own clock, so that it moves while a batch is silent.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from flows.command.watch import Watch
from tasks import words

if TYPE_CHECKING:
    from tasks.events import Progress

MOST_RUNNING = 8
_STYLES = {"succeeded": "green", "failed": "red", "running": "cyan", "needs_review": "yellow", "cancelled": "yellow"}
_NAMES = {"succeeded": "ok", "pending": "waiting", "needs_review": "to review"}
_ORDER = ("succeeded", "failed", "skipped", "cancelled", "needs_review", "running", "pending")


class LiveView:
    """Shows a running batch on a terminal."""

    def __init__(self, watch: Watch, waiting_for: str) -> None:
        self._watch = watch
        self._waiting_for = waiting_for
        self._console = Console(stderr=True, highlight=False)
        # What others write to the terminal goes above the view instead of through it.
        self._live = Live(
            console=self._console,
            get_renderable=self.draw,
            refresh_per_second=4,
            transient=True,
            redirect_stdout=False,
        )

    def __enter__(self) -> LiveView:
        """Take the bottom of the terminal."""
        self._watch.view = self
        self._live.start(refresh=True)
        return self

    def __exit__(self, *_details: object) -> None:
        """Give the terminal back; the summary stands where the view was."""
        self._watch.view = None
        self._live.stop()

    def changed(self) -> None:
        """Wait for the next redraw."""

    def draw(self) -> Group:
        """Draw the newest snapshot, moved on to this moment."""
        progress = self._watch.progress
        if progress is None:
            waited = words.seconds(time.monotonic() - self._watch.began)
            return Group(_line([(f"{self._waiting_for} {waited}", "dim")]))
        since = time.monotonic() - self._watch.heard_at
        return Group(*self._head(progress, since), *_question(progress), *self._running(progress, since))

    def _head(self, progress: Progress, since: float) -> list[Text]:
        done, total = self._watch.done, progress.total
        elapsed = progress.elapsed_seconds + (0.0 if done == total else since)
        width = max(10, min(40, self._console.width - 50))
        share = f"{words.percent(done, total):>3}% ({done:,}/{total:,})"
        times = [words.seconds(elapsed), *self._pace(total - done, elapsed)]
        first = [(words.bar(done, total, width), "green"), (f" {share}  ", "bold"), (" · ".join(times), "")]
        return [_line(first), _line(self._counts(progress))]

    def _pace(self, left: int, elapsed: float) -> list[str]:
        """Write rate and time to go, once there is enough to tell them from; by what this run itself has made."""
        made = self._watch.made
        if made < 2 or elapsed < 1:
            return []
        rate = made / elapsed
        pace = f"{rate:.1f}/s" if rate >= 1 else f"{words.seconds(1 / rate)} each"
        return [pace, f"about {words.seconds(left / rate)} left"] if left else [pace]

    def _counts(self, progress: Progress) -> list[tuple[str, str]]:
        parts: list[tuple[str, str]] = []
        if self._watch.stopping:
            parts.append(("stopping, Ctrl-C again leaves at once · ", "bold yellow"))
        elif progress.paused:
            parts.append(("paused · ", "bold yellow"))
        counts = self._watch.counts()
        shown = [name for name in _ORDER if counts.get(name) or name in ("succeeded", "failed")]
        for name in shown:
            style = _STYLES.get(name, "") if counts.get(name) else "dim"
            parts += [(f"{counts.get(name, 0):,} {_NAMES.get(name, name)}", style), (" · ", "dim")]
        return parts[:-1]

    def _running(self, progress: Progress, since: float) -> list[Text]:
        room = min(MOST_RUNNING, max(1, self._console.height - 6))
        shown = progress.running[:room]
        models = [f"→ {one.model}" if one.model else "" for one in shown]
        beside = max(map(len, models), default=0)
        # On a narrow terminal an item's name is worth more than its model's.
        beside = min(beside, max(0, self._console.width - 30))
        width = max([10, *(len(one.item_id) for one in shown)])
        width = min(width, self._console.width - 14 - (beside + 2 if beside else 0))
        lines = [
            _line(
                [
                    (f"  {words.cut(one.item_id, width):<{width}}  ", ""),
                    (f"{words.cut(model, beside):<{beside}}  " if beside else "", "dim"),
                    (words.seconds(one.seconds + since), "cyan"),
                ]
            )
            for one, model in zip(shown, models, strict=True)
        ]
        more = self._watch.counts().get("running", 0) - len(shown)
        return [*lines, _line([(f"  and {more:,} more at work", "dim")])] if shown and more > 0 else lines


def _question(progress: Progress) -> list[Text]:
    """Say why a batch has paused by itself, and what ends that."""
    if not progress.question:
        return []
    answers = f"  `pressroom continue {progress.batch_id}` goes on, `pressroom cancel {progress.batch_id}` ends it."
    return [_line([(f"  {progress.question}", "bold yellow")]), _line([(answers, "yellow")])]


def _line(parts: list[tuple[str, str]]) -> Text:
    return Text.assemble(*parts, no_wrap=True, overflow="ellipsis")
