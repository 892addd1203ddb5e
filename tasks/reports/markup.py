"""Markdown's marks: texts that come from users set so that nothing in them is markup, and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_ESCAPED = str.maketrans({sign: f"\\{sign}" for sign in "\\<[*|"} | {"\n": " ", "\r": " "})


def code(text: str) -> str:
    """Set a name or path as code, in which nothing else is markup."""
    plain = text.replace("\n", " ").replace("\r", " ").replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", plain)), default=0) + 1)
    space = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{space}{plain}{space}{fence}" if plain.strip() else ""


def prose(text: str) -> str:
    """Write a message so that nothing in it is markup but code between backticks, as our remedies have it."""
    return text.translate(_ESCAPED)


def table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[str] = ()) -> list[str]:
    """Set rows as a table; columns whose heads are among `numbers` stand to the right."""
    rule = ["---:" if name in numbers else "---" for name in head]
    return [f"| {' | '.join(row)} |" for row in (head, rule, *rows)]
