"""Sentences and phrases that repeat, as where a small model runs in a loop.

A text is compared with itself by short runs of words (letters, where words are not set apart): a sentence most of whose
runs stand elsewhere too is there more than once, or nearly so. That takes a time in proportion to its length, and sees
a loop inside one endless sentence as well. A thing that is said again in other words is not seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tasks.fiction.checks.reading import Reading, Sentence
from tasks.fiction.checks.rules import Rule, broken
from tasks.fiction.story import Issue, Severity
from tasks.prose.languages import LETTERS_A_WORD, base_of
from tasks.prose.sentences import sentences_of
from tasks.words import share

RUN = 3
"""Words that are compared at once."""
PHRASE = 6
"""Words of a phrase that readers notice when it comes again."""
OFTEN = 4
"""How often such a phrase may not stand there."""
MOSTLY = 0.6
"""Share of a sentence's runs that must stand elsewhere for it to count as repeated."""
STALE = 0.3
"""Share of a sentence's runs that a writer in a loop may say again; the next sentences add to it."""
NOTICED, MANY, LOOP = 0.04, 0.12, 0.5
"""Shares of a text that repeat: a reader notices, is annoyed, or has no text before them. Novels have under 0.035."""
_PHRASES = 3
_FEWEST_RUNS = 2
"""Runs side by side that a sentence has at least: shorter ones are answers and exclamations."""
_LETTERS, _CHARACTERS = 3, 2
"""Letters in a run for each of its words: in Thai, and in Chinese or Japanese, where one says more."""


class Repeated(NamedTuple):
    """What repeats in a text."""

    share: float
    """Share of it, by length, in sentences that stand there more than once; 0 to 1."""
    sentences: list[tuple[Sentence, int]]
    """Sentences that stand there again, each once, with how often; the most frequent first."""
    phrases: list[tuple[Sentence, str, int]]
    """Phrases that come too often, in the sentence where they first stand, with how often."""


def repeated(reading: Reading) -> Repeated:
    """Find what repeats in a text. Short sentences do not count: people say `No` more than once."""
    size = _letters_for(reading) * RUN
    units = {n: reading.units(sentence.text) for n, sentence in enumerate(reading.sentences)}
    runs = {n: list(_runs(one, size)) for n, one in units.items()}
    times = Counter(run for one in runs.values() for run in one)
    long = [n for n, one in units.items() if len(one) >= _FEWEST_RUNS * size]
    again = {n for n in long if sum(times[run] > 1 for run in runs[n]) >= MOSTLY * len(runs[n])}
    whole = sum(len(units[n]) for n in long)
    return Repeated(
        sum(len(units[n]) for n in again) / whole if whole else 0.0,
        _named(reading, {n: units[n] for n in sorted(again)}),
        _phrases(reading, {n: one for n, one in units.items() if n not in again}),
    )


def without_loops(paragraphs: Iterable[str], before: str, language: str) -> list[str]:
    """Return paragraphs without the sentences that say mostly what was said before them, or the same over and over.

    For a writer that runs in a loop: what is kept, put behind `before`, is far from being one.
    """
    kept, seen = [], set(_all_runs(before, language))
    for paragraph in paragraphs:
        fresh = []
        for sentence in sentences_of(paragraph, base_of(language)):
            runs = list(_all_runs(sentence, language))
            if len(set(runs) - seen) > (1 - STALE) * len(runs) or not runs:
                fresh.append(sentence)
                seen.update(runs)
        if fresh:
            kept.append(" ".join(fresh))
    return kept


def _all_runs(text: str, language: str) -> Iterator[tuple[str, ...]]:
    reading = Reading(text, language)
    return _runs(reading.units(reading.text), _letters_for(reading) * RUN)


def check_repetition(found: Repeated, reading: Reading) -> Iterator[Issue]:
    """Say what repeats."""
    if found.share >= NOTICED:
        is_loop = found.share >= LOOP
        sentence, number = found.sentences[0]
        many = f", one of them {number} times" if number > 1 else ""
        yield broken(
            Rule.LOOP if is_loop else Rule.REPETITION,
            Severity.CRITICAL if is_loop else Severity.MAJOR if found.share >= MANY else Severity.MINOR,
            reading.place(sentence.paragraph, sentence.text),
            f"{share(found.share, 1)} of the text are sentences that stand there more than once{many}",
            "Say each thing once.",
        )
    for sentence, phrase, number in found.phrases:
        what = f"“{phrase}” stands there {number} times"
        yield broken(Rule.PHRASE, Severity.MINOR, reading.place(sentence.paragraph, sentence.text), what, "Vary it.")


def _letters_for(reading: Reading) -> int:
    if not reading.is_unspaced:
        return 1
    return _LETTERS if reading.language in LETTERS_A_WORD else _CHARACTERS


def _runs(units: list[str], size: int) -> Iterator[tuple[str, ...]]:
    return zip(*(units[start:] for start in range(size)), strict=False)


def _named(reading: Reading, units: dict[int, list[str]]) -> list[tuple[Sentence, int]]:
    """Return each sentence that is the same as others once, with how often it is there."""
    first: dict[str, int] = {}
    often: Counter[str] = Counter()
    for n, one in units.items():
        key = " ".join(one)
        first.setdefault(key, n)
        often[key] += 1
    return [(reading.sentences[first[key]], number) for key, number in often.most_common()]


def _phrases(reading: Reading, units: dict[int, list[str]]) -> list[tuple[Sentence, str, int]]:
    """Return phrases that come too often, one for each sentence in which one first stands."""
    first: dict[tuple[str, ...], int] = {}
    often: Counter[tuple[str, ...]] = Counter()
    for n, one in units.items():
        for run in _runs(one, _letters_for(reading) * PHRASE):
            first.setdefault(run, n)
            often[run] += 1
    found: dict[int, tuple[Sentence, str, int]] = {}
    for run, number in often.most_common(_PHRASES * PHRASE * _LETTERS):
        if number >= OFTEN and len(found) < _PHRASES:
            phrase = ("" if reading.is_unspaced else " ").join(run)
            found.setdefault(first[run], (reading.sentences[first[run]], phrase, number))
    return list(found.values())
