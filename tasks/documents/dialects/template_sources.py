"""Where a config of dialect E has its template: in itself, in a file, or in a section of a Markdown file."""

from __future__ import annotations

import re
from pathlib import Path

from tasks.documents.dialects.reading import Source, Written, WrittenFault
from tasks.documents.markdown_sections import headings_of, section_of
from tasks.errors import PressroomError
from tasks.files import parse_data
from tasks.models import JsonObject

_FENCE = re.compile(r" {0,3}(`{3,}+|~{3,}+)[ \t]*+([\w+-]*+)[^`]*+")
_BARE = re.compile(r"([:\[,]\s*)(\{\{\s*[\w.-]+\s*\}\})(?=\s*[,\]}])")
_PLACE = "generation.template_source"
_NAME = Path("template.json")


class TemplateSource(Written):
    """A template's place."""

    type: str | None = None
    path: str | None = None
    section: str | None = None
    template: str | None = None
    content: str | None = None


def template_text(written: TemplateSource, language: str | None, source: Source) -> str:
    """Return the template's text: what stands in the config, or the file, its section, and there the code."""
    if written.path is None:
        text = written.template if written.template is not None else written.content
        if not text:
            raise WrittenFault(f"{_PLACE}.path", "it is missing")
        return text
    text = source.read(written.path, f"{_PLACE}.path")
    return text if written.section is None else _code_in(_section(text, written), language)


def _section(text: str, written: TemplateSource) -> str:
    lines = text.splitlines()
    wanted = (written.section or "").lstrip("#").strip().casefold()
    for heading in headings_of(lines):
        if heading.title.casefold() == wanted:
            return "\n".join((section_of(lines, heading) or [""])[1:]).strip("\n")
    raise WrittenFault(f"{_PLACE}.section", f"{written.path!r} has no section {written.section!r}")


def _code_in(section: str, language: str | None) -> str:
    """Return the fenced code that a section consists of, or the first in the wanted language; else the section."""
    fences, rest = _fences(section)
    if len(fences) == 1 and not rest.strip():
        return fences[0][1]
    return next((text for written, text in fences if language and written.lower() == language), section)


def _fences(section: str) -> tuple[list[tuple[str, str]], str]:
    """Return each piece of fenced code with its language, and what stands outside them."""
    fences: list[tuple[str, str]] = []
    outside: list[str] = []
    inside: list[str] = []
    mark = language = ""
    for line in section.splitlines():
        match = _FENCE.fullmatch(line)
        if mark and match and match[1].startswith(mark) and not match[2]:
            fences.append((language, "\n".join(inside)))
            mark, inside = "", []
        elif mark:
            inside.append(line)
        elif match:
            mark, language = match[1], match[2]
        else:
            outside.append(line)
    return fences, "\n".join([*outside, *inside])


def json_template(text: str) -> JsonObject | None:
    """Return a template that is a JSON object with names in it, quoted or bare; None for any other text."""
    if "{{" not in text:
        return None
    for attempt in (text, _BARE.sub(r'\1"\2"', text)):
        try:
            value = parse_data(attempt, _NAME)
        except PressroomError:
            continue
        return value if isinstance(value, dict) else None
    return None
