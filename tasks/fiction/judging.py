"""Quality control of a chapter: what rules find, and what a judge says who is another model than the author's."""

from __future__ import annotations

from typing import Any

from anyio import to_thread

from tasks.fiction.answers import judgement_form
from tasks.fiction.briefs import ChapterBrief
from tasks.fiction.checks.chapter import check_chapter
from tasks.fiction.checks.findings import Findings
from tasks.fiction.endings import MOST_LETTERS
from tasks.fiction.gating import gate
from tasks.fiction.models import FictionItem
from tasks.fiction.prompts import about_book, about_ending, prompt
from tasks.fiction.small import small_judgement
from tasks.fiction.story import ChapterText, Ending, Issue, QualityReport, Scores
from tasks.llm.prompts import quoted
from tasks.llm.questions import Question, is_small, put_question

TOKENS = 2500
CAPPED = ("grammar", "character_consistency", "plot_coherence")
"""Sides of which rules see enough to know a bound; of the others a judge alone can tell."""


async def judge(item: FictionItem, brief: ChapterBrief, draft: ChapterText, ending: Ending | None) -> QualityReport:
    """Say what a chapter is worth, what is wrong with it, and whether it passes what its item is held to."""
    keeps = ending if draft.revision else None
    found = await to_thread.run_sync(check_chapter, draft.text, brief.checked_against(keeps))
    report = await _judged(item, brief, draft, found) if item.models else _by_rules(found)
    return report.model_copy(update={"blocking": gate(report, item.bar.marks, item.bar.profile)})


def _by_rules(found: Findings) -> QualityReport:
    return QualityReport(scores=found.scores, issues=found.issues, measured=found.measured, hook=found.hook)


async def _judged(item: FictionItem, brief: ChapterBrief, draft: ChapterText, found: Findings) -> QualityReport:
    """Put a judge's word beside the rules: no more points than these leave where they can tell, and issues of both."""
    answer, model = await ask_judge(item, brief, draft)
    scores = {side: float(getattr(answer, side)) for side in Scores.model_fields}
    scores |= {side: min(scores[side], getattr(found.scores, side)) for side in CAPPED}
    issues = [Issue(**one.model_dump(), found_by=model) for one in getattr(answer, "issues", [])]
    return QualityReport(
        scores=Scores(**scores),
        issues=[*found.issues, *issues],
        measured=found.measured,
        hook=answer.hook,
        judged_by=model,
    )


async def ask_judge(item: FictionItem, brief: ChapterBrief, draft: ChapterText) -> tuple[Any, str]:
    """Return what a judge says, another model than the author where there is one, and who it was."""
    judge_first = [model for model in item.models if model != draft.by_model]
    judges = [*judge_first, *(model for model in item.models if model == draft.by_model)]
    asked = item.model_copy(update={"models": judges, "model_reason": "judge, not the author" if judge_first else ""})
    return await put_question(asked, _question(asked, brief, draft))


def _question(item: FictionItem, brief: ChapterBrief, draft: ChapterText) -> Question:
    if is_small(item):
        return small_judgement(draft.text)
    own = [
        *about_ending(brief.before),
        f"Plan of chapter {brief.number} of {brief.of}: {quoted(f'{brief.plan.title}: {brief.plan.summary}')}",
        f"Chapter {brief.number}: {quoted(draft.text, MOST_LETTERS)}",
        "Judge this chapter. Give 0 to 20 points each for grammar, for characters who stay themselves, for a plot",
        "that holds together and keeps to the plan and to what is settled, for emotional impact, and for what its",
        "genre asks for. 18 to 20 is print-ready, 14 to 17 good with weaknesses, 10 to 13 weak, below that unusable.",
        "Use the whole scale. hook: how well its opening draws a reader in, 0 to 5. List what is wrong, the worst",
        "first: critical is what makes the story impossible, major what a reader stumbles over, minor what an editor",
        "would polish; each with its place, in the text's own words, and how to mend it. Where nothing is wrong, list",
        "nothing.",
    ]
    return Question(prompt(about_book(brief.bible), own), tokens=TOKENS, form=judgement_form(), temperature=0.0)
