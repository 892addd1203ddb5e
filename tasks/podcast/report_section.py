"""What the reports tell of a batch of episodes: its dashboard, what the gates say, and what its preset expected."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tasks import words
from tasks.parameters import BOUNDLESS
from tasks.podcast.dashboard import HOUR, Dashboard, rate_in_words
from tasks.podcast.episode import GateName
from tasks.podcast.gate_picture import gate_lines, gate_picture, scores_of
from tasks.podcast.marks import Bar, GateProfile
from tasks.podcast.models import PodcastBatch
from tasks.podcast.package.parts import DRAFT_NOTE, clock
from tasks.podcast.presets import PRESETS, Preset, preset_for
from tasks.podcast.told import EpisodeLine, told_of
from tasks.reports.facts import Fact
from tasks.reports.sections import Section
from tasks.reports.tables import Table, without_empty

if TYPE_CHECKING:
    from tasks.ledger.glance import Execute

MOST = 200
"""Rows of a table, at most."""
_NONE = "-"


def sections_about(execute: Execute, batch_id: str, now: float | None = None) -> Iterator[Section]:
    """Yield what a batch's job was and how it went; `now` is when this is read."""
    (row,) = execute("SELECT spec FROM batch WHERE batch_id = ?", (batch_id,))
    batch = PodcastBatch.model_validate_json(row["spec"], context=BOUNDLESS)
    told = told_of(execute, batch_id)
    board = Dashboard(batch_id, told, time.time() if now is None else now)
    bar, preset = Bar(profile=batch.gates, marks=batch.quality), batch.preset or preset_for(board.total)
    picture = gate_picture(told.episodes, bar)
    yield Section(
        "Batch production dashboard" if told.episodes else "",
        facts=list(board.facts()),
        job=list(_job(preset, bar)),
        pictures=[picture] if picture is not None else [],
        drawn=list(gate_lines(told.episodes, bar)),
        tables=[*_episodes(told.episodes), *_expected(preset, board)],
        notes=list(_notes(told.episodes, bar)),
    )


def _job(preset: Preset, bar: Bar) -> Iterator[Fact]:
    yield Fact("Preset", preset.value, PRESETS[preset].strategy.value.replace("_", " "), about="job")
    yield Fact("Gate profile", bar.profile.value, _bar_in_words(bar), about="job")


def _bar_in_words(bar: Bar) -> str:
    if bar.profile is GateProfile.DRAFT:
        return "audio and structure hold an episode up; scores of style are measured and shown"
    gates = ", ".join(f"{gate.value} {words.needed(bar.marks.of(gate).threshold)}" for gate in GateName)
    return f"an episode needs {gates}, and {words.needed(bar.marks.overall)} overall"


def _episodes(lines: Sequence[EpisodeLine]) -> Iterator[Table]:
    if not lines:
        return
    numbers = [f"{number}" for number, _ in enumerate(GateName, 1)]  # Their names are wider than a page has room for.
    head = ("episode", *numbers, "overall", "length", "LUFS", "cost", "revised", "status")
    note = ", ".join(f"{number} {gate.value}" for number, gate in zip(numbers, GateName, strict=True)) + "."
    if len(lines) > MOST:
        note += f" {words.count(len(lines) - MOST, 'more episode')} stand in their files."
    table = Table("Episodes", head, [_row(line) for line in lines[:MOST]], words=("status",), note=note)
    yield without_empty(table, "length", "LUFS", "revised")


def _row(line: EpisodeLine) -> tuple[str, ...]:
    report, record = line.report, line.record
    scores = scores_of(report) if report is not None else {}
    gates = (words.score(scores[gate.value]) if gate.value in scores else _NONE for gate in GateName)
    overall = words.score(report.overall) if report is not None else _NONE
    length = clock(record.seconds) if record is not None else _NONE
    lufs = f"{record.lufs:.1f}" if record is not None and record.lufs is not None else _NONE
    revised = f"{report.revised}" if report is not None and report.revised else _NONE
    cost = words.cost(line.cost, line.cost_is_complete)
    return (line.item_id, *gates, overall, length, lufs, cost, revised, _status(line))


def _status(line: EpisodeLine) -> str:
    status = line.status.replace("_", " ")
    if line.error_code is not None:
        return f"{status}: `{line.error_code}`"
    if line.status == "needs_review" and line.waits_for:
        return f"{status}: {'; '.join(line.waits_for)}"
    return status


def _expected(preset: Preset, board: Dashboard) -> Iterator[Table]:
    """Put what the preset's source expects beside what it was; both for as many episodes as the batch has."""
    if not board.total:
        return
    expected = PRESETS[preset]
    share = board.total / expected.episodes
    hours, usd = ([part * share for part in span] for span in (expected.hours, expected.usd))
    total = sum(board.told.costs.values())
    pace = [expected.episodes / part for part in reversed(expected.hours)]
    rows = [
        ("duration", f"{words.seconds(hours[0] * HOUR)} to {words.seconds(hours[1] * HOUR)}", _took(board)),
        ("cost", f"{words.money(usd[0])} to {words.money(usd[1])}", words.cost(total, board.told.costs_are_complete)),
        (
            "episodes an hour",
            f"{pace[0]:.1f} to {pace[1]:.1f}",
            _NONE if board.rate is None else rate_in_words(board.rate),
        ),
    ]
    note = (
        f"Expected of the preset {preset.value} ({words.count(expected.episodes, 'episode')} of 27 minutes) for as many"
        " episodes as these."
    )
    yield Table("Expected and actual", ("", "expected", "actual"), rows, words=("expected", "actual"), note=note)


def _took(board: Dashboard) -> str:
    took = words.seconds(board.elapsed)
    return f"{took} so far" if board.told.is_at_work else took


def _notes(lines: Sequence[EpisodeLine], bar: Bar) -> Iterator[str]:
    if bar.profile is GateProfile.DRAFT and lines:
        yield DRAFT_NOTE
    unread = sum(line.is_made and line.report is None for line in lines)
    if unread:
        yield f"Of {words.count(unread, 'episode')} no scores are told: the files have changed since."
