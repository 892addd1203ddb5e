"""What rules find in a chapter."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tasks.fiction.story import Issue, Measured, Scores
from tasks.shape import Shape


class Findings(Shape):
    """What rules have counted in a chapter, what is wrong with it, and what it is worth by that alone."""

    measured: Measured
    issues: list[Issue] = []
    """The worst first."""
    scores: Scores
    hook: Annotated[float, Field(ge=0, le=5)] = 0
    """How well its opening draws a reader in."""

    @property
    def total(self) -> float:
        """Out of 100."""
        return self.scores.total
