"""What is spoken in a paragraph, by the quotation marks of many languages and by dashes."""

from __future__ import annotations

import re

_CLOSERS = {
    "“": "”", '"': '"', "«": "»", "»": "«", "„": "“”", "”": "”", "「": "」", "『": "』", "‹": "›", "‘": "’",
}  # fmt: skip
"""What closes each mark that opens speech. German may turn its guillemets, and Swedish closes as it opens."""
_MARK = re.compile("[" + "".join(sorted({*_CLOSERS, *"".join(_CLOSERS.values())})) + "]")
_DASH = re.compile(r"[—–―]|--|(?<!\w)-|-(?!\w)")
"""A dash, or a hyphen that stands for one."""


def spoken_spans(paragraph: str) -> list[tuple[int, int]]:
    """Return where speech begins and ends in a paragraph.

    A mark that is never closed holds to the paragraph's end, as where speech goes on in the next one. A paragraph that
    begins with a dash is speech up to the next dash, and again from the one behind it, as Spanish, French and Russian
    set it. Words between single straight quotation marks are not told from apostrophes, and are not seen.
    """
    if _DASH.match(paragraph):
        return _between_dashes(paragraph)
    spans, start, closers = [], 0, ""
    for match in _MARK.finditer(paragraph):
        mark = match[0]
        if not closers:
            if mark in _CLOSERS and not _is_apostrophe(paragraph, match):
                start, closers = match.start(), _CLOSERS[mark]
        elif mark in closers and not _is_apostrophe(paragraph, match):
            spans.append((start, match.end()))
            closers = ""
    return [*spans, (start, len(paragraph))] if closers else spans


def _is_apostrophe(paragraph: str, match: re.Match[str]) -> bool:
    """Say whether a single mark stands inside a word."""
    if match[0] not in "‘’":
        return False
    before, behind = paragraph[max(0, match.start() - 1) : match.start()], paragraph[match.end() : match.end() + 1]
    return before.isalpha() and behind.isalpha()


def _between_dashes(paragraph: str) -> list[tuple[int, int]]:
    starts = [match.start() for match in _DASH.finditer(paragraph)] + [len(paragraph)]
    return list(zip(starts[::2], starts[1::2], strict=False))
