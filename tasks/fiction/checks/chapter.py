"""The one entry: everything that rules find in a chapter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tasks.fiction.checks.asked import CheckedAgainst
from tasks.fiction.checks.cast import check_absent, check_unlisted
from tasks.fiction.checks.continuity import check_continuity, facts_kept
from tasks.fiction.checks.findings import Findings
from tasks.fiction.checks.hook import hook
from tasks.fiction.checks.length import check_length
from tasks.fiction.checks.meta_talk import check_meta_talk
from tasks.fiction.checks.names import Names
from tasks.fiction.checks.near_names import check_near_names, near_names
from tasks.fiction.checks.reading import Reading
from tasks.fiction.checks.repetition import Repeated, check_repetition, repeated
from tasks.fiction.checks.rules import Rule, broken
from tasks.fiction.checks.scoring import score
from tasks.fiction.checks.structure import check_sentences, check_structure
from tasks.fiction.checks.style import check_genre, check_monotony, dialogue_share, words_a_sentence
from tasks.fiction.story import Issue, Measured, Severity
from tasks.prose.language_share import InLanguage, look_at_language
from tasks.prose.readability import readability

_RANK = list(Severity)


class _Look(NamedTuple):
    """A chapter and what several checks ask of it."""

    reading: Reading
    asked: CheckedAgainst
    names: Names
    used: list[str]
    repeated: Repeated
    language: InLanguage


def check_chapter(text: str, asked: CheckedAgainst) -> Findings:
    """Check a chapter against what it was to be: count, find what is wrong, and score it by that alone.

    Each rule says in its own room what it cannot see. The time grows in proportion to the text: 20,000 words take about
    0.3 seconds, after some 0.5 for what is loaded once.
    """
    reading, names = Reading(text, asked.language), Names(asked.characters, asked.language)
    language = look_at_language(reading.text, asked.language)
    look = _Look(reading, asked, names, names.named_in(reading.text), repeated(reading), language)
    issues = sorted(_issues(look), key=lambda issue: _RANK.index(issue.severity))
    return Findings(measured=_measured(look), issues=issues, scores=score(issues), hook=hook(reading, names))


def _measured(look: _Look) -> Measured:
    reading, asked = look.reading, look.asked
    ease = readability(reading.text, len(reading.sentences), reading.language)
    return Measured(
        words=reading.words,
        words_asked=(asked.words.least, asked.words.most),
        paragraphs=len(reading.paragraphs),
        repeated_share=round(look.repeated.share, 4),
        dialogue_share=round(dialogue_share(reading), 4),
        words_a_sentence=round(words_a_sentence(reading), 2),
        readability=ease.reading_ease if ease is not None else None,
        names_used=look.used,
        facts_kept=round(facts_kept(reading, look.names, asked.before), 4),
        language_share=round(look.language.share, 4),
    )


def _issues(look: _Look) -> Iterator[Issue]:
    reading, asked, names, used = look.reading, look.asked, look.names, look.used
    yield from check_structure(reading)
    if not reading.paragraphs:
        return
    yield from check_meta_talk(reading)
    yield from check_length(reading, asked)
    if fault := look.language.fault:
        what = f"it should be in {asked.language!r}, and {fault}"
        yield broken(Rule.LANGUAGE, Severity.CRITICAL, "the whole", what, f"Write all of it in {asked.language!r}.")
        return
    yield from check_sentences(reading)
    yield from check_repetition(look.repeated, reading)
    near = near_names(reading, names)
    meant = [one.name for name in near if (one := names.called(name.meant))]
    yield from check_near_names(near, reading)
    yield from check_absent(reading, asked, names, [*used, *meant])
    yield from check_unlisted(reading, names)
    yield from check_continuity(reading, asked, names, used)
    yield from check_monotony(reading)
    yield from check_genre(reading, asked.genre)
