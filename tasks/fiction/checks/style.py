"""Monotony, and what a genre lets one expect: the little that rules see of how a text moves its readers.

Whether anybody is moved, and whether a genre's promise is kept, no rule can see. So rules give these two sides 16 of 20
points at most (`scoring.py`), and only take away for what readers of any text would miss.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import mean, pstdev
from typing import NamedTuple

from tasks.fiction.checks.reading import Reading
from tasks.fiction.checks.rules import Rule, broken
from tasks.fiction.story import Issue, Severity

LEAST_VARIETY = 0.3
"""Spread of the lengths of sentences, as a share of their mean. Novels have 0.6 to 0.9."""
_ENOUGH_SENTENCES = 12
_ENOUGH_WORDS = 400
"""A shorter text may be a single moment."""


class Expected(NamedTuple):
    """What readers of a genre expect."""

    least_dialogue: float = 0.0
    """Share of words that are spoken."""
    most_words: float = 100.0
    """Words a sentence."""


EXPECTED = {
    "romantic-comedy": Expected(least_dialogue=0.1),
    "comedy": Expected(least_dialogue=0.1),
    "romance": Expected(least_dialogue=0.03),
    "bl-gl": Expected(least_dialogue=0.03),
    "drama": Expected(least_dialogue=0.03),
    "thriller": Expected(most_words=26.0),
    "children": Expected(least_dialogue=0.03, most_words=20.0),
}
"""Genres of which something can be counted."""


def dialogue_share(reading: Reading) -> float:
    """Return the share of a text's words that are spoken."""
    return reading.spoken_words / reading.words if reading.words else 0.0


def words_a_sentence(reading: Reading) -> float:
    """Return the words of the mean sentence."""
    return mean(reading.lengths) if reading.lengths else 0.0


def check_monotony(reading: Reading) -> Iterator[Issue]:
    """Find sentences that are all of a length."""
    lengths = reading.lengths
    if len(lengths) >= _ENOUGH_SENTENCES and mean(lengths) and pstdev(lengths) / mean(lengths) < LEAST_VARIETY:
        what = f"nearly all sentences have about {mean(lengths):.0f} words"
        yield broken(Rule.MONOTONY, Severity.MINOR, "the whole", what, "Let short sentences follow long ones.")


def check_genre(reading: Reading, genre: str) -> Iterator[Issue]:
    """Find what readers of a genre would miss."""
    expected = EXPECTED.get(genre)
    if expected is None or reading.words < _ENOUGH_WORDS:
        return
    if dialogue_share(reading) < expected.least_dialogue:
        what = f"of its words {dialogue_share(reading):.0%} are spoken, which is little for {genre}"
        yield broken(Rule.GENRE, Severity.MINOR, "the whole", what, "Let people talk.")
    if words_a_sentence(reading) > expected.most_words:
        what = f"a sentence has {words_a_sentence(reading):.0f} words on average, which is much for {genre}"
        yield broken(Rule.GENRE, Severity.MINOR, "the whole", what, "Write shorter sentences.")
