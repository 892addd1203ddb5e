"""The dossier of a topic without a model: the best whole sentences of what was found, each with its source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rapidfuzz import fuzz

from tasks.errors import fault
from tasks.podcast.episode import Claim, Dossier, Source, Topic
from tasks.podcast.research.found import Found, Passage
from tasks.podcast.research.terms import Wanted, indexed, wanted_of
from tasks.podcast.sentences import is_whole, sentences_of
from tasks.words import cut

CLAIMS = 40
"""Claims of a dossier, at most."""
_LEAST, _LEAST_TERMS = 12, 5
"""Letters and words of a sentence that says something; a Chinese letter says as much as three."""
_SAME = 88.0
"""Likeness, of 100, from which on two sentences say the same."""
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+|\S+@\S+\.\S+")
_CODE = re.compile(r"[{};=<>|\\]|\w\(\)|^\W*[#$>]")
"""What prose seldom has."""
_LETTERS = 0.6
"""Share of a sentence's signs that are letters, at least: a row of figures is none."""


def dossier_of(topic: Topic, found: Found, *, most: int = CLAIMS, language: str = "en") -> Dossier:
    """Put the best sentences into a dossier, in their own words; NOTHING_FOUND where no passage has a whole one.

    Sources are numbered as they were found, and have their claims in the order of the file.
    """
    wanted = wanted_of(topic)
    said = [(source, text) for source, passage in enumerate(found.passages) for text in _claims(passage, language)]
    kept = _without_repeats(said)
    best = sorted(range(len(kept)), key=lambda at: (-_telling(kept[at][1], wanted), kept[at][0], at))[:most]
    chosen = [kept[at] for at in sorted(best)]
    if not chosen:
        raise fault("NOTHING_FOUND", notes=found.notes, topic=topic.title)
    names = {source: f"S{number}" for number, source in enumerate(dict.fromkeys(source for source, _ in chosen), 1)}
    return Dossier(
        sources=[_source(name, found.passages[source]) for source, name in names.items()],
        claims=[Claim(text=text, source_id=names[source]) for source, text in chosen],
        by_model=found.by_model,
    )


def check_dossier(dossier: Dossier, found: Found) -> None:
    """Raise DOSSIER_UNSOURCED where a claim names a source that the dossier does not have, or that was never found."""
    places = {(passage.where, passage.place) for passage in found.passages}
    for claim in dossier.claims:
        source = dossier.source(claim.source_id)
        if source is None:
            raise fault("DOSSIER_UNSOURCED", claim=cut(claim.text, 80), source=claim.source_id, why="it does not have")
        if (source.where, source.place) not in places:
            raise fault("DOSSIER_UNSOURCED", claim=cut(claim.text, 80), source=claim.source_id, why="was not found")


def _claims(passage: Passage, language: str) -> Iterator[str]:
    return (text for text in sentences_of(passage.text, language) if _says_something(text))


def _says_something(text: str) -> bool:
    letters = sum(3 if ord(sign) > 0x2E80 else sign.isalpha() or ord(sign) > 0x0900 for sign in text)
    return (
        is_whole(text)
        and letters >= max(_LEAST, _LETTERS * len(text.replace(" ", "")))
        and len(indexed(text).split()) >= _LEAST_TERMS
        and not _ADDRESS.search(text)
        and not _CODE.search(text)
    )


def _without_repeats(said: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    """Keep the first of sentences that say nearly the same."""
    kept, seen = list[tuple[int, str]](), list[str]()
    for source, text in said:
        bare = indexed(text)
        if not any(fuzz.ratio(bare, other, score_cutoff=_SAME) for other in seen):
            kept.append((source, text))
            seen.append(bare)
    return kept


def _telling(text: str, wanted: Wanted) -> float:
    """Say how much of what is wanted a sentence speaks of; what the title asks for counts twice."""
    has = indexed(text).split()

    def hits(terms: Iterable[str]) -> int:
        return sum(any(one.startswith(term) for one in has) for term in terms)

    return 2 * hits(wanted.title.all) + hits(wanted.rest.all)


def _source(name: str, passage: Passage) -> Source:
    return Source(source_id=name, title=passage.title, where=passage.where, place=passage.place)
