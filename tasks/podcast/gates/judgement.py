"""What a model says of a script as its judge: how it sounds, and what no source bears out."""

from __future__ import annotations

from tasks.llm.questions import Question, is_small, put_question
from tasks.podcast.episode import Dossier, Script, Short
from tasks.podcast.models import PodcastItem
from tasks.podcast.script.answers import judgement_form
from tasks.podcast.script.prompts import about_episode, numbered, prompt
from tasks.shape import Shape

TOKENS = 2000
POINTS = 10.0
SEEDS_FROM = 200
"""Numbers of a judge's questions, beyond those of writing and of repairs."""


class Judgement(Shape):
    """A judge's word. Scores are shares of the points that can be had."""

    model: str
    voice: float
    interest: float
    hook: float
    clarity: float
    remarks: list[Short] = []
    unsupported: dict[int, Short] = {}
    """Segments, counted from 0, that claim what no source says, and why."""

    @property
    def creative(self) -> float:
        """What a listener enjoys."""
        return (self.interest + self.hook + self.clarity) / 3


async def judged(item: PodcastItem, dossier: Dossier, script: Script) -> Judgement | None:
    """Ask a judge, another model than the author where two are named; nobody where there is none who could tell."""
    if not item.models or is_small(item):
        return None
    answer, model = await put_question(item, judge_question(item, dossier, script))
    return Judgement(
        model=model,
        voice=answer.voice / POINTS,
        interest=answer.interest / POINTS,
        hook=answer.hook / POINTS,
        clarity=answer.clarity / POINTS,
        remarks=answer.remarks,
        unsupported={one.line - 1: one.why for one in answer.unsupported if one.line <= len(script.segments)},
    )


def judge_question(item: PodcastItem, dossier: Dossier, script: Script) -> Question:
    """Return what a judge is asked."""
    own = [
        *about_episode(item, dossier.claims),
        "The script:",
        *numbered(script),
        "Judge it. Points from 0 to 10, the whole scale: voice: whether it sounds as the show does; interest: whether",
        "one goes on listening; hook: whether its first line makes people listen; clarity: whether a newcomer follows.",
        "remarks: what to do better, the most important first. unsupported: lines that state as a fact what none of",
        "the claims says, by their number and with what they state; opinions, questions and greetings are none. Where",
        "all is borne out, list nothing.",
    ]
    number = SEEDS_FROM + script.revision
    return Question(prompt(item, own), tokens=TOKENS, form=judgement_form(), temperature=0.0, number=number)
