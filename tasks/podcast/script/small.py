"""A script by the small model that comes along: it opens and comments, and what is claimed stays in the sources' words.

It has 135 million parameters and knows nothing: whatever it says of a fact may be wrong. So facts are read as they
stand, each with its source, and what it adds is taken as far as its sentences are whole and new.
"""

from __future__ import annotations

from tasks.errors import fault
from tasks.llm.prompts import Prompt
from tasks.llm.questions import Question, put_question
from tasks.podcast.episode import Dossier, Part, Script, Segment
from tasks.podcast.models import PodcastItem
from tasks.podcast.script.pace import seconds_of, timed
from tasks.podcast.script.plain import outro, said
from tasks.prose.language_share import fault_in_language
from tasks.prose.sentences import sentences_of
from tasks.prose.tidying import new_sentences

SYSTEM = "You are a radio host."
TOKENS = 60
"""Of what it says at once: two or three sentences."""
MOST_LETTERS = 220
"""Of what is taken of them."""


async def small_script(item: PodcastItem, dossier: Dossier) -> Script:
    """Have a script written around what the dossier says, until its time is full."""
    hosts, language = [host.name for host in item.show.hosts], item.show.language
    first = dossier.claims[0].text
    hook, model = await _add(item, f"Why should people listen to a talk about {item.topic.title}? {first}", [], 0)
    segments = [
        said(Part.HOOK, hosts[0], hook),
        said(Part.INTRO, hosts[-1], f"{item.show.title}. {item.topic.title}."),
    ]
    ending = outro(item)
    left = 60 * item.minutes - sum(seconds_of(one.text, language) for one in [*segments, ending])
    for number, claim in enumerate(dossier.claims, 1):
        fact = said(Part.BODY, hosts[number % len(hosts)], claim.text, [claim.source_id])
        left -= seconds_of(fact.text, language)
        if left < 0:
            break
        segments.append(fact)
        remark = await _remark(item, segments, number, left)
        left -= sum(seconds_of(one.text, language) for one in remark)
        segments += remark
    segments = timed([*segments, ending], language)
    return Script(title=item.topic.title, summary=first, segments=segments, by_model=model)


async def _remark(item: PodcastItem, segments: list[Segment], number: int, left: float) -> list[Segment]:
    """Have the next host say something to the last segment, if there is time for it."""
    hosts = [host.name for host in item.show.hosts]
    fact = segments[-1].text
    text, _ = await _add(item, f"{fact}\nWhat do you think of that?", [one.text for one in segments], number)
    remark = said(Part.BODY, hosts[(number + 1) % len(hosts)], text)
    return [remark] if seconds_of(text, item.show.language) <= left else []


async def _add(item: PodcastItem, own: str, known: list[str], number: int) -> tuple[str, str]:
    """Ask for free text; of it the first sentences are taken that are whole and new."""
    language = item.show.language

    def check(answer: str, model: str) -> None:
        if not new_sentences([answer], known, language):
            raise fault("ANSWER_UNPARSABLE", model=model, why="no sentence of it is whole and new")
        if why := fault_in_language(answer, language):
            raise fault("ANSWER_LANGUAGE", model=model, language=language, why=why)

    prompt = Prompt(system=SYSTEM, own=own)
    question = Question(prompt, tokens=TOKENS, temperature=0.7, number=number, may_be_cut=True, check=check)
    answer, model = await put_question(item, question)
    return _shortened(new_sentences([answer], known, language), language), model


def _shortened(paragraphs: list[str], language: str) -> str:
    """Take whole sentences up to a length, at least one."""
    sentences = [one for part in paragraphs for one in sentences_of(part, language)]
    taken = sentences[:1]
    for sentence in sentences[1:]:
        if len(" ".join([*taken, sentence])) > MOST_LETTERS:
            break
        taken.append(sentence)
    return " ".join(taken)
