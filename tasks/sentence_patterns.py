"""The patterns of sentences: what is written in them, and how they are fitted to the words of one.

    word            itself, in capitals or not
    word(s)         itself, or in the plural
    one|other       either
    [ ... ]         may be left out
    , : -           a comma or semicolon, a colon, the dash before a line of a list
    {name:reader}   a value, as a reader of that name takes it from the words

All ways in which a pattern fits are found, so that a sentence with two meanings is known to have two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from tasks.sentence_words import Word, words_of

Found = dict[str, Any]
"""Values by the name of their place in the pattern."""
_SLOT = re.compile(r"\{(\w+):(\w+)\}")
_SIGNS = {",": "comma", ":": "colon", "-": "bullet"}


class Text:
    """The words of a sentence, and how far any pattern has fitted them."""

    def __init__(self, sentence: str) -> None:
        self.words = words_of(sentence)
        self.reached = 0

    def at(self, place: int) -> Word | None:
        """Return the word at a place; None at the end."""
        return self.words[place] if place < len(self.words) else None

    def reach(self, place: int) -> int:
        """Note that something fits up to a place, and return it."""
        self.reached = max(self.reached, place)
        return place


Reader = Callable[[Text, int], Iterator[tuple[int, Any]]]
"""Yields each value that may stand at a place, with the place after it."""
Step = Callable[[Text, int], Iterator[tuple[int, Found]]]


def compiled(pattern: str, readers: Mapping[str, Reader]) -> Step:
    """Turn a pattern into what fits it to a text."""
    parts = re.findall(r"\[|\]|[^\s\[\]]+", pattern)
    step, rest = _sequence(parts, {**READERS, **readers})
    assert not rest, f"brackets of {pattern!r}"
    return step


def _sequence(parts: list[str], readers: Mapping[str, Reader]) -> tuple[Step, list[str]]:
    steps: list[Step] = []
    while parts and parts[0] != "]":
        first, parts = parts[0], parts[1:]
        if first == "[":
            inner, parts = _sequence(parts, readers)
            assert parts[:1] == ["]"], "a bracket is open"
            steps.append(_optional(inner))
            parts = parts[1:]
        elif slot := _SLOT.fullmatch(first):
            steps.append(_slot(slot[1], readers[slot[2]]))
        else:
            steps.append(_literal(first))
    return _all_of(steps), parts


def _all_of(steps: list[Step]) -> Step:
    def fit(text: Text, place: int, number: int = 0) -> Iterator[tuple[int, Found]]:
        if number == len(steps):
            yield place, {}
            return
        for after, found in steps[number](text, place):
            for end, more in fit(text, after, number + 1):
                yield end, found | more

    return fit


def _optional(inner: Step) -> Step:
    def fit(text: Text, place: int) -> Iterator[tuple[int, Found]]:
        yield from inner(text, place)
        yield place, {}

    return fit


def _slot(name: str, reader: Reader) -> Step:
    def fit(text: Text, place: int) -> Iterator[tuple[int, Found]]:
        for after, value in reader(text, place):
            yield text.reach(after), {name: value}

    return fit


def _literal(part: str) -> Step:
    sign = _SIGNS.get(part)
    meant = [word for one in part.split("|") for word in _numbers(one)]

    def fit(text: Text, place: int) -> Iterator[tuple[int, Found]]:
        word = text.at(place)
        if word is not None and (word.sort == sign or any(map(word.says, meant))):
            yield text.reach(place + 1), {}

    return fit


def _numbers(word: str) -> list[str]:
    """Return a word in the singular and in the plural, where both are allowed for."""
    stem = word.removesuffix("(s)")
    return [stem, f"{stem}s"] if stem != word else [word]


def separators(text: Text, place: int) -> int | None:
    """Return the place after what stands between two members of a list; None where nothing does."""
    start = place
    place += _is(text, place, "comma")
    word = text.at(place)
    place += word is not None and word.says("and")
    place += _is(text, place, "bullet")
    return text.reach(place) if place > start else None


def listed(one: Reader) -> Reader:
    """Return what reads a list of what `one` reads: with commas, with `and`, or with a dash before each."""

    def read(text: Text, place: int) -> Iterator[tuple[int, list[Any]]]:
        members: list[Any] = []
        ends: list[int] = []
        start: int | None = place + _is(text, place, "bullet")
        while start is not None and (found := next(one(text, start), None)) is not None:
            members.append(found[1])
            ends.append(text.reach(found[0]))
            start = separators(text, ends[-1])
        for count, end in enumerate(ends, start=1):
            yield end, members[:count]

    return read


def _is(text: Text, place: int, sort: str) -> bool:
    word = text.at(place)
    return word is not None and word.sort == sort


def _name(text: Text, place: int) -> Iterator[tuple[int, str]]:
    word = text.at(place)
    if word is not None and word.is_name:
        yield place + 1, word.text


def _number(text: Text, place: int) -> Iterator[tuple[int, int]]:
    word = text.at(place)
    if word is not None and word.sort == "word" and re.fullmatch("[0-9]{1,6}", word.text):
        yield place + 1, int(word.text)


def _date(text: Text, place: int) -> Iterator[tuple[int, str]]:
    word = text.at(place)
    if word is None or word.sort != "word" or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", word.text):
        return
    try:
        date.fromisoformat(word.text)
    except ValueError:
        return
    yield place + 1, word.text


READERS: dict[str, Reader] = {
    "name": _name,
    "names": listed(_name),
    "number": _number,
    "date": _date,
    "dates": listed(_date),
}
"""What every kind's patterns can read."""
