"""The one place that writes to the terminal.

Results go to standard output; progress, notes and errors to standard error. With `--json` exactly
one JSON document goes to standard output, and nothing else.
"""

from __future__ import annotations

import json
import sys
from typing import TextIO

from tasks.errors import PressroomError


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
    _write(sys.stdout, json.dumps(value, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None))


def complain(error: PressroomError, *, as_json: bool) -> None:
    """Write an error: for people on standard error, for programs on standard output."""
    if as_json:
        document({"error": {"code": error.code, "message": error.message, "remedy": error.remedy}})
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


def _write(file: TextIO, text: str) -> None:
    if not text.isprintable():
        # Item names come from users, and a terminal acts on the control characters in them.
        text = "".join(sign if sign.isprintable() or sign == "\n" else "?" for sign in text)
    encoding = file.encoding or "utf-8"
    file.write(text.encode(encoding, "replace").decode(encoding) + "\n")
    file.flush()
