"""What the gates say of a batch's episodes as a picture: a strip for each gate, in it a column for each episode."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tasks import words
from tasks.podcast.episode import GateName, GateReport
from tasks.podcast.marks import Bar, GateProfile
from tasks.podcast.sessions import number_of
from tasks.podcast.told import EpisodeLine
from tasks.reports.pictures.picture import Key, Picture
from tasks.reports.pictures.svg import Part, drawing, level, rect, text
from tasks.reports.text_bars import strip

MOST = 125
"""Episodes that are drawn at most."""
STRIP, GAP, FOOT = 62.0, 24.0, 20.0
_NUMBERED = 13
"""Numbers of episodes for which there is room on a phone, at most."""
_STEPS = (1, 2, 5, 10, 20, 50)
_OVERALL = "overall"
_WIDTH = 40


class _Row(NamedTuple):
    """What one strip shows: a score for each episode, against what is needed."""

    name: str
    needed: float
    scores: list[float]


def gate_picture(lines: Sequence[EpisodeLine], bar: Bar) -> Picture | None:
    """Draw the scores of each episode by gate, with the thresholds; None where none was judged."""
    judged = judged_of(lines)
    if not judged:
        return None
    shown = judged[:MOST]
    rows = list(_rows([report for _, report in shown], bar))
    parts = [part for place, row in enumerate(rows) for part in _strip(place, row, shown)]
    parts += _numbers(shown, top=len(rows) * (STRIP + GAP) + 12)
    keys = [Key(f"s{number}", row.name) for number, row in enumerate(rows)]
    keys.append(Key("bound", "what is needed" if bar.profile is GateProfile.STANDARD else "what would be needed"))
    if any(score < row.needed for row in rows for score in row.scores):
        keys.append(Key("bad", "below it"))
    alt = "; ".join(f"{line.item_id}: {words.score(report.overall)}" for line, report in shown)
    svg = drawing(len(rows) * (STRIP + GAP) + FOOT, f"Columns of overall scores. {alt}", parts)
    return Picture("Gates by episode", _caption(judged, bar, len(shown)), svg, "episodes", "score, 0 to 1", keys)


def gate_lines(lines: Sequence[EpisodeLine], bar: Bar) -> Iterator[str]:
    """Draw the overall scores in letters, with the gates that are not reached."""
    judged = judged_of(lines)
    for line, report in judged[:MOST]:
        below = ", ".join(_below(report, bar))
        said = f" below: {below}" if below else ""
        yield f"{line.item_id:<10} {strip(report.overall, 1, _WIDTH):<{_WIDTH}} {words.score(report.overall)}{said}"
    if len(judged) > MOST:
        yield f"and {words.count(len(judged) - MOST, 'more episode')}"


def judged_of(lines: Sequence[EpisodeLine]) -> list[tuple[EpisodeLine, GateReport]]:
    """Return the episodes of which the gates have said something."""
    return [(line, line.report) for line in lines if line.report is not None]


def scores_of(report: GateReport) -> dict[str, float]:
    """Return what each gate gave, in the order in which they are shown."""
    return {score.gate.value: score.score for score in report.gates}


def _below(report: GateReport, bar: Bar) -> Iterator[str]:
    for name, score in scores_of(report).items():
        if score < bar.marks.of(GateName(name)).threshold:
            yield name
    if report.overall < bar.marks.overall:
        yield _OVERALL


def _rows(reports: Sequence[GateReport], bar: Bar) -> Iterator[_Row]:
    for number, gate in enumerate(GateName, 1):
        scores = [scores_of(report).get(gate.value, 0.0) for report in reports]
        yield _Row(f"{number} {gate.value}", bar.marks.of(gate).threshold, scores)
    yield _Row(_OVERALL, bar.marks.overall, [report.overall for report in reports])


def _strip(place: int, row: _Row, shown: Sequence[tuple[EpisodeLine, GateReport]]) -> Iterator[Part]:
    top = place * (STRIP + GAP) + GAP - 8
    floor, share = top + STRIP, 1 / len(shown)
    yield text(0, top - 5, f"{row.name}, {words.needed(row.needed)}", "tick")
    for value in (0.5, 1.0):
        yield level(floor - STRIP * value, "grid")
        yield text(0, floor - STRIP * value + 4, f"{value:g}", "left", "end")
    yield level(floor, "axis")
    for index, ((line, _), score) in enumerate(zip(shown, row.scores, strict=True)):
        begin, end = _span(index, share)
        height, said = STRIP * score, f"{line.item_id}, {row.name}: {words.score(score)}"
        if score < row.needed:
            said += f", {words.needed(row.needed)} is needed"
            yield rect(begin, end, floor - height, max(height, 1.0), "bad", said)
        elif height:
            yield rect(begin, end, floor - height, height, f"s{place}", said)
    yield level(floor - STRIP * row.needed, "bound")


def _numbers(shown: Sequence[tuple[EpisodeLine, GateReport]], top: float) -> Iterator[Part]:
    every = next(step for step in _STEPS if len(shown) <= step * _NUMBERED)
    for index, (line, _) in enumerate(shown):
        if index % every == 0:
            begin, end = _span(index, 1 / len(shown))
            yield text((begin + end) / 2, top, f"{number_of(line.item_id)}", "tick", "middle")


def _span(index: int, share: float) -> tuple[float, float]:
    """Say where an episode's column begins and ends; a single one does not fill the width."""
    if share == 1:
        return 0.4, 0.6
    return (index + 0.12) * share, (index + 0.88) * share


def _caption(judged: Sequence[tuple[EpisodeLine, GateReport]], bar: Bar, shown: int) -> str:
    reports = [report for _, report in judged]
    mean = round(sum(report.overall for report in reports) / len(reports), 4)
    passed = sum(not list(_below(report, bar)) for report in reports)
    text = f"{words.count(len(judged), 'episode')}, {words.score(mean)} overall in the mean"
    text += f"; {passed:,} reach all that is needed"
    return f"{text}; the first {shown} are drawn." if shown < len(judged) else f"{text}."
