"""What a file says of itself: title, show, number, chapters, picture."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tasks.podcast.episode import Spoken
from tasks.shape import Shape

_SPECIAL = re.compile(r"([=;#\\\n])")
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class Chapter(Shape):
    """A chapter, which begins with a segment."""

    title: str
    segment: int
    """Which one, counted from 0."""


class Tags(Shape):
    """What is written into an episode's file."""

    title: str
    album: str = ""
    """The show."""
    artist: str = ""
    track: int | None = None
    """The episode's number."""
    year: int | None = None
    comment: str = ""
    chapters: list[Chapter] = []
    """In the order in which they are heard."""


def written(tags: Tags, spoken: Sequence[Spoken], seconds: float) -> str:
    """Return tags in the form that ffmpeg reads, without the comment.

    A chapter lasts until the next begins; the first begins with the file.
    """
    values = {
        "title": tags.title,
        "album": tags.album,
        "artist": tags.artist,
        "track": tags.track,
        "date": tags.year,
        "genre": "Podcast",
    }
    lines = [";FFMETADATA1", *(f"{name}={_escaped(str(value))}" for name, value in values.items() if value)]
    for start, end, title in _chapters(tags.chapters, spoken, seconds):
        lines += ["[CHAPTER]", "TIMEBASE=1/1000", f"START={start}", f"END={end}", f"title={_escaped(title)}"]
    return "\n".join(lines) + "\n"


def _chapters(chapters: Sequence[Chapter], spoken: Sequence[Spoken], seconds: float) -> Iterator[tuple[int, int, str]]:
    starts = [round(spoken[chapter.segment].starts * 1000) if place else 0 for place, chapter in enumerate(chapters)]
    ends = [*starts, round(seconds * 1000)][1:]
    for chapter, start, end in zip(chapters, starts, ends, strict=True):
        yield start, end, chapter.title


def _escaped(text: str) -> str:
    r"""Escape what has a meaning there. A `\` before the end of a line always joins it to the next, escaped or not."""
    plain = _UNWRITABLE.sub("", text.replace("\r\n", "\n"))
    return _SPECIAL.sub(r"\\\1", plain) + (" " if plain.endswith("\\") else "")
