"""A project: what a book is to be, as its author says it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from tasks.complaints import worded
from tasks.fiction.story import ChapterPlan, Character
from tasks.prose.language_tags import Language
from tasks.shape import Shape

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
_ID = worded(r"^[\w][\w.-]{0,79}$", "up to 80 letters, digits, `.`, `_` and `-`, the first no `.` or `-`")
ProjectId = Annotated[str, StringConstraints(pattern=_ID, strip_whitespace=True)]


class Length(Shape):
    """How many words a chapter has."""

    model_config = ConfigDict(extra="forbid")

    least: Annotated[int, Field(ge=1)] = 1200
    """Words at least. Where words are not set apart, as in Thai, they are counted as its readers would."""
    most: Annotated[int, Field(ge=1)] = 3500
    """Words at most."""

    @model_validator(mode="after")
    def _is_a_span(self) -> Length:
        if self.least > self.most:
            raise PydanticCustomError("length", "its `least` is more than its `most`")
        return self

    @property
    def aim(self) -> int:
        """What a writer aims at."""
        return (self.least + self.most) // 2


class Project(Shape):
    """What a book is to be."""

    model_config = ConfigDict(extra="forbid")

    project_id: ProjectId
    """Name of the project, and of its folder."""
    title: Annotated[Line, StringConstraints(min_length=1)]
    author: Line = ""
    """Who stands on the cover. Default: nobody."""
    language: Language = "en"
    """Language of the book, as `en` or `th`."""
    genre: Annotated[Line, StringConstraints(min_length=1)] = "drama"
    premise: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)] = ""
    """What the story is about."""
    style: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""
    """How it is told: person, tense, tone."""
    chapters: Annotated[int, Field(ge=1, le=500)] = 10
    """How many chapters it has."""
    words: Length = Length()
    """How long a chapter is."""
    cast: Annotated[int, Field(ge=1, le=30)] = 4
    """How many characters are invented where none are given."""
    characters: list[Character] = []
    """Its characters, where the author gives them."""
    outline: list[ChapterPlan] = []
    """Its chapters, where the author gives them."""
    cover: Path | None = None
    """A picture (PNG or JPEG) for the cover, from the spec's folder. Default: one is drawn."""
    rights: Line = ""
    """What the imprint says of rights."""

    @model_validator(mode="after")
    def _holds_together(self) -> Project:
        if self.outline and len(self.outline) != self.chapters:
            raise PydanticCustomError(
                "outline",
                "`outline` has {given} chapters, and `chapters` says {said}",
                {"given": len(self.outline), "said": self.chapters},
            )
        names = [one.name.casefold() for one in self.characters]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise PydanticCustomError("characters", "two of its `characters` are called {name!r}", {"name": twice})
        return self
