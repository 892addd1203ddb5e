"""The headings of a Markdown text, and the lines that belong to each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")


@dataclass(frozen=True)
class Heading:
    """A heading: the number of its line, counted from 0, its level and its words."""

    line: int
    level: int
    title: str

    def is_like(self, other: Heading) -> bool:
        """Say whether both have the same level and the same words, whatever their case."""
        return self.level == other.level and self.title.casefold() == other.title.casefold()


def read_heading(line: str) -> Heading | None:
    """Read one line as a heading written with `#`; None when it is none."""
    match = _HEADING.fullmatch(line.rstrip())
    if match is None:
        return None
    return Heading(0, len(match[1]), _unclosed((match[2] or "").strip()))


def headings_of(lines: Sequence[str]) -> list[Heading]:
    """Find the headings of a text; what stands in fenced code is none."""
    found: list[Heading] = []
    fence = ""
    for number, line in enumerate(lines):
        match = _FENCE.fullmatch(line)
        if fence:
            if match and match[1].startswith(fence) and not match[2].strip():
                fence = ""
        elif match and not (match[1][0] == "`" and "`" in match[2]):
            fence = match[1]
        elif heading := read_heading(line):
            found.append(Heading(number, heading.level, heading.title))
    return found


def section_of(lines: Sequence[str], wanted: Heading) -> Sequence[str] | None:
    """Return a section's lines, its heading first, up to the next heading of its level or a higher one."""
    headings = headings_of(lines)
    for place, heading in enumerate(headings):
        if heading.is_like(wanted):
            ends = (after.line for after in headings[place + 1 :] if after.level <= heading.level)
            return lines[heading.line : next(ends, len(lines))]
    return None


def _unclosed(title: str) -> str:
    """Return a title without the signs that may close it; those that are part of its last word stay."""
    bare = title.rstrip("#")
    return bare.rstrip() if not bare or bare[-1] in " \t" else title
