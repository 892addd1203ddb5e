"""The timeline: what each item did when, waiting apart from working, every attempt visible.

A few items are drawn one a row with their names; some hundred one a thin row. Of more only those that took
longest are drawn, each from its own beginning: nobody reads ten thousand rows, in which a bar would be thinner
than a hair, and the picture of what was at work at once shows them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from tasks import words
from tasks.ledger.attempts import Attempt, split_attempts
from tasks.ledger.history import History
from tasks.reports.clock import Clock, pauses

NAMED = 36
"""Most rows with names: as many as fit on a page."""
THIN = 240
"""Most thin rows."""
LONGEST = 30
"""Rows with names when there are more items than that."""

Sort = Literal["wait", "limit", "work", "reused", "failed", "cancelled", "pause", "open"]
_SORTS: dict[str, Sort] = {"failed": "failed", "cancelled": "cancelled", "reused": "reused"}


class Bar(NamedTuple):
    """A stretch of an item's time, in seconds on the batch's clock."""

    sort: Sort
    begin: float
    end: float
    stage: int
    """Which of the timeline's stages it is."""
    number: int
    """Which attempt."""
    code: str | None = None


class Line(NamedTuple):
    """The row of an item or a chunk."""

    name: str
    items: int
    begun: float
    """When it began, in seconds on the batch's clock."""
    bars: list[Bar]
    waited: float
    """Seconds that it waited, for places and for limits."""
    worked: float


@dataclass(frozen=True)
class Timeline:
    """The rows that are drawn: all in order of their beginning, or the longest, each from its own beginning."""

    stages: list[str]
    lines: list[Line]
    length: float
    """Seconds that the picture is wide."""
    total: int
    """How many rows there would be if all were drawn."""
    is_resumed: bool
    """Whether there were earlier runs, which are shown too."""
    untouched: int
    """Items of which no stage was begun."""
    waited: float
    """Seconds that all attempts together waited for a place."""
    limited: float
    """Seconds that they waited for limits."""
    worked: float
    failed: int
    """Attempts that failed."""
    tried_again: int
    """Attempts that failed and were followed by another, at once, at the end of the batch or in a later run."""

    @property
    def is_part(self) -> bool:
        """Whether only the longest are drawn."""
        return len(self.lines) < self.total

    @property
    def is_named(self) -> bool:
        """Whether the rows have names."""
        return len(self.lines) <= NAMED

    @property
    def what(self) -> str:
        """What a row is of."""
        chunks = sum(line.items > 1 for line in self.lines)
        if chunks == 0:
            return "items"
        return "chunks of items" if chunks == len(self.lines) else "items and chunks of items"

    @property
    def caption(self) -> str:
        """Say in a sentence what is seen."""
        what = self.what
        parts = [f"{words.seconds(self.worked)} of work", f"{words.seconds(self.waited)} of waiting for a place"]
        if self.limited:
            parts = [", ".join(parts), f"{words.seconds(self.limited)} of waiting for limits"]
        text = f"All {self.total:,} {what} together: " if self.total > 1 else "In all: "
        text += " and ".join(parts)
        if self.failed:
            again = f", {self.tried_again:,} of them tried again" if self.tried_again else ""
            text += f"; {words.count(self.failed, 'attempt')} failed{again}"
        if self.is_part:
            text = f"The {len(self.lines)} that took longest, each from its own beginning. {text}"
        if self.is_resumed:
            text += "; earlier runs of the batch are shown too"
        if self.untouched:
            text += f"; {words.count(self.untouched, 'item')} began no stage"
        return text + "."


