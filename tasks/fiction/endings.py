"""How a chapter ends: what the next one goes on from, and what has been settled so far."""

from __future__ import annotations

from tasks.fiction.answers import ending_form
from tasks.fiction.briefs import ChapterBrief
from tasks.fiction.models import FictionItem
from tasks.fiction.prompts import about_book, about_ending, prompt
from tasks.fiction.small import small_ending
from tasks.fiction.story import MOST_FACTS, ChapterText, Ending
from tasks.llm.prompts import quoted
from tasks.llm.questions import Question, is_small, put_question

TOKENS = 1200
MOST_LETTERS = 120_000
"""Of a chapter that a model is shown."""


async def note(item: FictionItem, brief: ChapterBrief, draft: ChapterText) -> Ending:
    """Note how a chapter ends; the facts of those before it are carried on."""
    if brief.given_ending is not None:
        return brief.given_ending
    if is_small(item):
        return small_ending(brief, draft.text)
    own = [
        *about_ending(brief.before),
        f"Chapter {brief.number}: {quoted(draft.text, MOST_LETTERS)}",
        "Say how this chapter ends: where everybody is, what they know, what is open. Then list what it has newly",
        "settled and later chapters must not contradict: who did what, what is where, who knows what.",
    ]
    question = Question(prompt(about_book(brief.bible), own), tokens=TOKENS, form=ending_form(), temperature=0.2)
    answer, _ = await put_question(item, question)
    facts = [*(brief.before.facts if brief.before is not None else []), *answer.facts]
    return Ending(state=answer.state, facts=list(dict.fromkeys(facts))[-MOST_FACTS:])
