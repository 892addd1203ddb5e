"""The words of a sentence: names, quoted names, and the signs between them.

A name is taken letter for letter. What is more than letters, digits and the signs that names have stands in
quotes, and so does a name that is a word of the grammar: nobody is left to guess which of the two was meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

Sort = Literal["word", "quoted", "comma", "colon", "bullet", "odd"]

_PARTS = re.compile(r"\s+|(?P<comma>[,;])|(?P<quote>[\"'“«])|(?P<run>[^\s,;]+)")
_CLOSING = {'"': '"', "'": "'", "“": "”", "«": "»"}
_BULLETS = ("-", "*", "•")
_NO_NAME = re.compile(r"[\"“”„«»`()\[\]{}<>!?…|\\*=\x00-\x1f\x7f]")

RESERVED = frozenset(
    "an and or but not no except without with in into for of from to by on at using use the all every each everyone"
    " everybody any some this that these those them it me us both other others rest batch config configs content"
    " document documents documentation schedule schedules item items creator creators team teams".split()
)
"""Words that are no names unless they are quoted. `a` is none of them: it is what people call their first example."""


class Word(NamedTuple):
    """A word or a sign, as it was written."""

    text: str
    sort: Sort

    def says(self, word: str) -> bool:
        """Say whether it is this word of the grammar, in capitals or not."""
        return self.sort == "word" and self.text.casefold() == word

    @property
    def is_name(self) -> bool:
        """Whether it can be the name of something."""
        if self.sort == "quoted":
            return bool(self.text.strip())
        is_plain = self.sort == "word" and not _NO_NAME.search(self.text)
        return is_plain and self.text.casefold() not in RESERVED and any(map(_is_telling, self.text))


def words_of(sentence: str) -> list[Word]:
    """Take a sentence apart; a full stop at its end belongs to nothing in it."""
    words = list(_words(sentence))
    if words and words[-1].sort == "word" and words[-1].text.endswith("."):
        last = words.pop().text.removesuffix(".")
        if last.endswith("."):
            words.append(Word(f"{last}.", "odd"))
        elif last:
            words.append(Word(last, "word"))
    return words


def in_quotes(sentence: str, place: int) -> str | None:
    """Return a sentence with one of its words in quotes; None where that one cannot stand in any."""
    start = end = 0
    for word in words_of(sentence)[: place + 1]:
        start = sentence.index(word.text, end)
        end = start + len(word.text)
    quote = next((sign for sign in ("'", '"') if sign not in sentence[start:end]), None)
    return None if quote is None else f"{sentence[:start]}{quote}{sentence[start:end]}{quote}{sentence[end:]}"


def _words(sentence: str) -> Iterator[Word]:
    place = 0
    while place < len(sentence):
        found = _PARTS.match(sentence, place)
        assert found is not None, "one of its parts fits any sign"
        place = found.end()
        if found["comma"]:
            yield Word(found["comma"], "comma")
        elif found["quote"]:
            word, place = _quoted(sentence, found.start())
            yield word
        elif found["run"]:
            yield from _run(found["run"])


def _quoted(sentence: str, start: int) -> tuple[Word, int]:
    """Read what stands in quotes; what follows the closing one must be a border between words."""
    close = _CLOSING[sentence[start]]
    end = sentence.find(close, start + 1)
    after = sentence[end + 1 : end + 2]
    if end < 0 or (after and not after.isspace() and after not in ",;:."):
        rest = sentence[start:].split(maxsplit=1)[0]
        return Word(rest, "odd"), start + len(rest)
    return Word(sentence[start + 1 : end], "quoted"), end + 1


def _run(text: str) -> Iterator[Word]:
    name = text.rstrip(":")
    if text in _BULLETS:
        yield Word(text, "bullet")
    elif name:
        yield Word(name, "word")
    yield from (Word(":", "colon") for _ in range(len(text) - len(name)))


def _is_telling(sign: str) -> bool:
    return sign.isalnum() or ord(sign) > 127
