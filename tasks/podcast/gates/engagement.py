"""Whether one goes on listening: an opening that comes to the point, talk that goes to and fro, questions.

Where a judge has listened, its word counts 55 of 100 and the rules 45, as in the houses that these numbers are from.
"""

from __future__ import annotations

from itertools import pairwise

from tasks.podcast.episode import GateName, GateScore, Part, Script
from tasks.podcast.gates.judgement import Judgement
from tasks.podcast.gates.scoring import closeness, mean
from tasks.podcast.marks import Marks

CREATIVE_SHARE = 0.55
HOOK_SECONDS = (3.0, 25.0)
TURNS_A_MINUTE = (1.0, 12.0)
QUESTIONS_A_MINUTE = (0.4, 4.0)
MONOLOGUE_SECONDS = (0.0, 60.0)
"""The longest that one host speaks without another."""
_QUESTION_MARKS = "?\uff1f\u061f"
"""Of Latin and many other scripts, of Chinese and Japanese, of Arabic."""


def engagement(script: Script, hosts: int, judgement: Judgement | None, marks: Marks) -> GateScore:
    """Score whether one goes on listening."""
    measured = _measured(script)
    scores = _scores(measured, hosts)
    rules = mean(list(scores.values()))
    score = rules if judgement is None else CREATIVE_SHARE * judgement.creative + (1 - CREATIVE_SHARE) * rules
    low = [name for name in sorted(scores, key=lambda name: scores[name]) if scores[name] < 1]
    found = GateScore(
        gate=GateName.ENGAGEMENT,
        score=round(score, 4),
        threshold=marks.engagement.threshold,
        weight=marks.engagement.weight,
        measured=measured | ({"creative": round(judgement.creative, 4)} if judgement is not None else {}),
        findings=[_SAID[name].format(measured[name]) for name in low],
    )
    if not found.passes:
        said = judgement.remarks if judgement is not None else []
        found.repairs = [*(_REPAIRS[name] for name in low), *said] or [_LIVELIER]
        found.segments = _blamed(script, low) if judgement is None or judgement.creative >= 0.8 else []
    return found


_LIVELIER = "Make it livelier: say sooner what is at stake, in words a newcomer follows."
"""What a judge wants who gives few points and no remark."""
_SAID = {
    "hook_seconds": "its first line takes {:g} s",
    "turns_a_minute": "hosts change {:g} times a minute",
    "questions_a_minute": "it asks {:g} questions a minute",
    "monologue_seconds": "somebody speaks for {:g} s without another",
}
_REPAIRS = {
    "hook_seconds": "Open with one line of 5 to 25 seconds that makes people listen.",
    "turns_a_minute": "Let hosts answer each other more often.",
    "questions_a_minute": "Let hosts ask what a listener would ask.",
    "monologue_seconds": "Shorten what one host says at once.",
}


def _measured(script: Script) -> dict[str, float]:
    segments, minutes = script.segments, max(script.seconds, 1.0) / 60
    changes = sum(a.speaker != b.speaker for a, b in pairwise(segments))
    questions = sum(one.text.count(mark) for one in segments for mark in _QUESTION_MARKS)
    hook = segments[0].seconds if segments[0].part is Part.HOOK else 0.0
    return {
        "hook_seconds": round(hook, 1),
        "turns_a_minute": round(changes / minutes, 2),
        "questions_a_minute": round(questions / minutes, 2),
        "monologue_seconds": round(max(_monologues(script).values()), 1),
    }


def _scores(measured: dict[str, float], hosts: int) -> dict[str, float]:
    scores = {
        "hook_seconds": closeness(measured["hook_seconds"], HOOK_SECONDS, 10.0) if measured["hook_seconds"] else 0.0,
        "questions_a_minute": closeness(measured["questions_a_minute"], QUESTIONS_A_MINUTE, 0.4),
    }
    if hosts > 1:
        scores["turns_a_minute"] = closeness(measured["turns_a_minute"], TURNS_A_MINUTE, 1.0)
        scores["monologue_seconds"] = closeness(measured["monologue_seconds"], MONOLOGUE_SECONDS, 60.0)
    return scores


def _monologues(script: Script) -> dict[int, float]:
    """Return for each segment that begins one how long its host speaks on."""
    found: dict[int, float] = {}
    first = 0
    for number, segment in enumerate(script.segments):
        if segment.speaker != script.segments[first].speaker:
            first = number
        found[first] = found.get(first, 0.0) + segment.seconds
    return found


def _blamed(script: Script, low: list[str]) -> list[int]:
    """Name the segments that are to blame: the first line, the longest talk, or some of the body for more questions."""
    blamed: set[int] = set()
    if "hook_seconds" in low:
        blamed.add(0)
    if "monologue_seconds" in low:
        talks = _monologues(script)
        blamed.add(max(talks, key=lambda number: talks[number]))
    if {"questions_a_minute", "turns_a_minute"} & set(low):
        body = [number for number, one in enumerate(script.segments) if one.part is Part.BODY]
        blamed |= set(body[::3])
    return sorted(blamed)
