"""How long it takes to say something."""

from __future__ import annotations

from collections.abc import Iterable

from tasks.podcast.episode import Segment
from tasks.prose.words import count_words

WORDS_A_MINUTE = 150
"""Of somebody who speaks to listeners. Languages that are counted in characters are spoken at about twice as many."""
PAUSE_SECONDS = 0.4
"""Between two segments."""


def seconds_of(text: str, language: str) -> float:
    """Return how long a text is planned to take, in seconds, with the pause behind it."""
    return round(count_words(text, language) * 60 / WORDS_A_MINUTE + PAUSE_SECONDS, 1)


def words_for(minutes: float) -> int:
    """Return how many words so many minutes have room for."""
    return max(1, round(minutes * WORDS_A_MINUTE))


def timed(segments: Iterable[Segment], language: str) -> list[Segment]:
    """Return segments with how long each is planned to take."""
    return [one.model_copy(update={"seconds": seconds_of(one.text, language)}) for one in segments]
