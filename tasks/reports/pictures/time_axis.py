"""The axis that all pictures over time share: the batch's clock, with marks where something was left out."""

from __future__ import annotations

from collections.abc import Iterator

from tasks import words
from tasks.reports.clock import Clock
from tasks.reports.pictures.picture import Key
from tasks.reports.pictures.svg import Part, level, text, upright
from tasks.reports.scale import number, ticks, unit_of

NEAR = 0.08
"""A number nearer to the right edge than this would stick out of the picture."""


def time_axis(clock: Clock, top: float, bottom: float) -> Iterator[Part]:
    """Draw the axis below a picture over a batch's time, and its lines upwards from it."""
    yield from axis(clock.length, top, bottom)
    for at, _ in clock.breaks:
        yield upright(at / clock.length, top, bottom, "break")


def axis(length: float, top: float, bottom: float) -> Iterator[Part]:
    """Draw an axis of some seconds."""
    unit = unit_of(length)
    yield level(bottom, "axis")
    for at in ticks(length):
        share = at / length
        yield upright(share, top, bottom + 4, "grid")
        anchor = "start" if share == 0 else "end" if share > 1 - NEAR else "middle"
        yield text(share, bottom + 16, number(round(at / unit.seconds, 6)), "tick", anchor)


def break_keys(clock: Clock) -> Iterator[Key]:
    """Say what was left out, if anything was."""
    if clock.breaks:
        gaps = ", ".join(words.seconds(one.seconds) for one in clock.breaks)
        yield Key("break", f"left out, nothing at work: {gaps}")


def time_label(clock: Clock) -> str:
    """Write what the axis says, and in which unit."""
    what = "time at work" if clock.breaks else "time since the beginning"
    return f"{what} ({unit_of(clock.length).name})"
