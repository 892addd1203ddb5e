"""Cutting what was read into passages of a few sentences."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import NamedTuple

from tasks.podcast.research.blocks import Block, Reading
from tasks.podcast.sentences import sentences_of

LETTERS = 700
"""Letters from which on a passage is long enough."""


class Sentence(NamedTuple):
    """A sentence and where it stands."""

    text: str
    heading: str
    first: int
    last: int
    """Lines or pages, counted from 1."""


class Cut(NamedTuple):
    """A passage and where it stands."""

    text: str
    heading: str
    place: str
    """`lines 10-14` or `page 3`."""


def cut(reading: Reading) -> list[Cut]:
    """Put sentences that follow each other under one heading, or on one page, together."""
    cuts, some, letters = list[Cut](), list[Sentence](), 0
    for sentence in _sentences(reading):
        if some and (letters >= LETTERS or _is_apart(some[-1], sentence, reading.is_paged)):
            cuts.append(_of(some, reading.is_paged))
            some, letters = [], 0
        some.append(sentence)
        letters += len(sentence.text)
    return [*cuts, _of(some, reading.is_paged)] if some else cuts


def _is_apart(one: Sentence, other: Sentence, is_paged: bool) -> bool:
    return one.heading != other.heading or (is_paged and one.last != other.first)


def _sentences(reading: Reading) -> Iterator[Sentence]:
    for block in reading.blocks:
        yield from _of_page(block) if reading.is_paged else _of_lines(block)


def _of_page(block: Block) -> Iterable[Sentence]:
    return (Sentence(text, block.heading, block.at, block.at) for text in sentences_of(block.text))


def _of_lines(block: Block) -> Iterator[Sentence]:
    """Find the lines of each sentence by counting letters, which sentences have all of, whatever became of spaces."""
    ends = list(accumulate(_letters(line) for line in block.text.split("\n")))
    before = 0
    for text in sentences_of(block.text):
        after = before + _letters(text)
        first, last = (block.at + bisect_right(ends, letters) for letters in (before, after - 1))
        yield Sentence(text, block.heading, first, last)
        before = after


def _letters(text: str) -> int:
    return sum(map(len, text.split()))


def _of(some: list[Sentence], is_paged: bool) -> Cut:
    first, last = some[0].first, some[-1].last
    lines = f"line {first}" if first == last else f"lines {first}-{last}"
    return Cut(" ".join(one.text for one in some), some[0].heading, f"page {first}" if is_paged else lines)
