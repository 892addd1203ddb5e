"""Repairing a script: only what the gates name is written again."""

from __future__ import annotations

from typing import Any

from tasks.errors import fault
from tasks.llm.questions import Check, Question, is_small, put_question
from tasks.podcast.episode import Dossier, GateReport, Script
from tasks.podcast.models import PodcastItem
from tasks.podcast.script.answers import rewritten_form
from tasks.podcast.script.pace import timed
from tasks.podcast.script.prompts import about_episode, numbered, prompt
from tasks.prose.language_share import fault_in_language

MOST_SEGMENTS = 40
"""Segments that are written again at once."""
TOKENS_A_LETTER = 1.5
SEEDS_FROM = 100
"""Numbers of repairs' questions, beyond those of the sections."""


async def repair(item: PodcastItem, dossier: Dossier, script: Script, report: GateReport) -> Script:
    """Write again what a report names; a script that passes, or has no model that could, stays as it is."""
    if has_nothing_to_mend(item, dossier, script, report):
        return script
    numbers = segments_to_mend(script, report)
    own = [
        *about_episode(item, dossier.claims),
        "The script so far:",
        *numbered(script),
        "It was sent back:",
        *(f"- {line}" for line in _defects(report)),
        f"Write lines {', '.join(str(number + 1) for number in numbers)} again, each in its place and by its speaker, "
        "so that this is mended; the others stay.",
    ]
    letters = sum(len(script.segments[number].text) for number in numbers)
    question = Question(
        prompt(item, own),
        tokens=round(letters * TOKENS_A_LETTER) + 400,
        form=rewritten_form(tuple(numbers)),
        check=_check(item),
        number=SEEDS_FROM + script.revision,
    )
    answer, model = await put_question(item, question)
    segments = list(script.segments)
    for number, text in zip(numbers, answer.texts, strict=True):
        segments[number] = segments[number].model_copy(update={"text": text})
    changed = {"segments": timed(segments, item.show.language), "revision": script.revision + 1, "by_model": model}
    return script.model_copy(update=changed)


def has_nothing_to_mend(item: PodcastItem, dossier: Dossier, script: Script, report: GateReport) -> bool:
    """Say whether a script passes, or there is no model that could mend it."""
    return report.passes or not item.models or is_small(item) or not segments_to_mend(script, report)


def segments_to_mend(script: Script, report: GateReport) -> list[int]:
    """Say which segments the gates that fail name; where one names none, all of them."""
    failing = [score for score in report.gates if score.repairs]
    named = {number for score in failing for number in score.segments if number < len(script.segments)}
    if any(not score.segments for score in failing):
        named |= set(range(len(script.segments)))
    return sorted(named)[:MOST_SEGMENTS]


def _defects(report: GateReport) -> list[str]:
    return [f"{score.gate.value}: {line}" for score in report.gates if score.repairs for line in score.repairs]


def _check(item: PodcastItem) -> Check:
    language = item.show.language

    def check(answer: Any, model: str) -> None:
        if why := fault_in_language(" ".join(answer.texts), language):
            raise fault("ANSWER_LANGUAGE", model=model, language=language, why=why)

    return check
