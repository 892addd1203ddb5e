"""How long a text is, and the words it consists of."""

from __future__ import annotations

import re
from collections import Counter

from tasks.prose.languages import BY_CHARACTER, LETTERS_A_WORD, base_of, script_of, scripts_of

LEEWAY = 0.05
"""By how much a count that is an estimate may be off, as a share of it."""
WORD = re.compile(r"[^\W\d_]+")
"""Letters in a row."""
_BETWEEN = re.compile(r"[\s\u2013\u2014\u2015…/|]+|--+")
_MARKS = ".,;:!?¡¿\"'“”„‟‘’‚«»‹›()[]{}<>*_~`#。．、，！？；：「」『』（）・؟،؛।॥۔ฯ"


def count_words(text: str, language: str) -> int:
    """Count a text's words as its readers would.

    Chinese and Japanese readers count characters. Thai, Lao, Khmer and Burmese set no spaces between words: there
    words are estimated from letters. Beside a dictionary's division of narrative prose in Thai the estimate is off by
    some 5 % (`LEEWAY`) for a chapter, as far as a trained divider (BudouX, ICU) strays from it too; a dictionary itself
    (PyThaiNLP) is 65 MB. What is written with spaces inside such a text, such as a name in Latin letters, counts by
    them.
    """
    base = base_of(language)
    if base not in LETTERS_A_WORD and base not in BY_CHARACTER:
        return _between_spaces(text)
    counts, scripts = Counter(text), scripts_of(base)
    own = {letter for letter in counts if script_of(letter) in scripts}
    letters = sum(number for letter, number in counts.items() if letter in own)
    others = _between_spaces(text.translate({ord(letter): " " for letter in own}))
    return round(letters / LETTERS_A_WORD.get(base, 1)) + others


def is_estimate(language: str) -> bool:
    """Say whether `count_words` only estimates in a language."""
    return base_of(language) in LETTERS_A_WORD


def words_of(text: str) -> list[str]:
    """Return what stands between a text's spaces and dashes, without marks at its ends, as it is written."""
    return [word for part in _BETWEEN.split(text) if any(map(str.isalnum, word := part.strip(_MARKS)))]


def _between_spaces(text: str) -> int:
    return sum(any(map(str.isalnum, part)) for part in _BETWEEN.split(text))
