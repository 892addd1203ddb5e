"""Texts of any origin made fit for any file: nothing in them that a format forbids, or that nobody can see."""

from __future__ import annotations

import re

_ENDS = re.compile(r"\r\n?|[\x85\u2028\u2029]")
_PLANES = "".join(rf"\U{plane:04x}fffe\U{plane:04x}ffff" for plane in range(1, 17))
_UNWRITABLE = re.compile(rf"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff{_PLANES}]")
"""Controls, halves of surrogate pairs and what Unicode calls no characters: most are forbidden, and none is seen."""
_SPACE = re.compile(r"[ \t\n]+")


def clean(text: str) -> str:
    """Leave out what no file may hold, and end each line with a newline."""
    return _UNWRITABLE.sub("", _ENDS.sub("\n", text))


def one_line(text: str) -> str:
    """Return a text for a line, such as a title; empty where nothing of it can be seen."""
    line = _SPACE.sub(" ", clean(text)).strip()
    return line if any(sign.isprintable() and not sign.isspace() for sign in line) else ""
