"""Throughput and durations as pictures: columns of items, what failed on top."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tasks import words
from tasks.reports.clock import Clock
from tasks.reports.durations import Durations
from tasks.reports.pace import SORTS, Pace
from tasks.reports.pictures.picture import Key, Picture, look_of
from tasks.reports.pictures.svg import Part, drawing, level, rect, text, upright
from tasks.reports.pictures.time_axis import break_keys, time_axis, time_label
from tasks.reports.scale import counts, number, unit_of

PLOT = 150.0
_LABELS = 6
"""Numbers below a histogram, at most about."""


def throughput(pace: Pace, clock: Clock) -> Picture:
    """Draw how many items came to their end in each part of the time."""
    scale = counts(pace.busiest)
    parts = [*time_axis(clock, 0, PLOT), *_grid(scale)]
    share = pace.width / pace.length
    for index, column in enumerate(reversed(pace.columns)):
        parts += _stack(max(0.0, 1 - (index + 1) * share), 1 - index * share, column, scale[-1])
    mean = pace.total * pace.width / pace.length
    keys = list(_keys(pace.columns))
    if mean < scale[-1]:
        parts.append(level(PLOT * (1 - mean / scale[-1]), "mean"))
        keys.append(Key("mean", "mean"))
    keys += break_keys(clock)
    width = words.seconds(pace.width)
    svg = drawing(PLOT + 18, f"Columns of {width} each. {pace.caption}", parts)
    return Picture("Throughput", pace.caption, svg, time_label(clock), f"items ended in {width}", keys, is_wide=False)


def histogram(found: Durations) -> Picture:
    """Draw how many items took how long."""
    scale = counts(max(column.total for column in found.columns))
    parts = list(_grid(scale))
    share = 1 / len(found.columns)
    for index, column in enumerate(found.columns):
        parts += _stack(index * share, (index + 1) * share, column.counts, scale[-1])
    parts += _edges(found)
    alt = "Columns. " + "; ".join(
        f"{words.seconds(column.low)} to {words.seconds(column.high)}: {column.total:,}" for column in found.columns
    )
    growth = "; columns widen to the right" if found.is_wide else ""
    label = f"work on an item ({unit_of(found.longest).name}{growth})"
    keys = list(_keys(column.counts for column in found.columns))
    svg = drawing(PLOT + 18, alt, parts)
    return Picture("Durations", found.caption, svg, label, "number of items", keys, is_wide=False)


def _edges(found: Durations) -> Iterator[Part]:
    unit, share = unit_of(found.longest).seconds, 1 / len(found.columns)
    every = 1 + len(found.columns) // (_LABELS + 1)
    edges = [column.low for column in found.columns] + [found.columns[-1].high]
    for index, edge in enumerate(edges):
        if index % every:
            continue
        at = index * share
        anchor = "start" if index == 0 else "end" if index == len(edges) - 1 else "middle"
        yield upright(at, PLOT, PLOT + 4, "axis")
        yield text(at, PLOT + 16, number(round(edge / unit, 6)), "tick", anchor)


def _grid(scale: Sequence[float]) -> Iterator[Part]:
    """Draw the lines that columns are read against."""
    for height in scale:
        y = PLOT * (1 - height / scale[-1])
        yield level(y, "axis" if height == 0 else "grid")
        yield text(0, y + 4, number(height), "left", "end")


def _stack(begin: float, end: float, column: Mapping[str, int], whole: float) -> Iterator[Part]:
    gap, floor = min(0.002, (end - begin) / 10), PLOT
    for name in SORTS:
        if column[name]:
            height = PLOT * column[name] / whole
            floor -= height
            yield rect(begin + gap, end - gap, floor, height, look_of(name), f"{column[name]:,} {name}")


def _keys(columns: Iterable[Mapping[str, int]]) -> Iterator[Key]:
    used = {name for column in columns for name in SORTS if column[name]}
    return (Key(look_of(name), name) for name in SORTS if name in used)
