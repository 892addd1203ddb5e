"""How easily a text reads, by Flesch's formula.

Of the libraries, textstat loads 2 seconds and fetches a dictionary over the network for English; counting vowels in a
row comes within half a percent of that dictionary's syllables in fiction, and a hyphenator (pyphen) only within five.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from tasks.prose.words import WORD


class Formula(NamedTuple):
    """Flesch's reading ease as somebody has fitted it to a language."""

    base: float
    a_sentence: float
    """What each word of the mean sentence takes."""
    a_word: float
    """What each syllable of the mean word takes."""


FORMULAS = {
    "en": Formula(206.835, 1.015, 84.6),  # Flesch
    "de": Formula(180.0, 1.0, 58.5),  # Amstad
    "es": Formula(206.84, 1.02, 60.0),  # Fernández Huerta
    "fr": Formula(207.0, 1.015, 73.6),  # Kandel and Moles
    "it": Formula(217.0, 1.3, 60.0),  # Franchina and Vacca
    "nl": Formula(206.835, 0.93, 77.0),  # Douma
    "pt": Formula(248.835, 1.015, 84.6),  # Martins
    "ru": Formula(206.835, 1.3, 60.1),  # Oborneva
}
"""Languages that have such a measure, by their tags."""
_VOWELS = re.compile(r"[aeiouyàáâãäåæèéêëìíîïòóôõöøœùúûüýÿ]+|[аеёиоуыэюя]")
_SILENT = re.compile(r"(?:[^aeiouyl]e|[^aeiouydt]ed)$")
"""Ends of English words whose `e` is not heard."""


class Ease(NamedTuple):
    """How easily a text reads, and for whom."""

    reading_ease: float
    """Flesch's, from 100 for a child's book down to 0 for a treatise."""
    grade: float | None
    """The school year that can read it, by Kincaid's formula; it knows English only."""
    words_a_sentence: float


def readability(text: str, sentences: int, language: str) -> Ease | None:
    """Measure a text of so many sentences; None where its language has no such measure, or it has no words."""
    formula = FORMULAS.get(language)
    counts = Counter(word.casefold() for word in WORD.findall(text))
    if formula is None or not counts:
        return None
    a_sentence = counts.total() / sentences
    a_word = sum(_syllables(word, language) * number for word, number in counts.items()) / counts.total()
    return Ease(
        reading_ease=round(formula.base - formula.a_sentence * a_sentence - formula.a_word * a_word, 1),
        grade=round(0.39 * a_sentence + 11.8 * a_word - 15.59, 1) if language == "en" else None,
        words_a_sentence=round(a_sentence, 1),
    )


def _syllables(word: str, language: str) -> int:
    heard = len(_VOWELS.findall(word))
    return max(1, heard - (language == "en" and bool(_SILENT.search(word))))
