"""An outline: as its author gives it, or made by a model, ten chapters at a time."""

from __future__ import annotations

from typing import Any

from tasks.errors import fault
from tasks.fiction.answers import outline_form
from tasks.fiction.briefs import OutlineBrief
from tasks.fiction.models import FictionItem
from tasks.fiction.prompts import about_book, prompt
from tasks.fiction.small import small_outline
from tasks.fiction.story import ChapterPlan, Outline
from tasks.llm.prompts import quoted
from tasks.llm.questions import Question, is_small, put_question
from tasks.prose.language_share import fault_in_language

AT_ONCE = 10
"""Chapters planned by one question; of a longer list models lose count."""
TOKENS_EACH = 600
"""Tokens that the plan of a chapter may take."""


async def plan_chapters(item: FictionItem, brief: OutlineBrief) -> Outline:
    """Return the outline of a story."""
    if brief.given is not None:
        return brief.given
    if is_small(item):
        return await small_outline(item, brief)
    plans = list(brief.planned)
    while len(plans) < brief.chapters:
        answer, _ = await put_question(item, _question(brief, plans))
        plans += [ChapterPlan.model_validate(one.model_dump()) for one in answer.chapters]
    return Outline(chapters=plans, made_of=brief.bible.mark)


def _question(brief: OutlineBrief, plans: list[ChapterPlan]) -> Question:
    first, last = len(plans) + 1, min(len(plans) + AT_ONCE, brief.chapters)
    names = tuple(dict.fromkeys(one.name for one in brief.bible.characters))
    own = [f"The book has {brief.chapters} chapters."]
    own += [f"Chapter {number}: {quoted(f'{one.title}: {one.summary}', 1200)}" for number, one in enumerate(plans, 1)]
    own += [
        f"Plan the chapters {first} to {last}: for each a title, a summary of what happens in it, and who is in it.",
        "Each chapter changes something, and follows from the one before.",
    ]
    if last == brief.chapters:
        own.append("The last chapter ends the story.")

    def check(answer: Any, model: str) -> None:
        told = "\n".join(f"{one.title}. {one.summary}" for one in answer.chapters)
        if why := fault_in_language(told, brief.bible.language):
            raise fault("ANSWER_LANGUAGE", model=model, language=brief.bible.language, why=why)

    count = last - first + 1
    form = outline_form(count, names)
    return Question(
        prompt(about_book(brief.bible), own), tokens=TOKENS_EACH * count + 100, form=form, check=check, number=first
    )
