"""What an author's text consists of: paragraphs, breaks between scenes and emphasis; everything else is itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tasks.plain_text import clean, one_line

_BREAK = re.compile(r"^[ \t]*\*\*\*[ \t]*$", re.MULTILINE)
_BETWEEN = re.compile(r"\n(?:[ \t]*\n)+")
_EMPHASIS = re.compile(r"(?<!\*)\*(?![\s*])([^*]+)(?<!\s)\*(?!\*)")


@dataclass(frozen=True)
class Run:
    """Some text of one look; a line ends at a newline in it."""

    text: str
    is_emphasised: bool = False


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    runs: tuple[Run, ...]

    @property
    def is_verse(self) -> bool:
        """Whether it has lines of its own, as a poem or the head of a letter; they begin at one place."""
        return any("\n" in run.text for run in self.runs)


@dataclass(frozen=True)
class SceneBreak:
    """The place between two scenes."""


Block = Paragraph | SceneBreak


def lines_of(text: str) -> list[str]:
    """Return the lines of a text in which something can be seen."""
    return [line for line in map(one_line, clean(text).split("\n")) if line]


def blocks_of(text: str) -> list[Block]:
    """Read a chapter's text; every asterisk that is neither emphasis nor a break stays an asterisk."""
    parts = _BETWEEN.split(_BREAK.sub("\n***\n", clean(text)))
    return [_block(part) for part in map(str.strip, parts) if part]


def _block(part: str) -> Block:
    if part == "***":
        return SceneBreak()
    pieces = _EMPHASIS.split(part)
    runs = (Run(piece, index % 2 == 1) for index, piece in enumerate(pieces) if piece)
    return Paragraph(tuple(runs))
