"""Whether a chapter is there, in paragraphs, and finished."""

from __future__ import annotations

from collections.abc import Iterator

from tasks.fiction.checks.reading import Reading
from tasks.fiction.checks.rules import Rule, broken
from tasks.fiction.checks.speech import spoken_spans
from tasks.fiction.checks.tongue import tongue_of
from tasks.fiction.story import Issue, Severity
from tasks.prose.languages import LETTERS_A_WORD
from tasks.prose.sentences import is_ended
from tasks.prose.words import count_words, words_of

LONGEST_PARAGRAPH = 450
"""Words of a paragraph that no reader minds."""
LONGEST_SENTENCE = 40.0
"""Words a sentence on average that no reader minds."""
_WORDS_OF_A_LINE = 5
"""Words of a last line such as `The End` or `Your brother, Tomas`."""
_UNMARKED = frozenset({"th", "lo"})
"""Languages that set no mark at the end of a sentence."""


def check_structure(reading: Reading) -> Iterator[Issue]:
    """Find a chapter that is not there, breaks off, or is one block."""
    if not reading.paragraphs:
        yield broken(Rule.EMPTY, Severity.CRITICAL, "the whole", "there is no text", "Write it.")
        return
    last = reading.paragraphs[-1]
    if not _is_finished(reading):
        yield broken(
            Rule.UNFINISHED,
            Severity.MAJOR,
            reading.place(len(reading.paragraphs), last[-60:]),
            "its last sentence breaks off",
            "Finish the sentence and the scene.",
        )
    yield from _blocks(reading)


def check_sentences(reading: Reading) -> Iterator[Issue]:
    """Find sentences that are too long on the whole."""
    mean = sum(reading.lengths) / max(1, len(reading.lengths))
    if mean > LONGEST_SENTENCE:
        what = f"a sentence has {mean:.0f} words on average"
        yield broken(Rule.LONG_SENTENCES, Severity.MINOR, "the whole", what, "Divide the longest of them.")


def _is_finished(reading: Reading) -> bool:
    """Say whether a chapter's last paragraph is finished, or stands below a finished one like a name below a letter.

    Thai and Lao mark no end: there only a last word that no sentence ends with, or a comma, tells that it breaks off,
    and most of what breaks off cannot be told.
    """
    *others, last = reading.paragraphs
    if is_ended(last):
        return True
    if reading.language in _UNMARKED:
        word = last.split()[-1]
        return last[-1] not in ",:;“「(" and not any(map(word.endswith, tongue_of(reading.language).dangling))
    words = words_of(last)
    is_line = len(words) <= _WORDS_OF_A_LINE and words[-1][:1].isupper() and not spoken_spans(last)
    return is_line and bool(others) and is_ended(others[-1])


def _blocks(reading: Reading) -> Iterator[Issue]:
    long = [
        (count, number)
        for number, paragraph in enumerate(reading.paragraphs, 1)
        if len(paragraph) > LONGEST_PARAGRAPH and (count := count_words(paragraph, reading.language)) > _most(reading)
    ]
    for count, number in sorted(long, reverse=True)[:1]:
        is_all = len(reading.paragraphs) == 1
        yield broken(
            Rule.PARAGRAPHS,
            Severity.MAJOR if is_all else Severity.MINOR,
            "the whole" if is_all else reading.place(number),
            f"{count:,} words stand in one paragraph",
            "Begin a new paragraph where another person speaks or something new begins.",
        )


def _most(reading: Reading) -> int:
    """Characters are half as long as words, so twice as many make a long paragraph."""
    return LONGEST_PARAGRAPH if reading.language in LETTERS_A_WORD or not reading.is_unspaced else 2 * LONGEST_PARAGRAPH
