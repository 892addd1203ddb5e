"""Tidying what a model wrote: paragraphs as they are, and of a small model's only what is whole and new."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tasks.prose.sentences import is_ended, sentences_of

_GAP = re.compile(r"\n\s*\n")
_SPACE = re.compile(r"\s+")
_LETTERS = re.compile(r"[^\w]+")


def paragraphs_of(text: str) -> list[str]:
    """Divide a text at its empty lines; inside a paragraph, lines are one."""
    return [found for part in _GAP.split(text) if (found := _SPACE.sub(" ", part).strip())]


def new_sentences(paragraphs: Iterable[str], seen: Sequence[str], language: str) -> list[str]:
    """Return paragraphs with only those sentences that are whole and stand nowhere in what was seen, or before."""
    known = {
        _plain(sentence) for text in seen for part in paragraphs_of(text) for sentence in sentences_of(part, language)
    }
    kept = []
    for paragraph in (part for text in paragraphs for part in paragraphs_of(text)):
        sentences = sentences_of(paragraph, language)
        if sentences and not is_ended(sentences[-1]):
            sentences.pop()
        fresh = []
        for sentence in sentences:
            plain = _plain(sentence)
            if plain and plain not in known:
                known.add(plain)
                fresh.append(sentence)
        if fresh:
            kept.append(" ".join(fresh))
    return kept


def _plain(sentence: str) -> str:
    return _LETTERS.sub(" ", sentence).strip().casefold()
