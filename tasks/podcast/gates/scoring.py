"""How far a measure is from where it should be, as a score."""

from __future__ import annotations

from tasks.podcast.marks import Span


def closeness(value: float, wanted: Span, width: float) -> float:
    """Return 1 inside a span, falling to 0 at `width` beyond either end."""
    least, most = wanted
    beyond = max(least - value, value - most, 0.0)
    return max(0.0, 1.0 - beyond / width)


def mean(scores: list[float]) -> float:
    """Return the mean, to four places."""
    return round(sum(scores) / len(scores), 4)


def off(name: str, value: float, wanted: Span) -> str:
    """Say that a measure is not where it should be."""
    return f"{name} is {value:g}, and {wanted[0]:g} to {wanted[1]:g} is wanted"
