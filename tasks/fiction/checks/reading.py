"""A chapter as it is read: its paragraphs, its sentences, and what in them is spoken."""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property
from typing import NamedTuple

from tasks.fiction.checks.speech import spoken_spans
from tasks.prose.languages import base_of, is_unspaced
from tasks.prose.sentences import sentences_of
from tasks.prose.words import count_words, words_of
from tasks.words import cut


class Sentence(NamedTuple):
    """A sentence and the number of its paragraph, counted from 1."""

    text: str
    paragraph: int


class Reading:
    """A text in a language; each part is worked out once, when a check first asks for it."""

    def __init__(self, text: str, language: str) -> None:
        self.text = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
        self.language = base_of(language)
        self.is_unspaced = is_unspaced(language)

    @cached_property
    def paragraphs(self) -> list[str]:
        """What stands between empty lines, or on a line each where no line is empty; without breaks between scenes."""
        parts = re.split(r"\n\s*\n", self.text)
        if sum(map(_has_words, parts)) < 2:
            parts = self.text.split("\n")
        return [part.strip() for part in parts if _has_words(part)]

    @cached_property
    def words(self) -> int:
        """How many words it has."""
        return count_words(self.text, self.language)

    @cached_property
    def sentences(self) -> list[Sentence]:
        """Its sentences in order; in languages that mark no end of them, what stands between spaces."""
        return [
            Sentence(one, number)
            for number, paragraph in enumerate(self.paragraphs, 1)
            for one in sentences_of(paragraph, self.language)
        ]

    @cached_property
    def lengths(self) -> list[int]:
        """The words of each sentence."""
        return [count_words(sentence.text, self.language) for sentence in self.sentences]

    @cached_property
    def narration(self) -> list[str]:
        """Its paragraphs without what is spoken in them."""
        kept = []
        for paragraph in self.paragraphs:
            ends = [0, *(end for span in spoken_spans(paragraph) for end in span), len(paragraph)]
            kept.append(" ".join(paragraph[a:b] for a, b in zip(ends[::2], ends[1::2], strict=True)))
        return kept

    @cached_property
    def spoken_words(self) -> int:
        """How many of its words are spoken."""
        return max(0, self.words - count_words("\n".join(self.narration), self.language))

    def units(self, text: str) -> list[str]:
        """Return what texts are compared by: words without their capitals, or letters where words are not set apart."""
        if self.is_unspaced:
            return [letter for letter in text if letter.isalpha() or unicodedata.category(letter)[0] == "M"]
        return [word.casefold() for word in words_of(text)]

    def place(self, number: int, quote: str = "") -> str:
        """Say where something stands, such as `paragraph 3: “the green spark”`."""
        return f"paragraph {number}: “{cut(' '.join(quote.split()), 80)}”" if quote else f"paragraph {number}"


def _has_words(text: str) -> bool:
    return any(map(str.isalnum, text))
