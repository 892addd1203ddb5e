"""Names that nearly are a character's: most likely misspelt."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from tasks.fiction.checks.names import PLAIN, Names, count_words_of, is_form_of
from tasks.fiction.checks.reading import Reading, Sentence
from tasks.fiction.checks.rules import MOST, Rule, broken
from tasks.fiction.story import Issue, Severity
from tasks.prose.languages import BY_CHARACTER
from tasks.prose.words import WORD

_SHORTEST = 4
"""Shorter names are too near to too much."""
_SHORTEST_OF_NOUNS = 6
"""In German, where nouns have capitals too."""
_SHORTEST_UNMARKED = 7
"""Where no capitals show what is a name, signs above and below counted."""
_MIDDLING = 6
"""Shorter ones may only have a letter more, less or in the wrong place, and not at their ends: `Lyon` is not `Léon`."""
_LONG = 8
"""From this length on two letters may differ."""
_FEW = 2
"""Somebody whose name comes more than half as often as the character's is another person."""


class Near(NamedTuple):
    """A misspelt name, the name that is meant, and where it first stands."""

    written: str
    meant: str
    paragraph: int
    quote: str


def near_names(reading: Reading, names: Names) -> list[Near]:
    """Find names that nearly are a character's, each once.

    Only where precision is good: the same first letter, one letter of difference (two in long names), a word that
    stands with a capital inside a sentence and nowhere without one, and not as often as the right name. Two people
    whose names differ by a letter, one of them not on the list, are taken for one. Chinese and Japanese names are too
    short for it.
    """
    found = _among_words(reading, names) if names.has_capitals else _among_letters(reading, names)
    return list(islice(found, MOST))


def check_near_names(found: list[Near], reading: Reading) -> Iterator[Issue]:
    """Say which names are misspelt."""
    for near in found:
        yield broken(
            Rule.MISSPELT_NAME,
            Severity.MAJOR,
            reading.place(near.paragraph, near.quote),
            f"{near.written!r} is not {near.meant!r}, whom the list has",
            f"Write {near.meant!r}.",
        )


def _among_words(reading: Reading, names: Names) -> Iterator[Near]:
    counts = count_words_of(reading.paragraphs)
    shortest = _SHORTEST_OF_NOUNS if names.language == "de" else _SHORTEST
    listed = {part: name for part, name in names.listed.items() if len(part) >= shortest and part not in counts}
    for word, sentence in _inside_sentences(reading).items():
        folded = word.casefold()
        if len(word) < shortest or word.isupper() or folded in names.known or folded in counts:
            continue
        for part, name in listed.items():
            is_rare = counts[word] == 1 or not 0 < counts[name] < _FEW * counts[word]
            if is_rare and _is_near(folded, part, names.language):
                yield Near(word, name, sentence.paragraph, sentence.text)
                break


def _is_near(word: str, part: str, language: str) -> bool:
    if word[0] != part[0] or abs(len(word) - len(part)) > 2:
        return False
    if len(part) < _MIDDLING and (word[-1] != part[-1] or _is_exchanged(word, part)):
        return False
    if word in (f"{part}s", f"{part}es") or (language not in PLAIN and is_form_of(word, part)):
        return False
    from rapidfuzz.distance import OSA

    most = 2 if min(len(word), len(part)) >= _LONG else 1
    return OSA.distance(word, part, score_cutoff=most) <= most


def _is_exchanged(word: str, part: str) -> bool:
    """Say whether a letter stands in the place of another."""
    return len(word) == len(part) and sorted(word) != sorted(part)


def _inside_sentences(reading: Reading) -> dict[str, Sentence]:
    """Return words with a capital that stand inside a sentence, and the first sentence inside which each does."""
    found: dict[str, Sentence] = {}
    for sentence in reading.sentences:
        for match in islice(WORD.finditer(sentence.text), 1, None):
            if match[0][0].isupper() and sentence.text[match.start() - 1] in " \n'’-":
                found.setdefault(match[0], sentence)
    return found


def _among_letters(reading: Reading, names: Names) -> Iterator[Near]:
    """Look around each half of a name for the other half with one letter changed: one of the two is unharmed."""
    if names.language in BY_CHARACTER:
        return
    every = [name for character in names.characters for name in names.forms_of(character)]
    seen = set(every)
    for number, paragraph in enumerate(reading.paragraphs, 1):
        for name in every:
            if len(name) < _SHORTEST_UNMARKED:
                continue
            for start, end in _windows(name, paragraph):
                written = paragraph[start:end]
                if (
                    written not in seen
                    and _is_near_written(written, name)
                    and not any(map(written.__contains__, every))
                ):
                    seen.add(written)
                    yield Near(written, name, number, paragraph[max(0, start - 20) : end + 20])


def _is_near_written(written: str, name: str) -> bool:
    """Say whether one letter inside differs; at its ends another word may begin."""
    from rapidfuzz.distance import OSA

    return written[0] == name[0] and written[-1] == name[-1] and OSA.distance(written, name, score_cutoff=1) == 1


def _windows(name: str, paragraph: str) -> Iterator[tuple[int, int]]:
    """Return where a name with one letter more, less or changed would stand beside each place of one of its halves."""
    middle = len(name) // 2
    for half, before in ((name[:middle], 0), (name[middle:], middle)):
        at = paragraph.find(half)
        while at >= 0:
            exact = at - before
            for longer in (0, 1, -1):
                start = exact - longer if before else exact
                end = start + len(name) + longer
                if exact >= 0 and start >= 0 and end <= len(paragraph) and not paragraph.startswith(name, exact):
                    yield start, end
            at = paragraph.find(half, at + 1)
