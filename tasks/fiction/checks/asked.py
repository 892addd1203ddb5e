"""What a chapter is checked against."""

from __future__ import annotations

from tasks.fiction.project import Length
from tasks.fiction.story import ChapterPlan, Characters, Ending
from tasks.prose.language_tags import Language
from tasks.shape import Shape


class CheckedAgainst(Shape):
    """What a chapter was to be."""

    language: Language = "en"
    genre: str = ""
    words: Length = Length()
    """How long it should be."""
    characters: Characters
    """Everybody in the story."""
    plan: ChapterPlan
    """What should happen in it."""
    number: int = 1
    """Which chapter it is, counted from 1."""
    before: Ending | None = None
    """How the chapter before it ends; none for the first."""
    keeps: Ending | None = None
    """The ending that it must keep because later chapters go on from it; none where it is written in its turn."""
