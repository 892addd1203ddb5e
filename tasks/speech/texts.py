"""Whether a text can be read aloud, and the first thing in it that cannot."""

from __future__ import annotations

import re
import unicodedata

from tasks.errors import PressroomError, fault

_SCRIPTS = {
    "CYRILLIC": "ru uk be bg mk sr kk ky tt ba cv nog",
    "GREEK": "el grc",
    "ARABIC": "ar fa ur sd ug",
    "HEBREW": "he",
    "DEVANAGARI": "hi mr ne kok",
    "BENGALI": "bn as bpy",
    "GURMUKHI": "pa",
    "GUJARATI": "gu",
    "ORIYA": "or",
    "TAMIL": "ta",
    "TELUGU": "te",
    "KANNADA": "kn",
    "MALAYALAM": "ml",
    "SINHALA": "si",
    "THAI": "th",
    "MYANMAR": "my shn",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy hyw",
    "ETHIOPIC": "am ti",
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "KATAKANA-HIRAGANA": "ja",
    "CJK": "cmn zh yue hak",
    "IDEOGRAPHIC": "cmn zh yue hak ja",
    "CHEROKEE": "chr",
    "SHAVIAN": "en-shaw",
}
"""Which of eSpeak's languages read which script beside the Latin one, by the first word of a letter's name in Unicode.

Its Japanese is not among those for CJK: it calls every such letter `Chinese letter`.
"""
_NEUTRAL = ("LATIN", "MODIFIER")
_ALONE = "GREEK"
"""A letter of it that stands alone, as in a formula or before a unit, has a name in every language."""
_RUN = re.compile(r"[^\W\d_]+")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_SHOWN = 20


def readable(voice: str, text: str) -> str:
    """Return a text without signs that nobody hears, or raise TEXT_UNSPEAKABLE naming the first it cannot be read for.

    Digits alone are read as numbers; a text with neither letters nor digits is nothing to read.
    """
    for position, sign in enumerate(text):
        if sign not in "\n\r\t" and unicodedata.category(sign) in ("Cc", "Cs", "Cn", "Co"):
            what = f"the sign U+{ord(sign):04X} at position {position + 1}"
            raise _unspeakable(voice, what, "Take it out of the text.")
    if not any(sign.isalnum() for sign in text):
        shown = f"a text without letters: {text.strip()[:_SHOWN]!r}" if text.strip() else "an empty text"
        raise _unspeakable(voice, shown, "Give it words to say.")
    return _INVISIBLE.sub("", text)


def refuse_foreign(voice: str, language: str, text: str) -> None:
    """Raise TEXT_UNSPEAKABLE for the first word in a script that a voice of `language` does not read."""
    own = {script for script, languages in _SCRIPTS.items() if _is_of(language, languages.split())}
    for run in _RUN.finditer(text):
        scripts = [_script(letter) for letter in unicodedata.normalize("NFKC", run[0])]
        for script in scripts:
            if script in own or script in _NEUTRAL or (script == _ALONE and scripts.count(_ALONE) == 1):
                continue
            what = f"{run[0][:_SHOWN]!r} at position {run.start() + 1} ({script.lower()} letters)"
            raise _unspeakable(voice, what, "Name a voice of the text's language, or write it in other letters.")


def _is_of(language: str, languages: list[str]) -> bool:
    return any(language == one or language.startswith(f"{one}-") for one in languages)


def _script(letter: str) -> str:
    if unicodedata.category(letter)[0] != "L":
        return _NEUTRAL[0]
    return unicodedata.name(letter, "UNKNOWN").split()[0]


def _unspeakable(voice: str, what: str, hint: str) -> PressroomError:
    return fault("TEXT_UNSPEAKABLE", voice=voice, what=what, hint=hint)
