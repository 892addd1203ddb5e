"""How easily a text reads, by Flesch's formula.

Of the libraries, textstat loads 2 seconds and fetches a dictionary over the network for English; counting vowels in a
row comes within half a percent of that dictionary's syllables in fiction, and a hyphenator (pyphen) only within five.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from tasks.fiction.checks.names import WORD
from tasks.fiction.checks.reading import Reading


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
"""From 100 for a child's book down to 0 for a treatise. Other languages have no such measure."""
_VOWELS = re.compile(r"[aeiouyàáâãäåæèéêëìíîïòóôõöøœùúûüýÿ]+|[аеёиоуыэюя]")
_SILENT = re.compile(r"(?:[^aeiouyl]e|[^aeiouydt]ed)$")
"""Ends of English words whose `e` is not heard."""


def readability(reading: Reading) -> float | None:
    """Return a text's reading ease; None where its language has no such measure, or it has no words."""
    formula = FORMULAS.get(reading.language)
    counts = Counter(word.casefold() for word in WORD.findall(reading.text))
    if formula is None or not counts:
        return None
    syllables = sum(_syllables(word, reading.language) * number for word, number in counts.items())
    a_sentence = counts.total() / len(reading.sentences)
    return round(formula.base - formula.a_sentence * a_sentence - formula.a_word * syllables / counts.total(), 1)


def _syllables(word: str, language: str) -> int:
    heard = len(_VOWELS.findall(word))
    return max(1, heard - (language == "en" and bool(_SILENT.search(word))))
