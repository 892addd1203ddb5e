"""What was at work at once as a picture: a strip a stage, what has a place below, what waits above it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from tasks import words
from tasks.reports.clock import Clock
from tasks.reports.crowd import Crowd, caption
from tasks.reports.pictures.gantt import COLOURS
from tasks.reports.pictures.picture import Key, Picture
from tasks.reports.pictures.svg import Part, drawing, level, rect, text
from tasks.reports.pictures.time_axis import break_keys, time_axis, time_label

STRIP = 72.0
_HEAD, _FOOT = 16.0, 18.0
_SEAM = 0.001
"""How far a bar reaches into its neighbour, so that no gap shows between them."""
WAITING_SHOWN = 3.0
"""How many times its places, at most, a stage's waiting is drawn high; more would leave its work a thin line."""


def at_once(crowds: Sequence[Crowd], clock: Clock) -> Picture:
    """Draw for each stage how many had a place, and how many waited for one, over time."""
    height = len(crowds) * (_HEAD + STRIP + _FOOT) - _FOOT
    parts = list(time_axis(clock, _HEAD, height))
    for index, one in enumerate(crowds):
        parts += _strip(one, index, index * (_HEAD + STRIP + _FOOT))
    chunked = [one.chunked for one in crowds]
    unit = "items" if not any(chunked) else "chunks of items" if all(chunked) else "items or chunks of items"
    alt = "Areas over time. " + " ".join(_said(one) for one in crowds)
    keys = [Key("s0", "has a place"), Key("w0", "waits for one")]
    keys += [Key("l0", "waits for limits")] if any(one.limits for one in crowds) else []
    keys += [Key("bound", "places there are")] if any(one.bound for one in crowds) else []
    keys += break_keys(clock)
    svg = drawing(height + 18, alt, parts)
    return Picture("At work at once", caption(crowds), svg, time_label(clock), f"{unit} at once, by stage", keys)


def _strip(one: Crowd, index: int, top: float) -> Iterator[Part]:
    places = one.bound["value"] if one.bound else 0
    tallest = max(sum(column) for column in zip(one.working, one.limited, one.waiting, strict=True))
    base = max(one.peak, places, 1)
    whole = max(base, min(tallest, WAITING_SHOWN * base)) * 1.05
    floor = top + _HEAD + STRIP
    yield text(0, top + 10, f"{index + 1} {one.stage}", "name strong")
    yield text(1, top + 10, _bound(one), "name", "end")
    yield level(floor, "axis")
    for begin, end, heights in _runs(one.working, one.limited, one.waiting):
        low = 0.0
        for css, height in zip("slw", accumulate(heights), strict=True):
            high = STRIP * min(height, whole) / whole
            if high - low > (0.2 if low else 0):
                yield rect(begin, end + _SEAM, floor - high, high - low, f"{css}{index % COLOURS} area")
            low = high
    if places:
        yield level(floor - STRIP * places / whole, "bound")
    for height in (0, places or one.peak):
        yield text(0, floor - STRIP * height / whole + 4, f"{height:,}", "left", "end")


def _bound(one: Crowd) -> str:
    """Write how many there were at most, and what bound them, short enough for a phone."""
    if one.bound is None:
        return f"at most {one.peak:,}"
    return f"at most {one.peak:,} of {one.bound['value']:,} ({one.bound['bound']})"


def _runs(*layers: Sequence[float]) -> Iterator[tuple[float, float, tuple[float, ...]]]:
    """Put neighbours that look the same together, so that a quiet hour is one bar and not fifty."""
    pairs = [tuple(round(one, 2) for one in column) for column in zip(*layers, strict=True)]
    begin, columns = 0, len(pairs)
    for index in range(1, columns + 1):
        if index == columns or pairs[index] != pairs[begin]:
            if any(pairs[begin]):
                yield begin / columns, index / columns, pairs[begin]
            begin = index


def _said(one: Crowd) -> str:
    bound = f" of {words.count(one.bound['value'], 'place')}" if one.bound else ""
    return f"{one.stage}: at most {one.peak:,}{bound} at once."
