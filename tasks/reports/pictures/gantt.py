"""The timeline as a picture: a row an item, hatched where it waits and full where it works."""

from __future__ import annotations

from collections.abc import Iterator

from tasks import words
from tasks.reports.clock import Clock
from tasks.reports.pictures.picture import Key, Picture
from tasks.reports.pictures.svg import Part, drawing, level, mark, rect, text, upright
from tasks.reports.pictures.time_axis import axis, break_keys, time_axis, time_label
from tasks.reports.scale import unit_of
from tasks.reports.timeline import Bar, Line, Timeline

COLOURS = 8
"""Stages that look different; those beyond begin again."""
_NAMED_ROW, _NAMED_TOP, _NAMED_BAR = 30.0, 14.0, 11.0
_MANY_ROWS = 120
_CROSS = "M-3-3L3 3M3-3L-3 3"
_DIAMOND = "M0-4L4 0L0 4L-4 0Z"
_ROOM = 0.045
"""A bar wider than this has room for a number."""
_NUMBERED = {"work": "in", "failed": "in over", "cancelled": "in over"}
"""Bars that say which stage they are, since what failed has lost its stage's colour."""
_SAID = {
    "wait": "waits for a place",
    "limit": "waits for limits",
    "pause": "waits to try again",
    "open": "at work, not ended yet",
}


def gantt(timeline: Timeline, clock: Clock, resumed_at: float | None) -> Picture:
    """Draw the rows of a timeline; `resumed_at` is where on the clock the last run took the batch up again."""
    row = _NAMED_ROW if timeline.is_named else 5.0 if len(timeline.lines) <= _MANY_ROWS else 3.0
    height = row * len(timeline.lines) + 6
    parts = list(axis(timeline.length, 0, height) if timeline.is_part else time_axis(clock, 0, height))
    keys = list(_keys(timeline))
    if not timeline.is_part:
        keys += break_keys(clock)
    if resumed_at is not None and not timeline.is_part:
        keys.append(Key("resumed", "last run begins"))
        parts.append(upright(resumed_at / clock.length, 0, height, "resumed"))
    for index, line in enumerate(timeline.lines):
        parts += _named(line, timeline, index * row) if timeline.is_named else []
        top, thick = (index * row + _NAMED_TOP, _NAMED_BAR) if timeline.is_named else (index * row, row - 1)
        for bar in line.bars:
            parts += _bar(bar, timeline, top, thick)
    order = "the longest first" if timeline.is_part else "by when they began"
    rows = f"{timeline.what}, {order}"
    title = f"Timeline of the {len(timeline.lines)} longest" if timeline.is_part else "Timeline"
    label = f"time since its beginning ({unit_of(timeline.length).name})" if timeline.is_part else time_label(clock)
    svg = drawing(height + 18, f"A row for each, {order}. {timeline.caption}", parts)
    return Picture(title, timeline.caption, svg, label, rows, keys, is_open=True)


def name_of(line: Line) -> str:
    """Write whose row it is."""
    if line.items == 1:
        return line.name
    return f"{line.name.rpartition('+')[0]} and {line.items - 1:,} more"


def _named(line: Line, timeline: Timeline, top: float) -> Iterator[Part]:
    times = f"{words.seconds(line.worked)} work"
    if line.waited >= timeline.length / 200:
        times += f", {words.seconds(line.waited)} waiting"
    if timeline.is_part:
        times += f", began at {words.seconds(line.begun)}"
    yield text(0, top + 10, words.cut(name_of(line), 34), "name")
    yield text(1, top + 10, times, "name", "end")


def _bar(bar: Bar, timeline: Timeline, top: float, thick: float) -> Iterator[Part]:
    begin, end, middle = bar.begin / timeline.length, bar.end / timeline.length, top + thick / 2
    if bar.sort == "pause":
        yield level(middle, "pause", begin, end)
        return
    tip = _tip(bar, timeline) if timeline.is_named else ""
    yield rect(begin, end, top, thick, _css(bar), tip)
    if bar.sort in _NUMBERED and timeline.is_named and end - begin > _ROOM:
        yield text((begin + end) / 2, top + thick - 2, str(bar.stage + 1), _NUMBERED[bar.sort], "middle")
    if bar.sort == "failed":
        yield mark(max(end, begin + 0.002), middle, _CROSS, "cross")
    elif bar.sort == "reused" and timeline.is_named:
        yield mark(begin, middle, _DIAMOND, f"s{bar.stage % COLOURS} diamond")


def _css(bar: Bar) -> str:
    if bar.sort in ("work", "reused"):
        return f"s{bar.stage % COLOURS}"
    if bar.sort in ("wait", "limit"):
        return f"{bar.sort[0]}{bar.stage % COLOURS}"
    return {"failed": "bad", "cancelled": "idle"}.get(bar.sort, "open")


def _tip(bar: Bar, timeline: Timeline) -> str:
    what = _SAID.get(bar.sort, bar.sort if bar.sort != "work" else "works")
    stage = timeline.stages[bar.stage] if bar.stage >= 0 else ""
    attempt = f", attempt {bar.number}" if bar.number > 1 else ""
    code = f" ({bar.code})" if bar.code else ""
    return f"{stage}{attempt}: {what}{code}, {words.seconds(bar.end - bar.begin)}".removeprefix(": ")


def _keys(timeline: Timeline) -> Iterator[Key]:
    found = {bar.sort for line in timeline.lines for bar in line.bars}
    for index, stage in enumerate(timeline.stages):
        yield Key(f"s{index % COLOURS}", f"{index + 1} {stage}")
    for sort, css, said in (
        ("wait", "w0", "waits for a place"),
        ("limit", "l0", "waits for limits"),
        ("failed", "bad", "attempt that failed ✕"),
        ("pause", "pause", "waits to try again"),
        ("cancelled", "idle", "cancelled"),
        ("reused", "diamond", "reused ◆"),
        ("open", "open", "at work now"),
    ):
        if sort in found:
            yield Key(css, said)
