"""How easily a script is understood: reading ease, school year, length of sentences.

Of the libraries textstat loads two seconds and fetches a dictionary from the network; what is counted here comes within
half a percent of it (`tasks/prose/readability.py`).
"""

from __future__ import annotations

from tasks.podcast.episode import GateName, GateScore, Script
from tasks.podcast.gates.scoring import closeness, mean, off
from tasks.podcast.marks import Marks, Span
from tasks.prose.languages import base_of
from tasks.prose.readability import readability
from tasks.prose.sentences import sentences_of
from tasks.prose.words import count_words

WIDTHS = {"reading_ease": 30.0, "grade": 4.0, "words_a_sentence": 10.0}
"""How far beyond its span a measure scores nothing."""


def comprehension(script: Script, language: str, marks: Marks) -> GateScore:
    """Score how easily a script is understood; languages without a reading ease by their sentences alone."""
    measured = _measured(script, language)
    wanted: dict[str, Span] = {name: getattr(marks, name) for name in measured}
    scores = {name: closeness(value, wanted[name], WIDTHS[name]) for name, value in measured.items()}
    mark = marks.comprehension
    found = GateScore(
        gate=GateName.COMPREHENSION,
        score=mean(list(scores.values())),
        threshold=mark.threshold,
        weight=mark.weight,
        measured=measured,
        findings=[
            off(name.replace("_", " "), measured[name], wanted[name])
            for name in sorted(scores, key=lambda name: scores[name])
            if scores[name] < 1
        ],
    )
    if not found.passes:
        found.segments, found.repairs = _repairs(script, language, measured, wanted)
    return found


def _measured(script: Script, language: str) -> dict[str, float]:
    base = base_of(language)
    sentences = [one for segment in script.segments for one in sentences_of(segment.text, base)]
    ease = readability(script.text, max(1, len(sentences)), base)
    if ease is None:
        return {"words_a_sentence": round(count_words(script.text, base) / max(1, len(sentences)), 1)}
    measured = {"reading_ease": ease.reading_ease, "words_a_sentence": ease.words_a_sentence}
    return measured | ({"grade": ease.grade} if ease.grade is not None else {})


def _repairs(
    script: Script, language: str, measured: dict[str, float], wanted: dict[str, Span]
) -> tuple[list[int], list[str]]:
    """Name the segments that are to blame, and what mends them."""
    least, most = wanted["words_a_sentence"]
    is_long = (
        measured["words_a_sentence"] > most
        or measured.get("reading_ease", 100.0) < wanted.get("reading_ease", (0.0, 0.0))[0]
    )
    lengths = [_words_a_sentence(segment.text, base_of(language)) for segment in script.segments]
    middle = sorted(lengths)[len(lengths) // 2]
    if is_long:
        blamed = [number for number, length in enumerate(lengths) if length >= middle]
        return blamed, [f"Divide sentences of more than {most:g} words, and use shorter words."]
    blamed = [number for number, length in enumerate(lengths) if length <= middle]
    return blamed, [f"Join short sentences, so that the mean one has {least:g} to {most:g} words."]


def _words_a_sentence(text: str, language: str) -> float:
    return count_words(text, language) / max(1, len(sentences_of(text, language)))
