"""What a story consists of: characters, an outline, chapters, and what each chapter leaves to the next.

These shapes pass between stages and lie as JSON in a project's folder, where their author may edit them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from tasks.shape import Shape

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]

MOST_FACTS = 40
"""Running facts that a chapter is told at most; of more the latest count."""


class Character(Shape):
    """Somebody in the story."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    """As the text calls them."""
    also: list[Name] = []
    """Other names that the text may use."""
    role: Short = ""
    """What they are in the story: protagonist, rival, mentor."""
    description: Text = ""
    """How they look, speak and act."""
    wants: Short = ""
    """What drives them."""


class Characters(Shape):
    """Everybody in the story, the most important first."""

    characters: Annotated[list[Character], Field(min_length=1, max_length=60)]

    @property
    def names(self) -> list[str]:
        """All names that the text may use."""
        return [name for one in self.characters for name in (one.name, *one.also)]


class ChapterPlan(Shape):
    """What happens in a chapter."""

    model_config = ConfigDict(extra="forbid")

    title: Short
    summary: Text
    """What happens in it."""
    characters: list[Name] = []
    """Who is in it, by name. Empty: anybody."""


class Outline(Shape):
    """The chapters of a book in their order."""

    chapters: Annotated[list[ChapterPlan], Field(min_length=1)]
    made_of: str = ""
    """Mark of what it was planned from; one that gets more chapters keeps those that were planned from the same."""

    def plan_of(self, number: int) -> ChapterPlan:
        """Return the plan of a chapter, counted from 1."""
        return self.chapters[number - 1]


class Ending(Shape):
    """What a chapter leaves to the next: how it ends, and what must stay true."""

    state: Text
    """Where everybody is, what they know and what is open."""
    facts: list[Short] = []
    """What has been settled so far and must not be contradicted, the oldest first."""


class ChapterText(Shape):
    """A chapter as it is written."""

    title: Short
    text: str
    """Paragraphs, with an empty line between them."""
    words: int
    by_model: str
    revision: int = 0
    """How often it was sent back."""


class Severity(StrEnum):
    """How bad an issue is."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


class Issue(Shape):
    """Something that is wrong in a chapter."""

    severity: Severity
    location: Short
    """Where: a paragraph, or the words themselves."""
    what: Short
    suggestion: Short = ""
    """How it may be mended."""
    found_by: Short = "rules"
    """`rules`, or the model that found it."""
    rule: str = ""
    """The rule that was broken, by its name (`checks/rules.py`); empty for what a model found."""
    side: str = ""
    """The side of the scores that it took points from; empty for what took none."""
    points: float = 0
    """How many it took."""


class Scores(Shape):
    """Five sides of a chapter's quality, up to 20 points each."""

    grammar: Annotated[float, Field(ge=0, le=20)]
    character_consistency: Annotated[float, Field(ge=0, le=20)]
    plot_coherence: Annotated[float, Field(ge=0, le=20)]
    emotional_impact: Annotated[float, Field(ge=0, le=20)]
    genre_fit: Annotated[float, Field(ge=0, le=20)]

    @property
    def total(self) -> float:
        """Out of 100."""
        sides: list[float] = [getattr(self, side) for side in type(self).model_fields]
        return round(sum(sides), 1)


class Measured(Shape):
    """What rules have counted in a chapter."""

    words: int
    words_asked: tuple[int, int]
    """From and to."""
    paragraphs: int = 0
    repeated_share: float
    """Share of it, by length, that stands in sentences which stand there more than once, or nearly so; 0 to 1."""
    dialogue_share: float
    """Share of its words that are spoken."""
    words_a_sentence: float
    """In languages that end sentences with a space, as Thai does, in what stands between two of them."""
    readability: float | None
    """Flesch reading ease; none for languages that have no such measure."""
    names_used: list[str]
    """Characters of the list who are named."""
    facts_kept: float
    """Share of the running facts whose names or things the text speaks of; 1 where there are none."""
    language_share: float
    """Share of its letters that belong to the language asked for."""


class QualityReport(Shape):
    """What quality control says of a chapter."""

    scores: Scores
    issues: list[Issue] = []
    measured: Measured
    hook: Annotated[float, Field(ge=0, le=5)] = 0
    """How well its opening draws a reader in, 0 to 5."""
    judged_by: str = "rules"
    """The model that judged it, or `rules`."""
    blocking: list[str] = []
    """Why it does not pass; empty where it does."""

    @property
    def total(self) -> float:
        """Out of 100."""
        return self.scores.total

    @property
    def passes(self) -> bool:
        """Whether it goes on."""
        return not self.blocking

    def count(self, severity: Severity) -> int:
        """How many issues are as bad as that."""
        return sum(issue.severity is severity for issue in self.issues)
