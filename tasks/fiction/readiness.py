"""What an item finds in the library: whether it is there, and whether a model has to be asked at all.

The same reads as the stages do first, so that `validate` and `plan` say beforehand what a run would fail with.
"""

from __future__ import annotations

from tasks.fiction.briefs import ChapterBrief
from tasks.fiction.jobs import JobType
from tasks.fiction.loading import cast_brief, chapter_brief, cover_of, outline_brief, shelf_of
from tasks.fiction.models import FictionItem
from tasks.fiction.story import Ending

_OF_ANOTHER = Ending(state="")
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
        check_chapters(item, *range(1, item.project.chapters + 1))
    else:
        brief_of(item)
        if item.job_type is JobType.QUALITY:
            check_chapters(item, item.chapter)


def brief_of(item: FictionItem) -> ChapterBrief:
    """Read what a chapter is made from, as far as it is there."""
    return chapter_brief(item, _OF_ANOTHER if item.continues else None)


def check_chapters(item: FictionItem, *numbers: int) -> None:
    """Raise CHAPTER_MISSING for the first chapter that is not there, WORK_INVALID for one that cannot be read."""
    shelf = shelf_of(item)
    for number in numbers:
        shelf.read_record(number)
        shelf.read_text(number)


def is_asked(item: FictionItem) -> bool:
    """Say whether an item puts questions to a model that it cannot do without: what its author gives asks none."""
    shelf, project = shelf_of(item), item.project
    if item.job_type is JobType.CHARACTERS:
        return not project.characters and not shelf.is_edited(shelf.characters)
    if item.job_type is JobType.OUTLINE:
        return not project.outline and not shelf.is_edited(shelf.outline)
    return item.job_type is JobType.CHAPTERS
