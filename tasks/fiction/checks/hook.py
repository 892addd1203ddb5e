"""How well an opening draws a reader in, by five plain questions."""

from __future__ import annotations

from itertools import accumulate

from tasks.fiction.checks.cast import says_i
from tasks.fiction.checks.names import Names
from tasks.fiction.checks.reading import Reading
from tasks.fiction.checks.speech import spoken_spans
from tasks.fiction.checks.tongue import tongue_of
from tasks.prose.languages import BY_CHARACTER
from tasks.prose.words import WORD

OPENING = 120
"""Words that a reader gives it."""
_FIRST_SENTENCE = 30
_FIRST_PARAGRAPH = 100
_CHARACTERS_A_WORD = 2


def hook(reading: Reading, names: Names) -> float:
    """Return a point for each question that an opening answers with yes, 0 to 5.

    1. Is its first sentence at most 30 words long? 2. Is its first paragraph at most 100? 3. Is one of the characters
    named in its first 120 words, or does somebody tell of themself? 4. Does anybody speak, ask or exclaim in them?
    5. Does a word in them turn or deny something (but, never, nobody), so that a question is left open? In a language
    whose words for that are not known here the fifth is given. Whether a reader cares is for a model.
    """
    if not reading.sentences:
        return 0.0
    scale = _CHARACTERS_A_WORD if reading.language in BY_CHARACTER else 1
    opening = _opening(reading, OPENING * scale)
    first = [n for n, sentence in zip(reading.lengths, reading.sentences, strict=True) if sentence.paragraph == 1]
    turns = tongue_of(reading.language).turns
    answers = (
        reading.lengths[0] <= _FIRST_SENTENCE * scale,
        sum(first) <= _FIRST_PARAGRAPH * scale,
        bool(names.named_in(opening)) or says_i(reading),
        any(map(spoken_spans, opening.split("\n"))) or any(mark in opening for mark in "?!？！؟"),
        not turns or _has(opening, turns, is_unspaced=reading.is_unspaced),
    )
    return float(sum(answers))


def _opening(reading: Reading, words: int) -> str:
    """Return the sentences of the first so many words, each paragraph on a line."""
    sums = list(accumulate(reading.lengths))
    count = next((n for n, total in enumerate(sums, 1) if total >= words), len(sums))
    lines: dict[int, list[str]] = {}
    for sentence in reading.sentences[:count]:
        lines.setdefault(sentence.paragraph, []).append(sentence.text)
    return "\n".join(" ".join(line) for line in lines.values())


def _has(text: str, words: frozenset[str], *, is_unspaced: bool) -> bool:
    if is_unspaced:
        return any(word in text for word in words)
    return any(word.casefold() in words for word in WORD.findall(text))
