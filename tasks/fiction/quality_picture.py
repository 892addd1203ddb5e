"""The quality of a batch's chapters as a picture: a column each, of the five sides of its scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from tasks import words
from tasks.fiction.gates import Bar, GateProfile
from tasks.fiction.story import QualityReport, Scores
from tasks.fiction.told import ChapterLine
from tasks.reports.pictures.picture import Key, Picture
from tasks.reports.pictures.svg import Part, drawing, level, rect, text, upright
from tasks.reports.text_bars import strip

PLOT = 160.0
MOST = 120
"""Columns that are drawn at most."""
SIDES = dict(zip(Scores.model_fields, ("grammar", "characters", "plot", "emotion", "genre"), strict=True))
"""What the sides of a chapter's scores are called in reports."""
_NUMBERED = 30
"""Columns in which there is room for a number, at most."""
_LETTERS = 130
"""Letters of a name that stand below the whole width, at most."""
_NAME = 32
_BAR = 50


def quality_picture(lines: Sequence[ChapterLine], bar: Bar) -> Picture | None:
    """Draw the points of each chapter by side, with the mark that it needs; None where none has any."""
    judged = [line for line in lines if line.report is not None]
    if not judged:
        return None
    shown = judged[:MOST]
    parts = [*_grid(), *_columns(shown), *_names(shown)]
    mark = bar.marks.pass_mark
    parts.append(level(PLOT * (1 - mark / 100), "bound"))
    keys = [Key(f"s{number}", f"{number + 1} {name}") for number, name in enumerate(SIDES.values())]
    keys.append(Key("bound", f"{mark:g} points are needed" if _counts(bar) else f"{mark:g} points, which do not count"))
    if any(_waits(line) for line in shown):
        keys.append(Key("bad", "does not pass"))
    caption = _caption(judged, len(shown))
    points = "; ".join(f"{_named(line)}: {line.report.total:g}" for line in shown if line.report is not None)
    svg = drawing(PLOT + 32, f"Columns. {points}", parts)
    return Picture("Quality by chapter", caption, svg, "chapters", "points of 100", keys)


def quality_lines(lines: Sequence[ChapterLine]) -> Iterator[str]:
    """Draw the same in letters."""
    judged = [line for line in lines if line.report is not None]
    for line in judged[:MOST]:
        assert line.report is not None
        points = line.report.total
        sign = " does not pass" if _waits(line) else ""
        yield f"{words.cut(_named(line), _NAME):<{_NAME}} {strip(points, 100, _BAR):<{_BAR}} {points:5.1f}{sign}"
    if len(judged) > MOST:
        yield f"and {words.count(len(judged) - MOST, 'more chapter')}"


def _caption(judged: Sequence[ChapterLine], shown: int) -> str:
    totals = {_named(line): line.report.total for line in judged if line.report is not None}
    lowest, mean = min(totals, key=lambda name: totals[name]), round(sum(totals.values()) / len(totals), 1)
    text = f"{words.count(len(judged), 'chapter')}, {words.score(mean, 0)} points on the whole"
    if len(judged) > 1:
        text += f"; the lowest, {words.cut(lowest, 60)}, has {totals[lowest]:g}"
    return f"{text}; the first {shown} are drawn." if shown < len(judged) else f"{text}."


def _columns(shown: Sequence[ChapterLine]) -> Iterator[Part]:
    share = 1 / len(shown)
    for index, line in enumerate(shown):
        assert line.report is not None
        begin, end = index * share + share / 10, (index + 1) * share - share / 10
        if len(shown) == 1:
            begin, end = 0.35, 0.65
        yield from _stack(begin, end, line, line.report, is_numbered=len(shown) <= _NUMBERED)
        if len(shown) <= _NUMBERED:
            yield text((begin + end) / 2, PLOT + 14, str(line.number), "tick", "middle")


def _stack(begin: float, end: float, line: ChapterLine, report: QualityReport, *, is_numbered: bool) -> Iterator[Part]:
    floor = PLOT
    for number, (side, name) in enumerate(SIDES.items()):
        points = getattr(report.scores, side)
        height = PLOT * points / 100
        floor -= height
        if height:
            yield rect(begin, end, floor, height, f"s{number}", f"{_named(line)}, {name}: {points:g} of 20")
        if is_numbered and height > 12:
            yield text((begin + end) / 2, floor + height / 2 + 3.5, str(number + 1), "in", "middle")
    if _waits(line):
        yield rect(begin, end, floor - 8, 6, "bad", f"{_named(line)}: {'; '.join(report.blocking)}")


def _names(shown: Sequence[ChapterLine]) -> Iterator[Part]:
    """Write each project's name below its chapters, with a line between two projects."""
    at = 0
    for project_id, group in groupby(shown, key=lambda line: line.project_id):
        count = len(list(group))
        begin, share = at / len(shown), count / len(shown)
        if at:
            yield upright(begin, 0, PLOT + 28, "grid")
        yield text(begin + share / 2, PLOT + 28, words.cut(project_id, int(share * _LETTERS)), "tick", "middle")
        at += count


def _grid() -> Iterator[Part]:
    for points in range(0, 101, 20):
        y = PLOT * (1 - points / 100)
        yield level(y, "axis" if points == 0 else "grid")
        yield text(0, y + 4, f"{points}", "left", "end")


def _named(line: ChapterLine) -> str:
    return f"{line.project_id} {line.number}"


def _waits(line: ChapterLine) -> bool:
    return line.report is not None and not line.report.passes


def _counts(bar: Bar) -> bool:
    return bar.profile is GateProfile.STANDARD
