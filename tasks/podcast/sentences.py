"""Where the sentences of a text end, in any language."""

from __future__ import annotations

import re
from collections.abc import Iterable

import sentencex

LONGEST = 400
"""Letters of a sentence; what is longer is parted at a space, for it has no ends that anybody can see."""
_CLOSING = re.escape("\"'”’»›」』）)］]*_")  # noqa: RUF001  # quotation marks of many languages
_ENDED = re.compile(rf"[.!?…؟।॥۔։。！？។။]+[{_CLOSING}]*$")  # noqa: RUF001  # and the marks that end their sentences
_UNMARKED = re.compile(r"[\u0e00-\u0eff]")
"""Thai and Lao, which end a sentence with a space and no mark."""
_SHORT = 60
"""Letters up to which parts of Thai or Lao are put together: a space stands inside of their sentences too."""


def sentences_of(text: str, language: str = "en") -> list[str]:
    """Divide a text into its sentences; ends of lines and runs of spaces become one space."""
    text = " ".join(text.split())
    found: Iterable[str] = sentencex.segment(language.partition("-")[0], text) if text else ()
    parts = [part for one in found for part in (_joined(one.split()) if _is_unmarked(one) else [one.strip()])]
    return [piece for part in parts for piece in pieces_of(part, LONGEST)]


def is_whole(sentence: str) -> bool:
    """Say whether a sentence ends as one does: with its mark, or in a script that sets none."""
    return _ENDED.search(sentence) is not None or _is_unmarked(sentence)


def pieces_of(sentence: str, most: int) -> list[str]:
    """Part a sentence into pieces of at most `most` letters, at spaces where there are any."""
    pieces, start = [], 0
    while len(sentence) - start > most:
        space = sentence.rfind(" ", start + most // 3, start + most + 1)
        end = space if space > 0 else start + most
        pieces.append(sentence[start:end].strip())
        start = end
    return [piece for piece in (*pieces, sentence[start:].strip()) if piece]


def _joined(parts: list[str]) -> list[str]:
    joined: list[str] = []
    for part in parts:
        if joined and len(joined[-1]) < _SHORT:
            joined[-1] = f"{joined[-1]} {part}"
        else:
            joined.append(part)
    return joined


def _is_unmarked(sentence: str) -> bool:
    letters = sum(not sign.isspace() for sign in sentence)
    return 2 * len(_UNMARKED.findall(sentence)) > letters
