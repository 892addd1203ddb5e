"""Characters: as their author gives them, or invented by a model."""

from __future__ import annotations

from typing import Any

from tasks.errors import fault
from tasks.fiction.answers import characters_form
from tasks.fiction.briefs import CastBrief
from tasks.fiction.models import FictionItem
from tasks.fiction.prompts import about_book, prompt
from tasks.fiction.small import small_cast
from tasks.fiction.story import Character, Characters
from tasks.llm.questions import Question, is_small, put_question
from tasks.prose.language_share import fault_in_language

TOKENS_EACH = 400
"""Tokens that a character may take."""


async def invent(item: FictionItem, brief: CastBrief) -> Characters:
    """Return the characters of a story."""
    if brief.given is not None:
        return brief.given
    if is_small(item):
        return await small_cast(item, brief)
    own = [
        f"Invent the {brief.count} characters of this story, the most important first, each with another name and",
        "another part in it. Names are short and easy to tell apart. The description says how they look, speak and",
        "act.",
    ]

    def check(answer: Any, model: str) -> None:
        names = [one.name.strip().casefold() for one in answer.characters]
        if len(set(names)) < len(names):
            raise fault("CAST_UNLIKE", model=model, why=f"a name stands twice: {', '.join(sorted(names))}")
        told = "\n".join(one.description for one in answer.characters)
        if why := fault_in_language(told, brief.bible.language):
            raise fault("ANSWER_LANGUAGE", model=model, language=brief.bible.language, why=why)

    tokens = TOKENS_EACH * brief.count + 100
    form = characters_form(brief.count)
    question = Question(prompt(about_book(brief.bible), own), tokens=tokens, form=form, check=check)
    answer, _ = await put_question(item, question)
    return Characters(characters=[Character.model_validate(one.model_dump()) for one in answer.characters])
