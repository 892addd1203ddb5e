"""Whether a script sounds like its show: what it always says, what it never says, and its tone."""

from __future__ import annotations

import re

from tasks.podcast.episode import GateName, GateScore, Script
from tasks.podcast.gates.judgement import Judgement
from tasks.podcast.marks import Marks
from tasks.podcast.show import Brand

VOICE_SHARE = 0.5
"""Of the score, where a judge has heard its tone."""
LOW_VOICE = 0.8
"""Below it the tone is worth repairing."""


def brand(script: Script, said: Brand, judgement: Judgement | None, marks: Marks) -> GateScore:
    """Score how much a script sounds like its show; a banned phrase alone keeps it from passing."""
    missing = [phrase for phrase in said.required if not _places(script, phrase)]
    banned = {phrase: places for phrase in said.banned if (places := _places(script, phrase))}
    rules = 0.0 if banned else 1.0 - len(missing) / max(1, len(said.required))
    score = rules if judgement is None else (1 - VOICE_SHARE) * rules + VOICE_SHARE * judgement.voice
    measured = {"required_said": len(said.required) - len(missing), "banned_said": len(banned)}
    found = GateScore(
        gate=GateName.BRAND,
        score=round(score, 4),
        threshold=marks.brand.threshold,
        weight=marks.brand.weight,
        measured={**measured, **({"voice": judgement.voice} if judgement is not None else {})},
        findings=[
            *(f"{phrase!r} is said, which the show never says" for phrase in banned),
            *(f"{phrase!r} is not said, which each episode says" for phrase in missing),
        ],
    )
    if not found.passes:
        is_off = judgement is not None and (judgement.voice < LOW_VOICE or not (missing or banned))
        found.repairs, found.segments = _repairs(script, missing, banned, is_off=is_off)
    return found


def _places(script: Script, phrase: str) -> list[int]:
    """Return the segments that say a phrase, as whole words, in capitals or not."""
    words = r"\W+".join(re.escape(word) for word in phrase.casefold().split())
    pattern = re.compile(rf"(?<!\w){words}(?!\w)")
    return [number for number, one in enumerate(script.segments) if pattern.search(one.text.casefold())]


def _repairs(
    script: Script, missing: list[str], banned: dict[str, list[int]], *, is_off: bool
) -> tuple[list[str], list[int]]:
    repairs = [f"Say it without {phrase!r}." for phrase in banned]
    segments = {number for places in banned.values() for number in places}
    if missing:
        repairs.append(f"Say at the end: {', '.join(repr(phrase) for phrase in missing)}.")
        segments.add(len(script.segments) - 1)
    if is_off:
        repairs.append("Bring it closer to how the show sounds.")
        segments = set()
    return repairs, sorted(segments)
