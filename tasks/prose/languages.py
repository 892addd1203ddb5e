"""Languages by their tags: which letters each is written with, and which set no spaces between words."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import cache

ALIASES = {
    "cmn": "zh", "deu": "de", "eng": "en", "fil": "tl", "fra": "fr", "ita": "it", "iw": "he", "jpn": "ja", "khm": "km",
    "kor": "ko", "lao": "lo", "mya": "my", "nb": "no", "por": "pt", "rus": "ru", "spa": "es", "tha": "th", "yue": "zh",
    "zho": "zh",
}  # fmt: skip
"""Other tags of a language."""

_ROWS = """
ARABIC: ar fa ur ps sd ug ckb
ARMENIAN: hy
BENGALI: bn as
CANADIAN: iu
CHEROKEE: chr
CJK: zh
CYRILLIC: ru uk be bg mk kk ky tg mn tt ba cv
DEVANAGARI: hi mr ne sa
ETHIOPIC: am ti
GEORGIAN: ka
GREEK: el
GUJARATI: gu
HANGUL: ko
HEBREW: he yi
KANNADA: kn
KHMER: km
LAO: lo
MALAYALAM: ml
MYANMAR: my
NKO: nqo
ORIYA: or
SINHALA: si
TAMIL: ta
TELUGU: te
THAANA: dv
THAI: th
TIBETAN: bo dz
CJK HIRAGANA KATAKANA: ja
CYRILLIC LATIN: sr uz az bs
GURMUKHI ARABIC: pa
"""
SCRIPTS: dict[str, frozenset[str]] = {
    language: frozenset(scripts.split())
    for scripts, _, languages in (row.partition(":") for row in _ROWS.strip().splitlines())
    for language in languages.split()
}
"""The scripts of each language, as Unicode names them. A language that is not here is written with Latin letters."""
LATIN = frozenset({"LATIN"})
CASED = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN"})
"""Scripts with capitals."""
_KNOWN = LATIN.union(*SCRIPTS.values())
_OTHERWISE = {"KATAKANA-HIRAGANA": "KATAKANA", "HALFWIDTH": "KATAKANA", "IDEOGRAPHIC": "CJK", "FULLWIDTH": "LATIN"}

LETTERS_A_WORD = {"th": 3.2, "lo": 3.4, "km": 3.2, "my": 2.0}
"""Letters in a word, without the signs above and below them, where words are not set apart.

For Thai as a dictionary divides narrative prose; the others in the proportion that ICU's word boundaries have to it.
"""
BY_CHARACTER = frozenset({"zh", "ja"})
"""Languages whose readers count characters and not words."""


def base_of(language: str) -> str:
    """Return the language of a tag without region or script, in its shortest form: `th` of `th-TH` and of `tha`."""
    base = language.partition("-")[0].casefold()
    return ALIASES.get(base, base)


def scripts_of(language: str) -> frozenset[str]:
    """Return the scripts that a language is written with."""
    return SCRIPTS.get(base_of(language), LATIN)


def has_capitals(language: str) -> bool:
    """Say whether a language is written with capitals, so that names can be told by them."""
    return bool(scripts_of(language) & CASED)


def is_unspaced(language: str) -> bool:
    """Say whether a language sets no spaces between words."""
    base = base_of(language)
    return base in LETTERS_A_WORD or base in BY_CHARACTER


def counted_in(language: str) -> str:
    """Say what a text's length is counted in: `characters` in Chinese and Japanese, `words` elsewhere."""
    return "characters" if base_of(language) in BY_CHARACTER else "words"


def letters_by_script(text: str) -> Counter[str]:
    """Count a text's letters by script; what belongs to no script that is known here is left out."""
    counts: Counter[str] = Counter()
    for letter, number in Counter(text).items():
        if script := script_of(letter):
            counts[script] += number
    return counts


@cache
def script_of(letter: str) -> str:
    """Return the script of a letter; nothing for signs, digits and letters of scripts that are not known here."""
    if not letter.isalpha():
        return ""
    first = unicodedata.name(letter, "").partition(" ")[0]
    script = _OTHERWISE.get(first, first)
    return script if script in _KNOWN else ""
