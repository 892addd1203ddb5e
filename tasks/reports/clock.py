"""A batch's own clock: seconds at work since its beginning.

A batch that is taken up again a day later would fill its pictures with a day of nothing. So stretches
in which nothing was at work are left out, and where they were is marked. All pictures over time share it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tasks.ledger.attempts import Attempt
from tasks.ledger.history import History

SHORTEST_GAP = 2.0
"""Seconds of nothing that are never left out, however short the batch."""
GAP_SHARE = 0.15
"""What part of all the time at work a gap must last to be left out."""


class Break(NamedTuple):
    """Where on the clock something was left out, and how many seconds."""

    at: float
    seconds: float


class Clock:
    """Turns moments into seconds at work."""

    def __init__(self, spans: Iterable[tuple[float, float]]) -> None:
        joined = _joined(sorted(spans), 0.0)
        covered = sum(end - begin for begin, end in joined)
        stretches = _joined(joined, max(SHORTEST_GAP, GAP_SHARE * covered))
        self._begins = [begin for begin, _ in stretches] or [0.0]
        self._ends = [end for _, end in stretches] or [0.0]
        self._places = [0.0]
        for begin, end in stretches[:-1]:
            self._places.append(self._places[-1] + (end - begin))
        self.length = max(self._places[-1] + self._ends[-1] - self._begins[-1], 1e-6)
        gaps = zip(self._places[1:], self._begins[1:], self._ends, strict=False)
        self.breaks = [Break(at, begin - before) for at, begin, before in gaps]

    def place(self, moment: float) -> float:
        """Say how many seconds the batch had been at work at a moment."""
        index = max(0, bisect_right(self._begins, moment) - 1)
        begin, end = self._begins[index], self._ends[index]
        return self._places[index] + (min(max(moment, begin), end) - begin)


def clock_of(history: History) -> Clock:
    """Set the clock of a batch: by its attempts, the pauses before new ones, what is open, and its begin and end."""
    return Clock(_spans(history))


def pauses(attempts: Iterable[Attempt]) -> Iterator[tuple[Attempt, Attempt]]:
    """Yield attempts of one run at one stage of one item that follow each other: between them it waits to try again."""
    last: dict[str, Attempt] = {}
    for attempt in attempts:
        if before := last.get(attempt.run):
            yield before, attempt
        last[attempt.run] = attempt


def _spans(history: History) -> Iterator[tuple[float, float]]:
    for moment in (history.created_at, history.started_at, history.end):
        yield moment, moment
    for attempt in history.attempts:
        yield attempt.asked_at, attempt.ended_at
    for before, after in pauses(history.attempts):
        yield before.ended_at, after.asked_at
    for item in history.items:
        if item.finished_at is not None:
            yield item.finished_at, item.finished_at
    if history.as_of is not None:
        # What runs now is written down when it ends, so of the last run nothing can be left out.
        yield history.started_at, history.as_of


def _joined(spans: Iterable[tuple[float, float]], gap: float) -> list[tuple[float, float]]:
    """Join sorted spans that overlap or are at most `gap` apart."""
    found: list[tuple[float, float]] = []
    for begin, end in spans:
        if found and begin <= found[-1][1] + gap:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, max(begin, end)))
    return found
