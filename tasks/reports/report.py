"""A batch's report before it takes a form: the facts in words, and what each picture shows.

`report.md` and `report.html` are both made of this, so that they say the same.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tasks import words
from tasks.ledger.history import History
from tasks.reports.advice import Findings, advice_of
from tasks.reports.clock import Clock, clock_of
from tasks.reports.crowd import Crowd, crowds_of
from tasks.reports.durations import Durations, durations_of
from tasks.reports.facts import Fact
from tasks.reports.money import money_facts
from tasks.reports.pace import Pace, pace_of
from tasks.reports.reasons import Reason, Trouble, reasons_of, troubles_of
from tasks.reports.savings import CostOf
from tasks.reports.sections import Section
from tasks.reports.stages import bounds_of_stages, waits_of
from tasks.reports.tables import Table
from tasks.reports.timeline import Timeline, timeline_of
from tasks.reports.usage import usage_tables

STANDINGS = ("succeeded", "reused", "needs_review", "failed", "skipped", "cancelled", "running", "pending")
"""How items stand, in the order in which it is told; what was reused is told apart from what was made."""
_STOPPED = ("stopped", "interrupted")


class Result(NamedTuple):
    """How many items stand so."""

    name: str
    items: int
    share: str


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
    advice: list[str]
    stages: list[Table]
    """What bound each stage, and how long its attempts waited and worked."""
    usage: list[Table]
    """Models and money; none where no model was called."""
    sections: list[Section]
    """What the batch's kind tells beyond the rest."""

    @property
    def headline(self) -> str:
        """Say in a sentence how the batch stands."""
        counted = [f"{number:,} {name.replace('_', ' ')}" for name, number in self.standings.items()]
        return f"{words.count(len(self.history.items), 'item')}: {', '.join(counted) or 'none'}."

    @property
    def results(self) -> list[Result]:
        """How many items stand how; what succeeded, failed and was skipped is told even where there is none."""
        total = len(self.history.items)
        told = [name for name in STANDINGS if name in ("succeeded", "failed", "skipped") or name in self.standings]
        counted = [(name, self.standings.get(name, 0)) for name in told]
        return [Result(name, number, words.share(number, total)) for name, number in counted]

    def facts_about(self, about: str) -> list[Fact]:
        """Return the facts of one sort."""
        return [fact for fact in self.facts if fact.about == about]

    @property
    def as_of(self) -> str:
        """When it was made, if the batch is still at work; a report of one at rest does not age."""
        return "" if self.history.as_of is None else moment(self.history.as_of)

    def near(self, path: str) -> str:
        """Write a path as seen from the folder of the outputs, where it lies inside."""
        folder = self.history.output_dir
        inside = path.startswith(folder.rstrip(os.sep) + os.sep)
        return os.path.relpath(path, folder) if inside else path


def report_of(history: History, price: CostOf | None = None, sections: Sequence[Section] = ()) -> Report:
    """Work out what there is to tell; `price` knows what tokens cost, for what prompt caches have saved.

    `sections` are the kind's own, as `sections_of` finds them.
    """
    clock = clock_of(history)
    counted = Counter("reused" if item.status == "succeeded" and item.reused else item.status for item in history.items)
    standings = {name: counted[name] for name in STANDINGS if counted[name]}
    timeline, pace = timeline_of(history, clock), pace_of(history, clock)
    crowds, reasons, troubles = crowds_of(history, clock), reasons_of(history), troubles_of(history)
    stages = (bounds_of_stages(crowds), waits_of(history.attempts))
    return Report(
        history=history,
        clock=clock,
        standings=standings,
        facts=[*_facts(history, standings, timeline, pace), *_job(history, sections), *money_facts(history, price)],
        timeline=timeline,
        crowds=crowds,
        pace=pace,
        durations=durations_of(history),
        reasons=reasons,
        troubles=troubles,
        advice=advice_of(Findings(history, crowds, reasons, troubles)),
        stages=[table for table in stages if table is not None],
        usage=list(usage_tables(history.spending)),
        sections=[section for section in sections if section.title],
    )


def moment(at: float) -> str:
    """Write a point in time with its zone, since a report is read elsewhere."""
    return f"{words.when(at)} {time.strftime('%Z', time.localtime(at))}".strip()


def _facts(history: History, standings: dict[str, int], timeline: Timeline | None, pace: Pace | None) -> Iterator[Fact]:
    good, total = standings.get("succeeded", 0) + standings.get("reused", 0), len(history.items)
    yield Fact("Made", f"{good:,} of {total:,}", is_large=True, about="results")
    if failed := standings.get("failed"):
        yield Fact("Failed", f"{failed:,}", is_large=True, about="results")
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
        if timeline.limited:
            yield Fact("Waited for limits", words.seconds(timeline.limited), "all attempts together")


def _job(history: History, sections: Sequence[Section]) -> Iterator[Fact]:
    yield Fact("Batch", history.batch_id, about="job")
    yield Fact("Kind", history.kind, about="job")
    for section in sections:
        yield from section.job
    yield from _ends(history)


def _times(history: History) -> Iterator[Fact]:
    wall, resumed = history.wall_clock, history.is_resumed
    yield Fact("Wall clock", words.seconds(wall), "of the last run" if resumed else "", is_large=True)
    ended = list(history.ended_in_last_run())
    work = sum(item.seconds for item in ended)
    if work:
        yield Fact("Work", words.seconds(work), "of the items that the last run ended" if resumed else "of all items")
        yield Fact("Work per item", words.seconds(work / len(ended)), f"mean of {words.count(len(ended), 'item')}")
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
    yield Fact("Began", moment(history.created_at), about="job")
    if history.is_resumed:
        earlier = sum(attempt.started_at < history.started_at for attempt in history.attempts)
        note = f"{earlier:,} of {words.count(len(history.attempts), 'attempt')} in earlier runs"
        yield Fact("Last run", moment(history.started_at), note, about="job")
    if history.as_of is None:
        note = "" if history.finished_at else "its last sign of life"
        yield Fact("Ended", moment(history.end), note, about="job")
    if history.status in _STOPPED and history.reason:
        yield Fact("Stopped", history.reason, about="job")
    yield Fact("Folder", history.output_dir, about="job")
