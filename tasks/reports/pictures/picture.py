"""A picture of a report: what is drawn, and everything that is written around it.

No picture speaks by colour alone: waiting is hatched, failing is crossed and marked, and stages are
numbered where there is room for a number.
"""

from __future__ import annotations

from typing import NamedTuple

from tasks.reports.pictures.svg import Part

LOOKS = {"succeeded": "good", "reused": "reused", "needs_review": "reused", "failed": "bad", "running": "open"}
"""How a standing looks; what is not here came to nothing of its own and looks idle."""


class Key(NamedTuple):
    """A line of a legend: how it looks, and what it means."""

    css: str
    words: str


class Picture(NamedTuple):
    """A picture with its title, axes, legend, and the sentence that says what is seen."""

    title: str
    caption: str
    svg: Part
    x_label: str
    y_label: str
    keys: list[Key]
    is_wide: bool = True
    """Whether it needs the page's width; two that do not stand side by side."""
    is_open: bool = False
    """Whether it has no numbers on its left, and may begin at the edge."""


def look_of(standing: str) -> str:
    """Say how a standing looks."""
    return LOOKS.get(standing, "idle")
