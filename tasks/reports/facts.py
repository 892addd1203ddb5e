"""The facts of a report: what is known of the batch as a whole, each with a name and a value in words."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Fact(NamedTuple):
    """Something that is known of the batch as a whole."""

    name: str
    value: str
    note: str = ""
    is_large: bool = False
    """Whether it is among the few that are shown large."""
    about: Literal["job", "results", "course", "money"] = "course"
    """Whether it says what was asked for, what came of it, how it went, or what was spent."""
