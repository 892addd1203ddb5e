"""Data selectors: the part of a text that a config asks for.

    (none), whole_content        all of it
    $.teams[0].name              a JSON path into JSON or YAML: one match as it is, several as a list
    ## Usage                     that section of a Markdown text, with its heading
    function:load, class:Store   a block of code by its indentation, with its decorators
    10-20   10:20   :50   100:   lines, counted from 1, both ends included

A part is returned without empty lines at its end. What finds nothing is an error, never an empty text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from pydantic import JsonValue

from tasks.documents.json_path import find, parse_path
from tasks.documents.markdown_sections import read_heading, section_of
from tasks.errors import PressroomError, fault
from tasks.files import parse_data

# Possessive (`*+`), here and below: spaces that two parts could share would be shared out in every way.
_LINES = re.compile(r"\s*+(?P<first>\d{1,9})?\s*+(?P<to>[-:])?\s*+(?P<last>\d{1,9})?\s*+")
_CODE = re.compile(r"(function|class):\s*(\w+)\s*")
_MODIFIERS = (
    r"(?:(?:export|default|public|private|protected|internal|static|final|abstract|async|override|inline"
    r"|pub|open|sealed|data|suspend)[ \t]+)*"
)
_HEADERS = {
    "function": r"(?:def[ \t]+{name}\b|(?:function|func|fn|fun)[ \t]*+\*?[ \t]*+{name}[ \t]*[(<])",
    "class": r"(?:class|struct|interface|enum|trait)[ \t]+{name}[ \t]*(?:[(:{{<\[]|$|[ \t](?:extends|implements)\b)",
}
_KNOWN = "known are whole_content, $.path, # Heading, function:name, class:name and lines such as 10-20"


def is_whole(selector: str | None) -> bool:
    """Say whether a selector asks for everything."""
    return selector is None or selector.strip() in ("", "whole_content")


def select(text: str, selector: str | None, source: str) -> JsonValue:
    """Return the part of `text` that is asked for.

    `source` names the text in messages; where it ends in .yaml or .yml, a JSON path reads the text as YAML.
    SELECTOR_INVALID when the selector is none, SELECTOR_EMPTY when the text has no such part.
    """
    if selector is None or is_whole(selector):
        return text
    wanted = selector.strip()
    if wanted.startswith("$"):
        return select_value(parse_data(text, Path(source)), wanted, source)
    lines = _lines_of(text)
    if heading := read_heading(wanted):
        part = section_of(lines, heading)
    elif code := _CODE.fullmatch(wanted):
        part = _block(lines, code[1], code[2])
    else:
        part = _line_range(lines, wanted)
    if part is None:
        raise _empty(wanted, source)
    return "\n".join(part).rstrip("\n")


def check_selector(selector: str | None) -> None:
    """Refuse with SELECTOR_INVALID what is no selector, whatever it would be used on."""
    if selector is None or is_whole(selector):
        return
    wanted = selector.strip()
    if wanted.startswith("$"):
        parse_path(wanted)
    elif not (read_heading(wanted) or _CODE.fullmatch(wanted)):
        _line_range((), wanted)


def select_value(value: JsonValue, path: str, source: str) -> JsonValue:
    """Return what a JSON path finds in a value: one match as it is, several as a list."""
    found = find(value, path)
    if not found:
        raise _empty(path, source)
    return found[0] if len(found) == 1 else found


def _empty(selector: str, source: str) -> PressroomError:
    return fault("SELECTOR_EMPTY", selector=selector, source=source)


def _lines_of(text: str) -> list[str]:
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    return lines[:-1] if lines[-1] == "" else lines


def _line_range(lines: Sequence[str], selector: str) -> Sequence[str] | None:
    match = _LINES.fullmatch(selector)
    if match is None or not (match["first"] or match["last"]):
        raise fault("SELECTOR_INVALID", selector=selector, why=_KNOWN)
    if match["to"] == "-" and not (match["first"] and match["last"]):
        raise fault(
            "SELECTOR_INVALID", selector=selector, why="a range with '-' has two ends; with ':' one may be open"
        )
    if match["to"] is None and match["last"]:
        raise fault("SELECTOR_INVALID", selector=selector, why=_KNOWN)
    first = int(match["first"] or 1)
    last = int(match["last"] or (len(lines) if match["to"] else first))
    if first < 1 or (match["last"] and last < first):
        raise fault(
            "SELECTOR_INVALID", selector=selector, why="lines count from 1, and the first is not behind the last"
        )
    return lines[first - 1 : last] if first <= len(lines) else None


def _block(lines: Sequence[str], kind: str, name: str) -> Sequence[str] | None:
    header = re.compile(r"[ \t]*" + _MODIFIERS + _HEADERS[kind].format(name=re.escape(name)))
    for number, line in enumerate(lines):
        if header.match(line):
            return lines[_start(lines, number) : _end(lines, number)]
    return None


def _start(lines: Sequence[str], header: int) -> int:
    """Go up over the decorators that stand right above a header, also those that take several lines."""
    indent, start = _indent(lines[header]), header
    for number in range(header - 1, -1, -1):
        text = lines[number].strip()
        if not (text.startswith("@") or (text and _is_inside(lines[number], indent))):
            break
        if text.startswith("@") and _indent(lines[number]) == indent:
            start = number
    return start


def _end(lines: Sequence[str], header: int) -> int:
    """Go down to the first line that is indented no deeper and closes or opens no bracket of the block."""
    indent, end = _indent(lines[header]), header + 1
    for number in range(header + 1, len(lines)):
        if lines[number].strip():
            if not _is_inside(lines[number], indent):
                break
            end = number + 1
    return end


def _is_inside(line: str, indent: int) -> bool:
    own = _indent(line)
    return own > indent or (own == indent and line.lstrip()[0] in ")]}{")


def _indent(line: str) -> int:
    expanded = line.expandtabs()
    return len(expanded) - len(expanded.lstrip())
