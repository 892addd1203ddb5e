"""The form for other programs: Markdown with front matter, in which nothing but our own marks is markup."""

from __future__ import annotations

import re
import unicodedata

import yaml

from tasks.fiction.export.manuscript import Chapter, Manuscript
from tasks.fiction.export.text import Block, Paragraph, Run

_MARKS = re.compile(r"[\\`*_\[\]<|~$]|&(?=#?\w+;)")
"""What could be markup within a line, in CommonMark or in what goes beyond it: tables, strikethrough, formulas."""
_OPENING = re.compile(r"^(\s*)(?=[#>+=:-])|^(\s*\d{1,9})(?=[.)])")
"""What could be markup at the beginning of a line: headings, quotes, lists, rules."""

_CLOSING = re.compile(r"(?:(?<=\s)|^)#+$")
"""Signs at the end of a heading that would be taken for its other fence."""


def as_markdown(manuscript: Manuscript) -> bytes:
    """Write a book as Markdown, its chapters under headings of the first level."""
    parts = [_front_matter(manuscript), *map(_chapter, manuscript.chapters)]
    return ("\n\n".join(parts) + "\n").encode()


def _front_matter(manuscript: Manuscript) -> str:
    values = {
        "title": manuscript.title,
        "author": manuscript.author,
        "lang": manuscript.language.tag,
        "dir": manuscript.language.direction,
        "date": manuscript.published.isoformat(),
        "identifier": manuscript.identifier,
        "subject": manuscript.genre,
        "description": "\n".join(manuscript.description),
        "rights": "\n".join(manuscript.rights),
        "note": "\n".join(manuscript.note),
    }
    given = {name: value for name, value in values.items() if value}
    return f"---\n{yaml.safe_dump(given, allow_unicode=True, sort_keys=False, width=2**31)}---"


def _chapter(chapter: Chapter) -> str:
    title = _CLOSING.sub(r"\\\g<0>", _literal(chapter.title))
    return "\n\n".join((f"# {title}", *map(_block, chapter.blocks)))


def _block(block: Block) -> str:
    if not isinstance(block, Paragraph):
        return "***"
    runs = block.runs
    around = ["", *(run.text for run in runs), ""]
    pieces = (_inline(run, around[place], around[place + 2]) for place, run in enumerate(runs))
    lines = "".join(pieces).split("\n")
    return "\\\n".join(_OPENING.sub(r"\g<0>\\", line.strip()) for line in lines)


def _inline(run: Run, before: str, after: str) -> str:
    text = _literal(run.text)
    if not run.is_emphasised:
        return text
    # An asterisk between a letter and, inside, a quotation mark would stay an asterisk.
    opens = _is_letter(run.text[0]) or not _is_letter(before[-1:])
    closes = _is_letter(run.text[-1]) or not _is_letter(after[:1])
    return f"*{text}*" if opens and closes else f"<em>{text}</em>"


def _is_letter(sign: str) -> bool:
    return bool(sign) and not sign.isspace() and unicodedata.category(sign)[0] not in "PS"


def _literal(text: str) -> str:
    return _MARKS.sub(r"\\\g<0>", text)
