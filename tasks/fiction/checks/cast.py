"""Who should be in a chapter and is not, and who is in it and stands on no list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tasks.fiction.checks.asked import CheckedAgainst
from tasks.fiction.checks.names import TITLES, Names, count_words_of
from tasks.fiction.checks.reading import Reading
from tasks.fiction.checks.rules import Rule, broken
from tasks.fiction.checks.tongue import Tongue, tongue_of
from tasks.fiction.story import Characters, Issue, Severity
from tasks.prose.words import WORD

_RECURS = 3
_MOST_UNLISTED = 3
_AN_I = 0.005
"""From one `I` in two hundred words on, outside of speech, somebody tells of themself."""


def check_absent(reading: Reading, asked: CheckedAgainst, names: Names, used: list[str]) -> Iterator[Issue]:
    """Find characters that the plan has in this chapter and whom the text never names.

    A narrator who says `I` may never be named, so the first of them is then left out of it. In languages whose `I` is
    not known here it weighs less.
    """
    absent = [name for name in asked.plan.characters if not _is_there(name, reading, names, used)]
    knows = bool(tongue_of(reading.language).first_person)
    if knows and absent and says_i(reading):
        absent.pop(0)
    for name in absent:
        yield broken(
            Rule.ABSENT,
            Severity.MAJOR if knows else Severity.MINOR,
            "the whole",
            f"{name!r} should be in this chapter and is never named",
            f"Let {name} appear, by name.",
        )


def check_unlisted(reading: Reading, names: Names) -> Iterator[Issue]:
    """Find people who speak and recur, and whom no list has. Only where the language's verbs of speech are known."""
    says = tongue_of(reading.language).says
    if not names.has_capitals or not says:
        return
    counts = count_words_of(reading.paragraphs)
    speakers: dict[str, tuple[int, str]] = {}
    for number, paragraph in enumerate(reading.narration, 1):
        for word, quote in _speakers(paragraph, says, names):
            speakers.setdefault(word, (number, quote))
    recurring = [word for word in speakers if counts[word] >= _RECURS and word.casefold() not in counts]
    for word in sorted(recurring, key=lambda word: -counts[word])[:_MOST_UNLISTED]:
        yield broken(
            Rule.UNLISTED,
            Severity.MINOR,
            reading.place(*speakers[word]),
            f"{word!r} comes {counts[word]} times and stands on no list",
            "Give the part to somebody of the list, or put them on it.",
        )


def says_i(reading: Reading) -> bool:
    """Say whether the narrator speaks of themself."""
    tongue = tongue_of(reading.language)
    text = "\n".join(reading.narration)
    return _first_persons(text, tongue, is_unspaced=reading.is_unspaced) >= max(2.0, _AN_I * reading.words)


def _first_persons(text: str, tongue: Tongue, *, is_unspaced: bool) -> int:
    if is_unspaced:
        return sum(text.count(word) for word in tongue.first_person)
    counts = Counter(word.casefold() for word in WORD.findall(text))
    return sum(counts[word] for word in tongue.first_person)


def _is_there(name: str, reading: Reading, names: Names, used: list[str]) -> bool:
    """Say whether somebody of the plan is named; who is on no list is looked for by the plan's own word."""
    one = names.called(name)
    if one is not None:
        return one.name in used
    only = Characters.model_validate({"characters": [{"name": name}]})
    return bool(Names(only, reading.language).named_in(reading.text))


def _speakers(paragraph: str, says: frozenset[str], names: Names) -> Iterator[tuple[str, str]]:
    """Return unlisted names that stand beside a verb of speech, with the words around them.

    In German only behind it: before it stands any noun, as in `die Schwester rief`.
    """
    words = WORD.findall(paragraph)
    for at, word in enumerate(words):
        if word.casefold() not in says:
            continue
        behind = [one for one in words[at + 1 : at + 3] if not (one.istitle() and one.casefold() in TITLES)][:1]
        before = [] if names.language == "de" else words[max(0, at - 1) : at]
        for one in (*before, *behind):
            if len(one) > 2 and one.istitle() and one.casefold() not in names.known | TITLES:
                yield one, " ".join(words[max(0, at - 2) : at + 4])
