"""Writing a script: its opening, its body section by section, its end, each around claims of the dossier."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.errors import fault
from tasks.llm.questions import Check, Question, is_small, put_question
from tasks.podcast.episode import Claim, Dossier, Part, Script, Segment
from tasks.podcast.models import PodcastItem
from tasks.podcast.script.answers import lines_form
from tasks.podcast.script.pace import timed, words_for
from tasks.podcast.script.plain import plain_script, said
from tasks.podcast.script.prompts import about_episode, prompt, sources_of
from tasks.podcast.script.small import small_script
from tasks.prose.language_share import fault_in_language
from tasks.prose.words import count_words

SECTION_WORDS = 600
"""Words that a model writes well at once."""
OPENING, END = 0.12, 0.08
"""Shares of an episode."""
TOKENS_A_WORD = 6
"""In some languages a word is several tokens; what is not used costs nothing."""
LEEWAY = 0.4
"""Share by which a section may be longer or shorter than asked for; the gates look at the whole."""
TAIL = 800
"""Letters of what was said before that the next section is shown."""


async def write(item: PodcastItem, dossier: Dossier) -> Script:
    """Write an episode: by its model, or by rules where it has none."""
    if not item.models:
        return plain_script(item, dossier)
    if is_small(item):
        return await small_script(item, dossier)
    segments: list[Segment] = []
    model = ""
    for number, section in enumerate(sections_of(item, dossier)):
        lines, model = await _write(item, dossier, section, segments, number)
        segments += lines
    script = timed(segments, item.show.language)
    return Script(title=item.topic.title, summary=_summary(dossier), segments=script, by_model=model)


@dataclass(frozen=True)
class Section:
    """A part of an episode that is written at once."""

    part: Part
    words: int
    claims: Sequence[Claim]
    asked: str


def sections_of(item: PodcastItem, dossier: Dossier) -> Iterator[Section]:
    """Cut an episode into what is written at once."""
    words, claims = words_for(item.minutes), dossier.claims
    yield Section(Part.HOOK, round(words * OPENING), claims, _ASKED[Part.HOOK])
    body = round(words * (1 - OPENING - END))
    count = max(1, min(round(body / SECTION_WORDS), len(claims)))
    for number in range(count):
        own = claims[number * len(claims) // count : (number + 1) * len(claims) // count]
        which = "" if count == 1 else f" This is section {number + 1} of {count}."
        yield Section(Part.BODY, body // count, own, _ASKED[Part.BODY] + which)
    yield Section(Part.OUTRO, round(words * END), claims, _ASKED[Part.OUTRO])


_ASKED = {
    Part.HOOK: "Write the opening: a first line that makes people listen, then who speaks and what it is about.",
    Part.BODY: "Write the talk about these claims: questions, answers, what follows from them. Cite what is claimed.",
    Part.OUTRO: "Write the end: what to remember, and a goodbye.",
}


async def _write(
    item: PodcastItem, dossier: Dossier, section: Section, before: list[Segment], number: int
) -> tuple[list[Segment], str]:
    own = about_episode(item, section.claims)
    if before:
        own.append(f"So far the talk ends with: <<{' '.join(one.text for one in before)[-TAIL:]}>> Go on from there.")
    if item.rejected_for:
        own.append(f"A person rejected an earlier version: <<{item.rejected_for[:500]}>>")
    own.append(f"{section.asked} About {section.words} words in all, in sentences of 15 to 25 words.")
    hosts = tuple(host.name for host in item.show.hosts)
    most = max(2, section.words // 15)
    question = Question(
        prompt(item, own),
        tokens=section.words * TOKENS_A_WORD + 200,
        form=lines_form(hosts, sources_of(dossier), most),
        check=_check(item, section),
        number=number,
    )
    answer, model = await put_question(item, question)
    return list(_segments(section.part, answer.lines)), model


def _segments(part: Part, lines: Sequence[Any]) -> Iterator[Segment]:
    """Make lines segments; the first of the opening is the hook, what follows it the introduction."""
    for number, line in enumerate(lines):
        own = Part.INTRO if part is Part.HOOK and number > 0 else part
        yield said(own, line.speaker, line.text, list(dict.fromkeys(line.cites)))


def _check(item: PodcastItem, section: Section) -> Check:
    language = item.show.language

    def check(answer: Any, model: str) -> None:
        text = " ".join(line.text for line in answer.lines)
        words, least, most = (
            count_words(text, language),
            round(section.words * (1 - LEEWAY)),
            round(section.words * (1 + LEEWAY)),
        )
        if not least <= words <= most:
            raise fault("ANSWER_LENGTH", model=model, words=words, least=least, most=most)
        if why := fault_in_language(text, language):
            raise fault("ANSWER_LANGUAGE", model=model, language=language, why=why)
        if section.part is Part.BODY and not any(line.cites for line in answer.lines):
            raise fault("SCRIPT_UNLIKE", model=model, why="none of its lines cites a source")

    return check


def _summary(dossier: Dossier) -> str:
    return " ".join(claim.text for claim in dossier.claims[:2])[:1000]
