"""Where sentences end."""

from __future__ import annotations

import re
from itertools import pairwise

from tasks.prose.languages import LETTERS_A_WORD

CLOSING = "\"'”’»“›」』）)］]*_"
"""What may stand behind the mark that ends a sentence."""
ENDING = ".!?…؟।॥۔։།።។៕။。！？"
"""Marks that end a sentence."""
_END = re.compile(rf"(?:(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\bSt)[.]|[{ENDING[1:]}])+[{re.escape(CLOSING)}]*")
_REPEATED = re.compile(r"\s+ๆ\s*")
"""Thai sets a space before the sign that repeats a word."""
_NO_SPACE_NEEDED = frozenset("。！？။។")


def sentences_of(paragraph: str, language: str) -> list[str]:
    """Divide a paragraph into sentences.

    A mark before a small letter ends none (`“Where?” asked Alma.` is one sentence). Thai and Lao end a sentence, and
    often a part of one, with a space and nothing else: in languages that set none between words, but for Chinese and
    Japanese, what stands between two spaces is taken for a sentence.
    """
    if language in LETTERS_A_WORD:
        parts = _REPEATED.sub("ๆ", paragraph).split()
    else:
        ends = [match.end() for match in _END.finditer(paragraph) if not _goes_on(paragraph, match)]
        parts = [paragraph[a:b].strip() for a, b in pairwise([0, *ends, len(paragraph)])]
    return [part for part in parts if any(map(str.isalnum, part))]


def is_ended(paragraph: str) -> bool:
    """Say whether a paragraph ends with a mark that ends a sentence, a closing quotation mark, or a dash cut short."""
    return paragraph.rstrip().rstrip("*_")[-1:] in (*ENDING, *CLOSING, "—", "–")


def _goes_on(paragraph: str, match: re.Match[str]) -> bool:
    """Say whether the sentence goes on behind a mark."""
    rest = paragraph[match.end() : match.end() + 2]
    if not rest or match[0][0] in _NO_SPACE_NEEDED:
        return False
    return not rest[0].isspace() or rest[-1:].islower()
