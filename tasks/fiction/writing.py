"""Writing a chapter: passage by passage until it is long enough, and again with its defects where it is sent back.

A model writes a passage of some pages at once; how the small one that comes along is asked stands in `small.py`.
"""

from __future__ import annotations

from typing import Any

from tasks.errors import fault
from tasks.fiction.briefs import ChapterBrief
from tasks.fiction.models import FictionItem
from tasks.fiction.prompts import about_book, about_ending, prompt
from tasks.fiction.small import small_passages
from tasks.fiction.story import ChapterText, Ending, QualityReport
from tasks.llm.prompts import quoted
from tasks.llm.questions import Question, is_small, put_question
from tasks.prose.language_share import fault_in_language
from tasks.prose.tidying import paragraphs_of
from tasks.prose.words import count_words

PASSAGE_WORDS = 1500
"""Words that a model writes well at once."""
TOKENS_A_WORD = 6
"""In languages such as Thai a word is several tokens; what is not used costs nothing."""
LEAST_OF_A_PASSAGE = 0.4
"""Share of the words asked for that a passage has to have."""
TAIL = 1500
"""Letters of the passage before that the next one is shown."""
BY_AUTHOR = "author"


def is_written(
    item: FictionItem,
    brief: ChapterBrief,
    draft: ChapterText | None = None,
    ending: Ending | None = None,
    report: QualityReport | None = None,
) -> bool:
    """Say whether a chapter stays as it is: its author's own, or one that passes."""
    return draft is not None and (draft.by_model == BY_AUTHOR or report is None or report.passes)


async def write(
    item: FictionItem,
    brief: ChapterBrief,
    draft: ChapterText | None,
    ending: Ending | None,
    report: QualityReport | None,
) -> ChapterText:
    """Write a chapter, or write it again where its report does not let it pass."""
    if draft is not None and is_written(item, brief, draft, ending, report):
        return draft
    if (own := own_text(brief)) is not None:
        return own
    revision = 0 if draft is None else draft.revision + 1
    if is_small(item):
        passages, model = await small_passages(item, brief, revision)
    else:
        told = [] if draft is None or report is None else _defects(report, ending)
        if item.rejected_for:
            told.append(f"A person rejected an earlier version of it: {quoted(item.rejected_for, 500)}")
        passages, model = await _passages(item, brief, told, revision)
    text = "\n\n".join(passages)
    words = count_words(text, brief.bible.language)
    return ChapterText(title=brief.plan.title, text=text, words=words, by_model=model, revision=revision)


def own_text(brief: ChapterBrief) -> ChapterText | None:
    """Return a chapter as its author has written or changed it; None where they have not."""
    if brief.given is None:
        return None
    words = count_words(brief.given, brief.bible.language)
    return ChapterText(title=brief.plan.title, text=brief.given, words=words, by_model=BY_AUTHOR)


async def _passages(item: FictionItem, brief: ChapterBrief, told: list[str], revision: int) -> tuple[list[str], str]:
    """Have a chapter written in passages of some pages."""
    count = max(1, round(brief.words.aim / PASSAGE_WORDS))
    words = brief.words.aim // count
    passages: list[str] = []
    model = ""
    for number in range(1, count + 1):
        which = "" if count == 1 else f" This is part {number} of {count} of the chapter."
        ends = " It ends with the chapter's end." if number == count and count > 1 else ""
        own = [*_own(brief, passages), *told, f"Write about {words} words.{which}{ends}", _FORM]
        question = Question(
            prompt(about_book(brief.bible), own),
            tokens=words * TOKENS_A_WORD,
            check=_check(brief, words),
            number=100 * revision + number,
        )
        answer, model = await put_question(item, question)
        passages += paragraphs_of(answer)
    return passages, model


_FORM = "Only the story itself: paragraphs with an empty line between them, *emphasis*, *** alone between scenes."


def _own(brief: ChapterBrief, passages: list[str]) -> list[str]:
    """Tell what happens in this chapter, and where it has got to."""
    people = ", ".join(brief.plan.characters)
    lines = [
        f"Chapter {brief.number} of {brief.of}: {quoted(brief.plan.title)}",
        f"What happens: {quoted(brief.plan.summary)}",
        *([f"In it: {people}."] if people else []),
        *about_ending(brief.before),
    ]
    if passages:
        tail = "\n\n".join(passages)[-TAIL:]
        lines.append(f"The chapter so far ends with: {quoted(tail)} Go on from there.")
    return lines


def _defects(report: QualityReport, ending: Ending | None) -> list[str]:
    """Tell what was wrong with the version before."""
    lines = [f"An earlier version was sent back: {'; '.join(report.blocking)}."]
    lines += [
        f"- {issue.severity.value}: {quoted(issue.what, 200)}"
        + (f" Mend it so: {quoted(issue.suggestion, 200)}" if issue.suggestion else "")
        for issue in report.issues
    ]
    if ending is not None:
        lines.append(f"Later chapters go on from its ending, which stays: {quoted(ending.state, 2000)}")
    return lines


def _check(brief: ChapterBrief, words: int) -> Any:
    language = brief.bible.language

    def check(answer: str, model: str) -> None:
        found = count_words(answer, language)
        least, most = int(words * LEAST_OF_A_PASSAGE), words * 3
        if not least <= found <= most:
            raise fault("ANSWER_LENGTH", model=model, words=found, least=least, most=most)
        if why := fault_in_language(answer, language):
            raise fault("ANSWER_LANGUAGE", model=model, language=language, why=why)

    return check
