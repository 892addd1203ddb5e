"""Briefs: all that a stage is told of a project, so that a change of anything else makes nothing anew."""

from __future__ import annotations

import hashlib

from tasks.fiction.checks.asked import CheckedAgainst
from tasks.fiction.project import Length
from tasks.fiction.story import ChapterPlan, Character, Characters, Ending, Outline
from tasks.shape import Shape


class Bible(Shape):
    """What every question about a book has in common, and its characters as far as there are any."""

    title: str
    genre: str
    language: str
    premise: str = ""
    style: str = ""
    characters: list[Character] = []

    @property
    def mark(self) -> str:
        """A hash of all it says."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


class CastBrief(Shape):
    """What its characters are made from."""

    bible: Bible
    count: int
    """How many to invent."""
    given: Characters | None = None
    """Those that their author has written; then none are invented."""


class OutlineBrief(Shape):
    """What its outline is made from."""

    bible: Bible
    chapters: int
    given: Outline | None = None
    """The one that its author has written; then none is made."""
    planned: list[ChapterPlan] = []
    """Chapters that were planned from the same before the book got more of them: they stay."""


class ChapterBrief(Shape):
    """What a chapter is made from."""

    bible: Bible
    number: int
    of: int
    """How many chapters the book has."""
    plan: ChapterPlan
    words: Length
    before: Ending | None = None
    """How the chapter before it ends; none for the first."""
    given: str | None = None
    """The text as its author has written or edited it; then none is written, and what is wrong with it is only told."""
    given_ending: Ending | None = None
    """How that ends, as it was noted before the edit: a mended word must not have all later chapters written anew.

    Who changes how it ends edits that in the chapter's record.
    """

    def checked_against(self, keeps: Ending | None = None) -> CheckedAgainst:
        """Return what its text is checked against."""
        return CheckedAgainst(
            language=self.bible.language,
            genre=self.bible.genre,
            words=self.words,
            characters=Characters(characters=self.bible.characters),
            plan=self.plan,
            number=self.number,
            before=self.before,
            keeps=keeps,
        )
