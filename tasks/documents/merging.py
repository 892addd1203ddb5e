"""Several values, or several Markdown texts, become one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from tasks.documents.markdown_sections import headings_of


def merge_values(values: Iterable[JsonValue]) -> JsonValue:
    """Merge values in order: objects name by name, all the way down; lists are joined; else the later one stands.

    Names keep the place where they came first. The values given are left as they are.
    """
    merged: JsonValue = None
    for number, value in enumerate(values):
        merged = value if number == 0 else _merged(merged, value)
    return merged


def merge_markdown(texts: Iterable[str]) -> str:
    """Merge Markdown texts in order: sections with the same heading are joined under the first of them.

    Headings are the same when level and words are, whatever their case, and when the sections they stand in are the
    same ones: `### Added` of two versions stays apart. What stands above the first heading of each text comes first.
    Blocks that are joined have one empty line between them, and the text ends with one line break. Only headings
    written with `#` count, and none inside fenced code.
    """
    whole = _Section()
    for text in texts:
        _add(whole, [line.removesuffix("\r") for line in text.split("\n")])
    blocks = [block for block in _blocks(whole) if block]
    return "\n\n".join(blocks) + "\n" if blocks else ""


@dataclass
class _Section:
    """A heading's line, the blocks right below it, and the sections inside by level and words."""

    heading: str = ""
    blocks: list[str] = field(default_factory=list)
    sections: dict[tuple[int, str], _Section] = field(default_factory=dict)


def _merged(first: JsonValue, second: JsonValue) -> JsonValue:
    if isinstance(first, dict) and isinstance(second, dict):
        whole = dict(first)
        for name, value in second.items():
            whole[name] = _merged(whole[name], value) if name in whole else value
        return whole
    if isinstance(first, list) and isinstance(second, list):
        return [*first, *second]
    return second


def _add(whole: _Section, lines: Sequence[str]) -> None:
    headings = headings_of(lines)
    ends = [*(heading.line for heading in headings), len(lines)]
    whole.blocks.append(_trimmed(lines[: ends[0]]))
    way: list[tuple[int, _Section]] = [(0, whole)]
    for heading, end in zip(headings, ends[1:], strict=True):
        while way[-1][0] >= heading.level:
            way.pop()
        inside = way[-1][1].sections
        name = (heading.level, heading.title.casefold())
        section = inside.setdefault(name, _Section(lines[heading.line].rstrip()))
        section.blocks.append(_trimmed(lines[heading.line + 1 : end]))
        way.append((heading.level, section))


def _blocks(section: _Section) -> Iterator[str]:
    yield section.heading
    yield from section.blocks
    for one in section.sections.values():
        yield from _blocks(one)


def _trimmed(lines: Sequence[str]) -> str:
    """Join lines without the empty ones at both ends."""
    first = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    return "\n".join(lines[first:]).rstrip()