def timeline_of(history: History, clock: Clock) -> Timeline | None:
    """Lay out the timeline of a batch; None when nothing was at work."""
    attempts = history.attempts
    stages = list(dict.fromkeys(attempt.stage for attempt in attempts))
    groups = split_attempts(attempts)
    running = _running(history)
    names = list(groups) + [name for name in running if name not in groups]
    if not names:
        return None
    chosen = _longest(groups, names) if len(names) > THIN else names
    lines = [_line(name, groups.get(name, []), running.get(name), stages, clock) for name in chosen]
    length = clock.length
    if len(chosen) < len(names):
        lines = [_from_own_beginning(line) for line in lines]
        length = max(bar.end for line in lines for bar in line.bars)
    else:
        lines.sort(key=lambda line: line.begun)
    return Timeline(
        stages=stages,
        lines=lines,
        length=max(length, 1e-6),
        total=len(names),
        is_resumed=history.is_resumed,
        untouched=_untouched(history, groups, running),
        waited=sum(attempt.queued for attempt in attempts),
        limited=sum(attempt.limited for attempt in attempts),
        worked=sum(attempt.worked for attempt in attempts),
        failed=sum(attempt.status == "failed" for attempt in attempts),
        tried_again=_tried_again(attempts),
    )


def _running(history: History) -> dict[str, tuple[float, float]]:
    """Items at work now, and since when they have been in the window."""
    if history.as_of is None:
        return {}
    return {
        item.item_id: (item.started_at or history.started_at, history.as_of)
        for item in history.items
        if item.status == "running"
    }


def _longest(groups: dict[str, list[Attempt]], names: Sequence[str]) -> list[str]:
    def inside(name: str) -> float:
        return sum(attempt.ended_at - attempt.asked_at for attempt in groups.get(name, ()))

    return sorted(names, key=inside, reverse=True)[:LONGEST]


def _line(
    name: str, attempts: list[Attempt], running: tuple[float, float] | None, stages: list[str], clock: Clock
) -> Line:
    waited = sum(attempt.queued + attempt.limited for attempt in attempts)
    worked = sum(attempt.worked for attempt in attempts)
    bars = sorted(_bars(attempts, running, stages, clock), key=lambda bar: bar.begin)
    return Line(name, attempts[0].items if attempts else 1, bars[0].begin, bars, waited, worked)


def _from_own_beginning(line: Line) -> Line:
    begun = line.begun
    return line._replace(bars=[bar._replace(begin=bar.begin - begun, end=bar.end - begun) for bar in line.bars])


def _bars(
    attempts: list[Attempt], running: tuple[float, float] | None, stages: list[str], clock: Clock
) -> Iterator[Bar]:
    for attempt in attempts:
        stage = stages.index(attempt.stage)
        moments = (attempt.asked_at, attempt.started_at, attempt.worked_at, attempt.ended_at)
        asked, placed, begun, ended = (clock.place(at) for at in moments)
        if placed > asked:
            yield Bar("wait", asked, placed, stage, attempt.number)
        if begun > placed:
            yield Bar("limit", placed, begun, stage, attempt.number)
        yield Bar(_SORTS.get(attempt.status, "work"), begun, ended, stage, attempt.number, attempt.code)
    for before, after in pauses(attempts):
        stage = stages.index(after.stage)
        yield Bar("pause", clock.place(before.ended_at), clock.place(after.asked_at), stage, after.number)
    if running is not None:
        since = max([running[0], *(attempt.ended_at for attempt in attempts)])
        yield Bar("open", clock.place(since), clock.place(running[1]), -1, 0)


def _untouched(history: History, groups: dict[str, list[Attempt]], running: dict[str, tuple[float, float]]) -> int:
    """Count items of which no stage was begun. Which items a chunk held is not written down, only how many."""
    if history.as_of is not None:
        return 0  # Those may still come.
    in_chunks = sum(attempts[0].items for attempts in groups.values() if attempts[0].items > 1)
    others = sum(item.item_id not in groups and item.item_id not in running for item in history.items)
    return max(0, others - in_chunks)


def _tried_again(attempts: Sequence[Attempt]) -> int:
    failed, again = set[tuple[str, str]](), 0
    for attempt in attempts:
        key = attempt.item_id, attempt.stage
        again += key in failed
        failed.discard(key)
        if attempt.status == "failed":
            failed.add(key)
    return again
