"""The stages as tables: what bound each, and how long its attempts waited and worked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tasks import words
from tasks.ledger.attempts import Attempt
from tasks.reports.crowd import Crowd
from tasks.reports.durations import percentile
from tasks.reports.tables import Table

_PARTS: dict[str, Callable[[Attempt], float]] = {
    "waited for a place": lambda attempt: attempt.queued,
    "waited for limits": lambda attempt: attempt.limited,
    "worked": lambda attempt: attempt.worked,
}


def bounds_of_stages(crowds: Sequence[Crowd]) -> Table | None:
    """Say of each stage what it did and what bound it."""
    if not crowds:
        return None
    head = ("stage", "attempts", "failed", "worked", "waited", "most at once", "places", "bound by", "places in use")
    rows = [
        (
            one.stage,
            f"{one.attempts:,}",
            f"{one.failed:,}",
            words.seconds(one.worked),
            words.seconds(one.waited),
            f"{one.peak:,}",
            f"{one.bound['value']:,}" if one.bound else "-",
            one.bound_words or "-",
            f"{100 * one.used:.0f} %" if one.used is not None else "-",
        )
        for one in crowds
    ]
    return Table("Stages, and what bound them", head, rows, words=("bound by",))


def waits_of(attempts: Sequence[Attempt]) -> Table | None:
    """Tell waiting from working for each stage; None where nothing was attempted."""
    if not attempts:
        return None
    by_stage: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        by_stage.setdefault(attempt.stage, []).append(attempt)
    if len(by_stage) > 1:
        by_stage["all"] = list(attempts)
    parts = {name: part for name, part in _PARTS.items() if name != "waited for limits" or any(map(part, attempts))}
    rows = [
        (stage, *(_half_and_most(sorted(part(one) for one in some)) for part in parts.values()))
        for stage, some in by_stage.items()
    ]
    note = "Of each attempt: what half of them took at most, and what 95 of 100 did."
    return Table("Waiting and working", ("stage", *parts), rows, note=note, has_sum=len(by_stage) > 1)


def _half_and_most(ordered: Sequence[float]) -> str:
    return f"{_time(percentile(ordered, 50))} / {_time(percentile(ordered, 95))}"


def _time(seconds: float) -> str:
    """Write a time; what is shorter than can be measured is nothing."""
    return words.seconds(seconds) if seconds >= 0.0005 else "0s"
