"""What an episode has to reach. The numbers are those that such houses used; all of them can be set."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from tasks.podcast.episode import GateName
from tasks.shape import Shape

Share = Annotated[float, Field(ge=0, le=1)]
Span = tuple[float, float]


class GateProfile(StrEnum):
    """What holds an episode up."""

    STANDARD = "standard"
    """All gates and the weighted score."""
    DRAFT = "draft"
    """Audio and structure; scores of style are measured and shown, and hold nothing up."""


class Mark(Shape):
    """What one gate wants, and how much it counts."""

    model_config = ConfigDict(extra="forbid")

    threshold: Share
    """Score from which it passes."""
    weight: Share
    """Part in the weighted score."""


class Marks(Shape):
    """What the gates want of an episode."""

    model_config = ConfigDict(extra="forbid")

    comprehension: Mark = Mark(threshold=0.85, weight=0.25)
    """How easily it is understood."""
    brand: Mark = Mark(threshold=0.90, weight=0.30)
    """Whether it sounds like the show."""
    engagement: Mark = Mark(threshold=0.80, weight=0.25)
    """Whether one goes on listening."""
    technical: Mark = Mark(threshold=0.85, weight=0.20)
    """Structure, length, sources."""
    overall: Share = 0.85
    """Weighted score, with bonuses, from which an episode passes."""
    repairs: Annotated[int, Field(ge=0, le=10)] = 3
    """How often what a gate names is written again, before a person looks at it."""
    reading_ease: Span = (60.0, 80.0)
    """Flesch's reading ease, from and to."""
    grade: Span = (8.0, 12.0)
    """School year by Kincaid's formula, from and to."""
    words_a_sentence: Span = (15.0, 25.0)
    """Words of the mean sentence, from and to."""
    leeway_minutes: Annotated[float, Field(gt=0)] = 2.0
    """By how much its length may differ from the plan; for short episodes a fifth of that, if it is less."""

    def of(self, gate: GateName) -> Mark:
        """Return what a gate wants."""
        mark: Mark = getattr(self, gate.value)
        return mark

    def leeway_seconds(self, minutes: float) -> float:
        """Return by how much an episode of so many minutes may be longer or shorter."""
        return min(60 * self.leeway_minutes, max(12 * minutes, 5.0))


class Bar(Shape):
    """What holds for an item: which of the marks count, and what they are."""

    profile: GateProfile = GateProfile.STANDARD
    marks: Marks = Marks()
