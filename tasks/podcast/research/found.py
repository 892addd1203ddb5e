"""What research finds: passages of the user's files, and what could not be read."""

from __future__ import annotations

from tasks.podcast.episode import Short, Text
from tasks.shape import Shape


class Passage(Shape):
    """A few sentences of a file."""

    text: Text
    where: Short
    """The file, from the spec's folder."""
    place: Short
    """Where in it: `lines 10-14` or `page 3`."""
    title: Short
    """The file's first heading, or its name."""


class Found(Shape):
    """What was found on a topic, the best first."""

    notes: str
    """The folder that was searched, as the spec says it."""
    passages: list[Passage]
    warnings: list[str] = []
    """What was left out of the search, each file with its reason."""
