"""What a text is searched by: its words, and runs of letters where a script sets no spaces between words.

Both sides, notes and questions, are read alike, and the search engine sees nothing but letters and digits, so that
whatever somebody writes is a safe question. Chinese, Japanese and Korean are taken two letters at a time (most of
their words have two), Thai, Lao, Khmer and Burmese three.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from tasks.podcast.episode import Topic

_MARKS = re.compile(r"[\u0300-\u036f\u0591-\u05c7\u064b-\u065f]")
"""Accents and signs for vowels that people leave out when they search."""
_PAIRS = (
    r"\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u9fff"
    r"\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_TRIPLES = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_SIGNS = r"\u0483-\u0487\u0610-\u061a\u0670\u06d6-\u06ed\u0700-\u074f\u0900-\u0963\u0966-\u0dff\u0f00-\u0fff"
"""Signs in words of Indic and other scripts that Python counts neither to letters nor to digits."""
_WORD = rf"(?:(?![{_PAIRS}{_TRIPLES}])(?:[^\W_]|[{_SIGNS}]))+"
_RUN = re.compile(rf"(?P<pairs>[{_PAIRS}]+)|(?P<triples>[{_TRIPLES}]+)|(?P<word>{_WORD})")
_LONGEST = 60
"""Letters of a word that count."""
_STEM = 5
"""Letters from which on a word is found in its other forms too: its last one may differ, and more may follow."""
_MOST = 200
"""Terms that one question is made of."""


class Terms(NamedTuple):
    """What a text asks for."""

    words: tuple[str, ...]
    """Beginnings of words, in scripts that set spaces."""
    runs: tuple[str, ...]
    """Runs of letters, in those that do not."""

    @property
    def all(self) -> tuple[str, ...]:
        """Both."""
        return self.words + self.runs


class Wanted(NamedTuple):
    """What a topic asks for."""

    title: Terms
    rest: Terms
    """Of its angle and questions, what its title has not."""

    @property
    def question(self) -> str:
        """The question for the search engine; empty where nothing is asked. The title counts twice."""
        terms = [*self.title.all, *self.title.all, *self.rest.all][:_MOST]
        return " OR ".join(f'"{term}" *' for term in terms)


def indexed(text: str) -> str:
    """Return a text as the index holds it: its terms, with spaces between them."""
    return " ".join(term for run in _RUN.finditer(_folded(text)) for term in _terms(run))


def wanted_of(topic: Topic) -> Wanted:
    """Return what to search for a topic, without words that stand in any text, unless its title has no others."""
    title = _asked([topic.title])
    rest = _asked([topic.angle, *topic.questions])
    words = tuple(word for word in rest.words if word not in title.words)
    return Wanted(title, Terms(words, tuple(run for run in rest.runs if run not in title.runs)))


def _asked(texts: Iterable[str]) -> Terms:
    words: dict[str, None] = {}
    runs: dict[str, None] = {}
    for run in _RUN.finditer(_folded("\n".join(texts))):
        if run.lastgroup == "word":
            words[run[0][:_LONGEST]] = None
        else:
            size = 2 if run.lastgroup == "pairs" else 3
            runs |= dict.fromkeys(run[0][at : at + size] for at in range(max(1, len(run[0]) - size + 1)))
    telling = [word for word in words if _tells(word)] or ([] if runs else list(words))
    return Terms(tuple(dict.fromkeys(map(_stem, telling))), tuple(runs))


def _terms(run: re.Match[str]) -> Iterator[str]:
    if run.lastgroup == "word":
        yield run[0][:_LONGEST]
        return
    size = 2 if run.lastgroup == "pairs" else 3
    for at in range(len(run[0])):  # Also the shorter ones at the end, so that a single letter is found anywhere.
        yield run[0][at : at + size]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold())))


def _stem(word: str) -> str:
    return word[:-1] if len(word) >= _STEM and word.isalpha() else word


def _tells(word: str) -> bool:
    return word not in _common() and (len(word) > 2 or not word.isalpha())


@cache
def _common() -> frozenset[str]:
    """Words of some thirty languages that say nothing of a topic; which language notes are in, nobody has to say."""
    import stop_words

    names = stop_words.AVAILABLE_LANGUAGES
    return frozenset(_folded(word) for name in names for word in stop_words.get_stop_words(name))
