"""What was at work at once: for each stage how many had a place and how many waited for one, over time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from tasks import words
from tasks.ledger.attempts import Attempt
from tasks.ledger.glance import BoundDocument
from tasks.ledger.history import History
from tasks.reports.clock import Clock

COLUMNS = 120
"""Parts into which the time is cut; the picture shows the mean of each."""
FULL = 0.8
"""What part of its places a stage must have used, on the whole, for its bound to have bound the batch."""
_BOUNDS = {
    "limit": "its own limit",
    "memory": "free memory",
    "cores": "processor cores",
    "few items": "few items",
    "max_parallel": "`max_parallel`",
}


@dataclass(frozen=True)
class Crowd:
    """A stage over time."""

    stage: str
    chunked: bool
    working: list[float]
    """How many had a place, on average, in each column of the time."""
    limited: list[float]
    """How many waited for limits of models, which takes no place."""
    waiting: list[float]
    peak: int
    """How many had a place at once, at most."""
    bound: BoundDocument | None
    used: float | None
    """What part of its places was in use, from its first request for one to its last end."""
    attempts: int
    failed: int
    worked: float
    limits: float
    """Seconds that its attempts waited for limits."""
    waited: float

    @property
    def bound_words(self) -> str:
        """Say what bound it; empty when that is not known."""
        return _BOUNDS.get(self.bound["bound"], self.bound["bound"]) if self.bound else ""


def crowds_of(history: History, clock: Clock) -> list[Crowd]:
    """Look at each stage of a batch by itself, in the order in which they began."""
    by_stage: dict[str, list[Attempt]] = {}
    for attempt in history.attempts:
        by_stage.setdefault(attempt.stage, []).append(attempt)
    bounds = {stage: bound for bound in history.bounds for stage in bound["stages"]}
    return [_crowd(stage, attempts, bounds.get(stage), clock) for stage, attempts in by_stage.items()]


def caption(crowds: Sequence[Crowd]) -> str:
    """Say in a sentence what bound the batch, or that nothing did."""
    worked, limits = sum(crowd.worked for crowd in crowds), sum(crowd.limits for crowd in crowds)
    if limits > worked:
        times = f"{words.seconds(limits)}, and worked {words.seconds(worked)}"
        return f"Limits of models set the pace of the batch: all attempts together waited for them {times}."
    known = [crowd for crowd in crowds if crowd.used is not None]
    if not known:
        most = max(crowds, key=lambda crowd: crowd.peak)
        return f"At most {most.peak:,} at once, in {most.stage}; what bound it is not written down."
    first = max(known, key=lambda crowd: crowd.used or 0.0)
    assert first.bound is not None
    places = f"{100 * (first.used or 0.0):.0f} % of its {words.count(first.bound['value'], 'place')}"
    if (first.used or 0.0) >= FULL:
        return f"{first.stage} used {places} on the whole, so {first.bound_words} set the pace of the batch."
    return f"No stage was full for long: {first.stage}, the busiest, used {places} on the whole."


def means(spans: Iterable[tuple[float, float]], length: float, columns: int = COLUMNS) -> list[float]:
    """Say how many spans were open on average in each of `columns` equal parts of the time from 0 to `length`."""
    width = length / columns
    change = [0.0] * (columns + 1)  # of the number of spans that are open for a whole column
    parts = [0.0] * columns
    for begin, end in spans:
        first, last = min(int(begin / width), columns - 1), min(int(end / width), columns - 1)
        if first == last:
            parts[first] += (end - begin) / width
            continue
        parts[first] += first + 1 - begin / width
        parts[last] += end / width - last
        change[first + 1] += 1
        change[last] -= 1
    return [part + whole for part, whole in zip(parts, accumulate(change), strict=False)]


def peak(spans: Iterable[tuple[float, float]]) -> int:
    """Count how many spans were open at once, at most; one that ends as another begins does not count with it."""
    events = sorted(event for begin, end in spans for event in ((begin, 1), (max(begin, end), -1)))
    return max(accumulate(step for _, step in events), default=0)


def _crowd(stage: str, attempts: list[Attempt], bound: BoundDocument | None, clock: Clock) -> Crowd:
    waits = [(clock.place(attempt.asked_at), clock.place(attempt.started_at)) for attempt in attempts]
    limits = [(clock.place(one.started_at), clock.place(one.worked_at)) for one in attempts if one.limited]
    works = [(clock.place(attempt.worked_at), clock.place(attempt.ended_at)) for attempt in attempts]
    worked = sum(end - begin for begin, end in works)
    span = max(end for _, end in works) - min(begin for begin, _ in waits)
    return Crowd(
        stage=stage,
        chunked=any(attempt.items > 1 for attempt in attempts),
        working=means(works, clock.length),
        limited=means(limits, clock.length),
        waiting=means(waits, clock.length),
        peak=peak(works),
        bound=bound,
        used=min(1.0, worked / (span * bound["value"])) if bound and span > 0 else None,
        attempts=len(attempts),
        failed=sum(attempt.status == "failed" for attempt in attempts),
        worked=worked,
        limits=sum(end - begin for begin, end in limits),
        waited=sum(end - begin for begin, end in waits),
    )
