"""The rules by name: what each is about, and which side of the scores it takes points from."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from tasks.fiction.story import Issue, Severity
from tasks.words import cut

POINTS = {Severity.CRITICAL: 20.0, Severity.MAJOR: 4.0, Severity.MINOR: 1.0}
"""What an issue takes away. A critical one takes the whole side; two major ones more than a chapter has to spare."""
MOST = 6
"""Issues of a rule that are listed at most: a writer mends the first of them and the others with it."""
_LONGEST = 200


class Family(StrEnum):
    """What a rule is about."""

    STRUCTURE = "structure"
    """Whether it is a chapter at all: there, finished, and nothing beside the story in it."""
    LENGTH = "length"
    LANGUAGE = "language"
    STYLE = "style"
    """Everything else: what makes a chapter better or worse."""


class Rule(StrEnum):
    """What a chapter may break."""

    EMPTY = "empty"
    UNFINISHED = "unfinished"
    META_TALK = "meta_talk"
    MARKUP = "markup"
    LOOP = "loop"
    LENGTH = "length"
    LANGUAGE = "language"
    REPETITION = "repetition"
    PHRASE = "phrase"
    PARAGRAPHS = "paragraphs"
    LONG_SENTENCES = "long_sentences"
    MISSPELT_NAME = "misspelt_name"
    ABSENT = "absent_character"
    UNLISTED = "unlisted_character"
    CONTRADICTION = "contradiction"
    FORGOTTEN = "forgotten_facts"
    ENDING = "ending_not_kept"
    MONOTONY = "monotony"
    GENRE = "genre"


class Row(NamedTuple):
    """What a rule is about, and the side that it takes points from."""

    family: Family
    side: str


_GRAMMAR, _PEOPLE, _PLOT = "grammar", "character_consistency", "plot_coherence"
RULES: dict[str, Row] = {
    Rule.EMPTY: Row(Family.STRUCTURE, _PLOT),
    Rule.UNFINISHED: Row(Family.STRUCTURE, _GRAMMAR),
    Rule.META_TALK: Row(Family.STRUCTURE, _GRAMMAR),
    Rule.MARKUP: Row(Family.STRUCTURE, _GRAMMAR),
    Rule.LOOP: Row(Family.STRUCTURE, _PLOT),
    Rule.LENGTH: Row(Family.LENGTH, _PLOT),
    Rule.LANGUAGE: Row(Family.LANGUAGE, _GRAMMAR),
    Rule.REPETITION: Row(Family.STYLE, _PLOT),
    Rule.PHRASE: Row(Family.STYLE, "emotional_impact"),
    Rule.PARAGRAPHS: Row(Family.STYLE, _GRAMMAR),
    Rule.LONG_SENTENCES: Row(Family.STYLE, _GRAMMAR),
    Rule.MISSPELT_NAME: Row(Family.STYLE, _PEOPLE),
    Rule.ABSENT: Row(Family.STYLE, _PEOPLE),
    Rule.UNLISTED: Row(Family.STYLE, _PEOPLE),
    Rule.CONTRADICTION: Row(Family.STYLE, _PEOPLE),
    Rule.FORGOTTEN: Row(Family.STYLE, _PLOT),
    Rule.ENDING: Row(Family.STYLE, _PLOT),
    Rule.MONOTONY: Row(Family.STYLE, "emotional_impact"),
    Rule.GENRE: Row(Family.STYLE, "genre_fit"),
}


def family_of(issue: Issue) -> Family:
    """Say what an issue is about; what a model found is style."""
    return RULES[issue.rule].family if issue.rule in RULES else Family.STYLE


def broken(rule: Rule, severity: Severity, where: str, what: str, suggestion: str = "") -> Issue:
    """Describe how a rule is broken, with the points that it takes."""
    return Issue(
        severity=severity,
        location=cut(where, _LONGEST),
        what=cut(what, _LONGEST),
        suggestion=cut(suggestion, _LONGEST),
        rule=rule,
        side=RULES[rule].side,
        points=POINTS[severity],
    )
