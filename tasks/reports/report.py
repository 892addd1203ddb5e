"""A batch's report before it takes a form: the facts in words, and what each picture shows.

`report.md` and `report.html` are both made of this, so that they say the same.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tasks import words
from tasks.ledger.history import History
from tasks.reports.clock import Clock, clock_of
from tasks.reports.crowd import Crowd, crowds_of
from tasks.reports.durations import Durations, durations_of
from tasks.reports.pace import Pace, pace_of
from tasks.reports.reasons import Reason, Trouble, reasons_of, troubles_of
from tasks.reports.timeline import Timeline, timeline_of

STANDINGS = ("succeeded", "reused", "needs_review", "failed", "skipped", "cancelled", "running", "pending")
"""How items stand, in the order in which it is told; what was reused is told apart from what was made."""
_STOPPED = ("stopped", "interrupted")


@dataclass(frozen=True)
class Fact:
    """Something that is known of the batch as a whole. What a kind costs is one more of these."""

    name: str
    value: str
    note: str = ""
    is_large: bool = False
    """Whether it is among the few that are shown large."""


@dataclass(frozen=True)
class Report:
    """Everything a report tells."""

    history: History
    clock: Clock
    standings: dict[str, int]
    facts: list[Fact]
    timeline: Timeline | None
    crowds: list[Crowd]
    pace: Pace | None
    durations: Durations | None
    reasons: list[Reason]
    troubles: list[Trouble]

    @property
    def headline(self) -> str:
        """Say in a sentence how the batch stands."""
        counted = [f"{number:,} {name.replace('_', ' ')}" for name, number in self.standings.items()]
        return f"{words.count(len(self.history.items), 'item')}: {', '.join(counted) or 'none'}."

    @property
    def as_of(self) -> str:
        """When it was made, if the batch is still at work; a report of one at rest does not age."""
        return "" if self.history.as_of is None else moment(self.history.as_of)

    def near(self, path: str) -> str:
        """Write a path as seen from the folder of the outputs, where it lies inside."""
        folder = self.history.output_dir
        inside = path.startswith(folder.rstrip(os.sep) + os.sep)
        return os.path.relpath(path, folder) if inside else path


def report_of(history: History) -> Report:
    """Work out what there is to tell."""
    clock = clock_of(history)
    counted = Counter("reused" if item.status == "succeeded" and item.reused else item.status for item in history.items)
    standings = {name: counted[name] for name in STANDINGS if counted[name]}
    timeline, pace = timeline_of(history, clock), pace_of(history, clock)
    return Report(
        history=history,
        clock=clock,
        standings=standings,
        facts=list(_facts(history, standings, timeline, pace)),
        timeline=timeline,
        crowds=crowds_of(history, clock),
        pace=pace,
        durations=durations_of(history),
        reasons=reasons_of(history),
        troubles=troubles_of(history),
    )


def moment(at: float) -> str:
    """Write a point in time with its zone, since a report is read elsewhere."""
    return f"{words.when(at)} {time.strftime('%Z', time.localtime(at))}".strip()


def _facts(history: History, standings: dict[str, int], timeline: Timeline | None, pace: Pace | None) -> Iterator[Fact]:
    good, total = standings.get("succeeded", 0) + standings.get("reused", 0), len(history.items)
    yield Fact("Made", f"{good:,} of {total:,}", is_large=True)
    if failed := standings.get("failed"):
        yield Fact("Failed", f"{failed:,}", is_large=True)
    yield from _times(history)
    if pace is not None:
        number, _, unit = pace.rate.partition(" items ")
        yield Fact("Pace", f"{number} {unit}", "items on the whole", is_large=total > 1)
    if history.outputs.files:
        files = words.count(history.outputs.files, "file")
        yield Fact("Outputs", words.size(history.outputs.size), files, is_large=True)
    if history.warned:
        yield Fact("Warnings", words.count(history.warned, "item"), "see what was made")
    if reused := standings.get("reused"):
        yield Fact("Reused", words.count(reused, "item"), "made before from the same input")
    if timeline is not None and history.attempts:
        # Items that fail in a chunk fail without their chunk's attempt.
        note = _attempts(timeline) if timeline.failed or not standings.get("failed") else ""
        yield Fact("Attempts", f"{len(history.attempts):,}", note)
        if timeline.waited >= 0.001:
            yield Fact("Waited for a place", words.seconds(timeline.waited), "all attempts together")
    yield from _ends(history)


def _times(history: History) -> Iterator[Fact]:
    wall, resumed = history.wall_clock, history.is_resumed
    yield Fact("Wall clock", words.seconds(wall), "of the last run" if resumed else "", is_large=True)
    ended = list(history.ended_in_last_run())
    work = sum(item.seconds for item in ended)
    if work:
        yield Fact("Work", words.seconds(work), "of the items that the last run ended" if resumed else "of all items")
    # Of short work most of the time goes into starting and writing; a ratio under 1 would say nothing.
    if len(ended) > 1 and wall > 0 and work / wall >= 1.1:
        note = "work for each second of the last run" if resumed else "work for each second of wall clock"
        yield Fact("Speed-up", f"{work / wall:.1f} x", note)


def _attempts(timeline: Timeline) -> str:
    if not timeline.failed:
        return "none failed"
    again = f", {timeline.tried_again:,} of them tried again" if timeline.tried_again else ""
    return f"{timeline.failed:,} failed{again}"


def _ends(history: History) -> Iterator[Fact]:
    yield Fact("Began", moment(history.created_at))
    if history.is_resumed:
        earlier = sum(attempt.started_at < history.started_at for attempt in history.attempts)
        note = f"{earlier:,} of {words.count(len(history.attempts), 'attempt')} in earlier runs"
        yield Fact("Last run", moment(history.started_at), note)
    if history.as_of is None:
        yield Fact("Ended", moment(history.end), "" if history.finished_at else "its last sign of life")
    if history.status in _STOPPED and history.reason:
        yield Fact("Stopped", history.reason)
    yield Fact("Folder", history.output_dir)
