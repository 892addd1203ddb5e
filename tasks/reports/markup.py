"""Markdown's marks: texts that come from users set so that nothing in them is markup, and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_ENDS = str.maketrans({"\n": " ", "\r": " "})
_MARKS = re.compile(r"[\\<\[*|~`]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")
"""What could be markup. A dash between letters is none, so that names stay readable where nothing is rendered."""


def code(text: str) -> str:
    """Set a name or path as code, in which nothing else is markup."""
    plain = text.replace("\n", " ").replace("\r", " ").replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", plain)), default=0) + 1)
    space = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{space}{plain}{space}{fence}" if plain.strip() else ""


def prose(text: str) -> str:
    """Write a message so that nothing in it is markup but code between backticks, as our remedies have it."""
    parts = text.translate(_ENDS).split("`")
    if len(parts) % 2 == 0:  # one that opens and does not close is only a sign
        parts[-2:] = ["`".join(parts[-2:])]
    return "".join(code(part) if index % 2 else _MARKS.sub(r"\\\g<0>", part) for index, part in enumerate(parts))


def table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[str] = ()) -> list[str]:
    """Set rows as a table; columns whose heads are among `numbers` stand to the right."""
    rule = ["---:" if name in numbers else "---" for name in head]
    return [f"| {' | '.join(row)} |" for row in (head, rule, *rows)]
