"""The one place that writes to the terminal.

Results go to standard output; progress, notes and errors to standard error. With `--json` exactly
one JSON document goes to standard output, and nothing else.
"""

from __future__ import annotations

import json
import re
import sys
from typing import TextIO

from tasks.errors import PressroomError

_HARMLESS = "\n\t\u00a0\u00ad\u200b\u200c\u200d\u202f\u3000\ufeff"
"""Spaces and joiners, which are not printable to Python and do nothing to a terminal."""
_UNUSUAL = re.compile(r"[^\n -~]+")
"""Signs that not every terminal can show."""


def say(text: str = "") -> None:
    """Write a line of the result; on a terminal a long one is broken between words."""
    for line in _broken(text) if sys.stdout.isatty() else [text]:
        _write(sys.stdout, line)


def quote(text: str) -> None:
    """Write a text as it is, long lines and spaces included."""
    _write(sys.stdout, text)


def note(text: str = "") -> None:
    """Write a line about what is going on."""
    _write(sys.stderr, text)


def document(value: object) -> None:
    """Write the one JSON document, indented where a person reads it (for 10,000 items that takes a while)."""
    text = json.dumps(value, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None)
    _write(sys.stdout, text if _can_show(text) else _UNUSUAL.sub(_escaped, text))


def complain(error: PressroomError, *, as_json: bool, **more: object) -> None:
    """Write an error: for people on standard error, for programs on standard output, with what they get besides."""
    if as_json:
        document({"error": {"code": error.code, "message": error.message, "remedy": error.remedy}, **more})
        return
    note(f"error {error.code}: {error.message}")
    if error.remedy.strip():
        note(f"  {error.remedy}")


def _broken(text: str) -> list[str]:
    import shutil
    import textwrap

    width = shutil.get_terminal_size().columns
    if len(text) < width:
        return [text]
    indent = " " * (len(text) - len(text.lstrip(" ")) + 2)
    # Paths and commands stay whole, to be copied.
    return textwrap.wrap(text, width - 1, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False) or [
        text
    ]


def _can_show(text: str) -> bool:
    try:
        return text.isprintable() and bool(text.encode(sys.stdout.encoding or "utf-8"))
    except UnicodeEncodeError:
        return False


def _escaped(found: re.Match[str]) -> str:
    """Write signs as JSON can, where `_write` would make others of them: a program reads names and texts from there."""
    signs = found[0]
    return signs if _can_show(signs) else "".join(one if _can_show(one) else json.dumps(one)[1:-1] for one in signs)


def _write(file: TextIO, text: str) -> None:
    if not text.isprintable():
        # Item names come from users, and a terminal acts on the control characters in them.
        text = "".join(sign if sign.isprintable() or sign in _HARMLESS else "?" for sign in text)
    encoding = file.encoding or "utf-8"
    file.write(text.encode(encoding, "replace").decode(encoding) + "\n")
    file.flush()
