"""Notes in Markdown: their prose, without headings, code, tables and lists of links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from tasks.podcast.research.blocks import Block, Reading

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT = re.compile(r"\A---[ \t]*\n.*?^(?:---|\.\.\.)[ \t]*$", re.DOTALL | re.MULTILINE)
_LINKED = 0.6
"""Share of a block's letters that are links from which on it is a list of links."""


def read_markdown(text: str) -> Reading:
    """Read a file's blocks."""
    from markdown_it import MarkdownIt

    front = _FRONT.match(text)
    if front is not None:  # Kept as empty lines, so that all others keep their numbers.
        text = "\n" * front[0].count("\n") + text[front.end() :]
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    headings, blocks = list[str](), list[Block]()
    for before, token in _inlines(tokens):
        plain, linked = _plain(token)
        if before == "heading_open":
            headings.append(" ".join(plain.split()))
        elif before == "paragraph_open" and plain.strip() and linked < _LINKED * len(plain):
            blocks.append(Block(plain, headings[-1] if headings else "", (token.map or [0])[0] + 1))
    return Reading(title=headings[0] if headings else "", blocks=blocks)


def _inlines(tokens: Sequence[Token]) -> Iterator[tuple[str, Token]]:
    for before, token in pairwise(tokens):
        if token.type == "inline":
            yield before.type, token


def _plain(token: Token) -> tuple[str, int]:
    """Return the text of a block, line by line, and how many letters of it are links."""
    parts, linked, depth = list[str](), 0, 0
    for child in token.children or []:
        depth += {"link_open": 1, "link_close": -1}.get(child.type, 0)
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
            linked += len(child.content) if depth else 0
        elif child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
    return "".join(parts), linked
