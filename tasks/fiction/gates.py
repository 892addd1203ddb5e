"""What a chapter and a book have to reach. The numbers are those that such houses used; all of them can be set."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from tasks.shape import Shape

Score = Annotated[float, Field(ge=0, le=100)]


class GateProfile(StrEnum):
    """What holds a chapter up."""

    STANDARD = "standard"
    """Structure, length, language and all scores."""
    DRAFT = "draft"
    """Structure, length and language; scores are measured and shown, and hold nothing up."""


class Gates(Shape):
    """What a chapter and a book have to reach."""

    model_config = ConfigDict(extra="forbid")

    pass_mark: Score = 85.0
    """Points that a chapter needs, of 100."""
    most_critical: Annotated[int, Field(ge=0)] = 0
    """Critical issues that a chapter, and a book, may have."""
    most_major: Annotated[int, Field(ge=0)] = 5
    """Major issues that a chapter, and a book, may have."""
    revisions: Annotated[int, Field(ge=0, le=5)] = 2
    """How often a chapter that does not pass is sent back with its defects, before a person looks at it."""
    series_mark: Score = 85.0
    """Points that a book needs: the mean of its chapters."""
    opening_hook: Annotated[float, Field(ge=0, le=5)] = 4.0
    """How well the first chapter has to draw a reader in, of 5."""


class Bar(Shape):
    """What holds for an item: which of the marks count, and what they are."""

    profile: GateProfile = GateProfile.STANDARD
    marks: Gates = Gates()
