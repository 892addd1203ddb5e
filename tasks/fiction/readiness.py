"""What an item finds in the library: whether it is there, and whether a model has to be asked at all.

The same reads as the stages do first, so that `validate` and `plan` say beforehand what a run would fail with.
"""

from __future__ import annotations

from tasks.fiction.briefs import ChapterBrief
from tasks.fiction.jobs import JobType
from tasks.fiction.loading import cast_brief, chapter_brief, cover_of, outline_brief, shelf_of
from tasks.fiction.models import FictionItem
from tasks.fiction.saving import checked_text
from tasks.fiction.story import ChapterText, Ending

OF_ANOTHER = Ending(state="")
"""Stands for how a chapter ends that is written in the same batch."""


def check_library(item: FictionItem) -> None:
    """Raise what an item would fail with for want of works that no other item of its batch makes."""
    if item.job_type is JobType.EXPORT:
        cover_of(item)
    if item.needs:
        return
    if item.job_type is JobType.CHARACTERS:
        cast_brief(item)
    elif item.job_type is JobType.OUTLINE:
        outline_brief(item)
    elif item.job_type is JobType.EXPORT:
        for number in range(1, item.project.chapters + 1):
            shelf_of(item).read_chapter(number)
    else:
        brief = chapter_brief(item, OF_ANOTHER if item.continues else None)
        if item.job_type is JobType.QUALITY:
            written_chapter(item, brief)


def written_chapter(item: FictionItem, brief: ChapterBrief) -> ChapterText:
    """Read a chapter that was written before."""
    shelf = shelf_of(item)
    return checked_text(brief, shelf.read_record(item.chapter), shelf.read_text(item.chapter))


def is_asked(item: FictionItem) -> bool:
    """Say whether an item puts questions to a model that it cannot do without: what its author gives asks none."""
    shelf, project = shelf_of(item), item.project
    if item.job_type is JobType.CHARACTERS:
        return not project.characters and not shelf.is_edited(shelf.characters)
    if item.job_type is JobType.OUTLINE:
        return not project.outline and not shelf.is_edited(shelf.outline)
    return item.job_type is JobType.CHAPTERS
