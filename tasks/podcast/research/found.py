"""What research finds: passages of the user's files or of pages, and what could not be read."""

from __future__ import annotations

from tasks.podcast.episode import Short, Text
from tasks.shape import Shape


class Passage(Shape):
    """A few sentences of a file or a page."""

    text: Text
    where: Short
    """The file, from the spec's folder, or the page's address."""
    place: Short = ""
    """Where in it: `lines 10-14` or `page 3`."""
    title: Short
    """The file's first heading, or its name."""


class Found(Shape):
    """What was found on a topic, the best first."""

    notes: str
    """The folder that was searched, as the spec says it, or the web search."""
    passages: list[Passage]
    by_model: str = ""
    """The model that put it into words; empty where the words are the sources' own."""
    warnings: list[str] = []
    """What was left out of the search, each file with its reason."""
