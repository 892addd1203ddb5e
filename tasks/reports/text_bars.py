"""Pictures made of letters, for Markdown and wherever else there is only text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tasks import words
from tasks.reports.pictures.gantt import name_of
from tasks.reports.timeline import Bar, Line, Timeline

WIDTH = 60
NAME = 32
LINES = 40
"""Rows that a timeline of letters has at most."""
_HEIGHTS = " ▁▂▃▄▅▆▇█"
_SIGNS = {"wait": "░", "limit": "~", "pause": "·", "failed": "x", "cancelled": "/", "reused": "◆", "open": "▒"}
_STAGES = "123456789ABCDEFGHIJKLMNOPQRSTUVWYZabcdefghijklmnopqrstuvwyz"
"""Signs of the stages, each of one alone; no X, which would be taken for what failed."""
_ORDER = ("pause", "wait", "limit", "open", "work", "cancelled", "reused", "failed")
"""What is seen where two things share a letter: the later in this order."""


def strip(part: float, whole: float, width: int) -> str:
    """Draw a bar, at least one letter long unless it stands for nothing."""
    return "█" * max(1, round(width * part / whole)) if part else ""


def spark(numbers: Sequence[float]) -> str:
    """Draw numbers as a row of columns, one a letter; only nothing looks empty."""
    top = max(numbers)
    steps = len(_HEIGHTS) - 1
    return "".join(_HEIGHTS[max(1, round(steps * number / top)) if number else 0] for number in numbers)


def gantt_lines(timeline: Timeline) -> Iterator[str]:
    """Draw a timeline: a sign where an item waits, that of its stage where it works, `x` where that failed."""
    if len(timeline.lines) > LINES:
        return
    for line in timeline.lines:
        name = "".join(sign if sign.isprintable() and sign != "`" else "?" for sign in name_of(line))
        yield f"{words.cut(name, NAME):<{NAME}} {_letters(line, timeline.length)}".rstrip()
    yield ""
    yield f"{'':<{NAME}} 0{words.seconds(timeline.length):>{WIDTH - 1}}"
    for number, stage in enumerate(timeline.stages):
        yield f"{_of_stage(number)} works on {stage}"
    yield "░ waits for a place, ~ waits for limits, · waits to try again"
    yield "x failed, / cancelled, ◆ reused, ▒ at work now"


def _letters(line: Line, length: float) -> str:
    row = [" "] * WIDTH
    for bar in sorted(line.bars, key=lambda one: _ORDER.index(one.sort)):
        first = min(int(WIDTH * bar.begin / length), WIDTH - 1)
        last = max(first, min(round(WIDTH * bar.end / length), WIDTH) - 1)
        row[first : last + 1] = [_sign(bar)] * (last - first + 1)
    return "".join(row)


def _sign(bar: Bar) -> str:
    return _SIGNS.get(bar.sort) or _of_stage(bar.stage)


def _of_stage(number: int) -> str:
    return _STAGES[number] if number < len(_STAGES) else "+"
