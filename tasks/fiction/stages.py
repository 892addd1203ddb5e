"""The stages of fiction: each is one step, and its work stands in the room of that name."""

from __future__ import annotations

from tasks.fiction import endings, inventing, judging, loading, outlining, publishing, readiness, saving, writing
from tasks.fiction.briefs import CastBrief, ChapterBrief, OutlineBrief
from tasks.fiction.jobs import DEFAULTS, JobType
from tasks.fiction.models import FictionItem
from tasks.fiction.story import ChapterText, Characters, Ending, Outline, QualityReport
from tasks.models import Outcome
from tasks.stage import stage


def _seconds(kind: JobType) -> float:
    return DEFAULTS[kind].timeout_per_item or 0.0


@stage(timeout_seconds=30, checkpoint=False)
async def load_cast(item: FictionItem) -> CastBrief:
    """Read what a project's characters are made from."""
    return loading.cast_brief(item)


@stage(timeout_seconds=_seconds(JobType.CHARACTERS))
async def invent_characters(item: FictionItem, brief: CastBrief) -> Characters:
    """Invent a project's characters, or take those that its author gives."""
    return await inventing.invent(item, brief)


@stage(timeout_seconds=30, checkpoint=False)
async def save_characters(item: FictionItem, characters: Characters) -> Outcome:
    """Save them into the project's folder."""
    return saving.save_cast(item, characters)


@stage(timeout_seconds=30, checkpoint=False)
async def load_outline(item: FictionItem) -> OutlineBrief:
    """Read what a project's outline is made from."""
    return loading.outline_brief(item)


@stage(timeout_seconds=_seconds(JobType.OUTLINE))
async def outline_plot(item: FictionItem, brief: OutlineBrief) -> Outline:
    """Plan a project's chapters, or take the plan that its author gives."""
    return await outlining.plan_chapters(item, brief)


@stage(timeout_seconds=30, checkpoint=False)
async def save_outline(item: FictionItem, outline: Outline) -> Outcome:
    """Save it into the project's folder."""
    return saving.save_plan(item, outline)


@stage(timeout_seconds=30, checkpoint=False)
async def load_chapter(item: FictionItem, before: Ending | None = None) -> ChapterBrief:
    """Read what a chapter is made from: its plan, and how the one before it ends."""
    return loading.chapter_brief(item, before)


@stage(timeout_seconds=_seconds(JobType.CHAPTERS), idle_if=writing.is_written)
async def write_chapter(
    item: FictionItem,
    brief: ChapterBrief,
    draft: ChapterText | None = None,
    ending: Ending | None = None,
    report: QualityReport | None = None,
) -> ChapterText:
    """Write a chapter; with a report that does not let it pass, write it again and mend what that names."""
    return await writing.write(item, brief, draft, ending, report)


@stage(timeout_seconds=_seconds(JobType.CHAPTERS))
async def note_ending(item: FictionItem, brief: ChapterBrief, draft: ChapterText) -> Ending:
    """Note how a chapter ends, for the next one to go on from."""
    return await endings.note(item, brief, draft)


@stage(timeout_seconds=_seconds(JobType.QUALITY), checkpoint=False)
async def judge_chapter(
    item: FictionItem, brief: ChapterBrief, draft: ChapterText, ending: Ending | None = None
) -> QualityReport:
    """Check and judge a chapter. The judge's word is kept by itself, so that other pass marks do not ask again."""
    return await judging.judge(item, brief, draft, ending)


@stage(timeout_seconds=30, checkpoint=False)
async def save_chapter(item: FictionItem, draft: ChapterText, ending: Ending, report: QualityReport) -> Outcome:
    """Save a chapter into the project's folder."""
    return saving.save_text(item, draft, ending, report)


@stage(timeout_seconds=30, checkpoint=False)
async def read_chapter(item: FictionItem, brief: ChapterBrief) -> ChapterText:
    """Read a chapter that was written before."""
    return readiness.written_chapter(item, brief)


@stage(timeout_seconds=30, checkpoint=False)
async def save_quality(item: FictionItem, report: QualityReport) -> Outcome:
    """Save what quality control says of a chapter into the project's folder."""
    return saving.save_report(item, report)


@stage(timeout_seconds=_seconds(JobType.EXPORT), checkpoint=False)
async def export_book(item: FictionItem) -> Outcome:
    """Put a project's chapters together and export the book in each form."""
    return await publishing.export(item)
