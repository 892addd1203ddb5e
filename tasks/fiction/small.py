"""What the small model that comes along is asked: shorter than others, in pieces, and in words it can follow.

It has 135 million parameters. It loses a list of instructions, echoes what it is told, gives everybody the same name
and never ends by itself; free text it writes best. So names are bound to a letter each, a text is taken as far as its
sentences are whole and new, and how a chapter ends is taken from its own last sentences, which it could not sum up.
"""

from __future__ import annotations

import random
import string
from typing import Any

from tasks.errors import PressroomError, fault
from tasks.fiction.answers import small_cast_form, small_judgement_form, small_title_form
from tasks.fiction.briefs import Bible, CastBrief, ChapterBrief, OutlineBrief
from tasks.fiction.checks.repetition import without_loops
from tasks.fiction.models import FictionItem
from tasks.fiction.story import ChapterPlan, Character, Characters, Ending, Outline
from tasks.llm.prompts import Prompt
from tasks.llm.questions import Check, Question, put_question, takes_any
from tasks.prose.language_share import fault_in_language
from tasks.prose.languages import LATIN, scripts_of
from tasks.prose.sentences import sentences_of
from tasks.prose.tidying import new_sentences, paragraphs_of
from tasks.prose.words import count_words

SYSTEM = "You are a storyteller."
TOKENS_OF_A_PASSAGE = 220
MOST_PASSAGES = 10
"""Passages that are asked for at most: what is new in them becomes less and less."""
TAIL = 400
"""Letters of what stands there already that the next passage is shown."""
MOST_NAMED = 4
"""Characters that a question names: of more it loses count."""


async def small_cast(item: FictionItem, brief: CastBrief) -> Characters:
    """Invent characters whose names begin with a letter each, drawn by the seed."""
    is_latin = scripts_of(brief.bible.language) == LATIN
    alphabet = [letter for letter in string.ascii_uppercase if letter not in "QUXYZ"]
    letters = random.Random(f"{item.project_id}:{item.seed}").choices(alphabet, k=brief.count)
    form = small_cast_form(tuple(letters) if is_latin else ("",) * brief.count)
    own = f"{_about(brief.bible)} Invent the {brief.count} people of this story: who they are and what they do."
    question = Question(Prompt(system=SYSTEM, own=own), tokens=120 * brief.count, form=form, temperature=0.7)
    answer, model = await put_question(item, question)
    people = [getattr(answer, name) for name in type(answer).model_fields]
    found = [Character(name=one.name, description=one.description) for one in people]
    if len({one.name for one in found}) < len(found):
        names = ", ".join(one.name for one in found)
        raise tried_out("CAST_UNLIKE", model=item.models[0], why=f"a name stands twice: {names}")
    language = brief.bible.language
    if why := fault_in_language("\n".join(one.description for one in found), language):
        raise tried_out("ANSWER_LANGUAGE", model=model, language=language, why=why)
    return Characters(characters=found)


async def small_outline(item: FictionItem, brief: OutlineBrief) -> Outline:
    """Plan chapters one after the other: a sentence on what happens, and a title for it."""
    plans = list(brief.planned)
    people = [one.name for one in brief.bible.characters][:MOST_NAMED]
    for number in range(len(plans) + 1, brief.chapters + 1):
        part = "at the beginning" if number == 1 else "at the end" if number == brief.chapters else f"in part {number}"
        before = f" Before that: {plans[-1].summary}" if plans else ""
        own = f"{_about(brief.bible)}{before}\nWhat happens {part} of the story? Tell it in the story's own words."
        known = [brief.bible.premise, *(one.summary for one in plans)]
        text, _ = await put_question(item, _free(own, 90, 2 * number, _is_new(known, brief.bible.language)))
        summary = " ".join(new_sentences([text], known, brief.bible.language)[:1])[:400]
        titled = Prompt(system=SYSTEM, own=f"Give a short title for this part of the story: {summary}")
        title, _ = await put_question(item, Question(titled, tokens=80, form=small_title_form(), number=2 * number + 1))
        plans.append(ChapterPlan(title=title.title, summary=summary, characters=people))
    return Outline(chapters=plans, made_of=brief.bible.mark)


async def small_passages(item: FictionItem, brief: ChapterBrief, revision: int) -> tuple[list[str], str]:
    """Have a chapter written until it is long enough; ANSWER_LENGTH where it never is."""
    passages: list[str] = []
    language, words = brief.bible.language, brief.words
    seen = [brief.plan.summary, brief.bible.premise]
    model, count = "", 0
    for number in range(1, MOST_PASSAGES + 1):
        question = _free(_passage(brief, passages), TOKENS_OF_A_PASSAGE, MOST_PASSAGES * revision + number)
        text, model = await put_question(item, question)
        if fault_in_language(text, language):
            continue
        fresh = new_sentences([text], [*seen, *passages], language)
        passages += without_loops(fresh, "\n\n".join(passages), language)
        count = count_words("\n".join(passages), language)
        if count >= words.least:
            return passages, model
    raise tried_out("ANSWER_LENGTH", model=model, words=count, least=words.least, most=words.most)


def small_ending(brief: ChapterBrief, text: str) -> Ending:
    """Take how a chapter ends from its last two sentences, and what is settled from its plan."""
    sentences = [one for part in paragraphs_of(text) for one in sentences_of(part, brief.bible.language)]
    facts = [*(brief.before.facts if brief.before is not None else []), brief.plan.summary[:200]]
    return Ending(state=" ".join(sentences[-2:])[:2000], facts=facts)


def small_judgement(text: str) -> Question:
    """Ask for points."""
    scale = "from 0 for useless to 20 for perfect, and 0 to 5 for its opening"
    own = f"{text}\n\nGive this chapter points for each side, {scale}."
    return Question(Prompt(system=SYSTEM, own=own), tokens=300, form=small_judgement_form(), temperature=0.0)


def _about(bible: Bible) -> str:
    people = ", ".join(one.name for one in bible.characters[:MOST_NAMED])
    return f"A {bible.genre} story. {bible.premise}" + (f" The people in it are {people}." if people else "")


def _passage(brief: ChapterBrief, passages: list[str]) -> str:
    lines = [f"Write {_about(brief.bible)[:1].lower()}{_about(brief.bible)[1:]}", brief.plan.summary]
    if passages:
        lines.append(f"The story so far ends so: {' '.join(passages)[-TAIL:]}\nGo on.")
    elif brief.before is not None:
        lines.append(f"Before that: {brief.before.state[-TAIL:]}")
    return "\n".join(lines)


def _free(own: str, tokens: int, number: int, check: Check = takes_any) -> Question:
    """Ask for free text, of which as much is taken as has been written when its tokens are used up."""
    asked = Prompt(system=SYSTEM, own=own)
    return Question(asked, tokens=tokens, temperature=0.7, number=number, may_be_cut=True, check=check)


def _is_new(known: list[str], language: str) -> Check:
    def check(answer: str, model: str) -> None:
        if not new_sentences([answer], known, language):
            raise fault("ANSWER_UNPARSABLE", model=model, why="no sentence of it is whole and new")

    return check


def tried_out(code: str, **details: Any) -> PressroomError:
    """Build the error of an answer that was asked for again as often as it may."""
    error = fault(code, **details)
    error.tried_out = True
    return error
