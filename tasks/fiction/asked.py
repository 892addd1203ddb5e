"""What a batch asks for: which steps of which projects, and what is wrong with each from the start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from tasks.errors import PressroomError
from tasks.fiction.items_file import read_items
from tasks.fiction.job_item import JobItem
from tasks.fiction.jobs import OF_CHAPTERS
from tasks.fiction.models import FictionBatch
from tasks.fiction.project import Project
from tasks.fiction.projects import Lookup, lookup
from tasks.models import Priority


@dataclass(frozen=True)
class Asked:
    """One project, or one chapter of it, as a batch asks for it."""

    project: Project
    position: int = 0
    """Which entry of the batch's list it comes from, counted from 0."""
    item_id: str | None = None
    chapter: int = 0
    """0: the whole project, or all of its chapters."""
    genre: str = ""
    priority: Priority | None = None
    deadline: datetime | None = None
    fault: PressroomError | None = field(default=None, compare=False)


def asked(batch: FictionBatch) -> Iterator[Asked]:
    """Return what a batch asks for, in order: a chapter each where its job is about chapters."""
    find = lookup(batch.base_dir / batch.projects_dir)
    for position, entry in enumerate(entries_of(batch)):
        one = _asked(entry, position, find)
        yield from _by_chapter(batch, one) if batch.job_type in OF_CHAPTERS else [one]


def entries_of(batch: FictionBatch) -> list[JobItem]:
    """Return what a batch lists, be it items or projects, as the items of a job."""
    return [_entry(one) for one in batch.projects] or read_items(batch)


def _entry(one: str | Project) -> JobItem:
    if isinstance(one, str):
        return JobItem(project_id=one)
    said = one.model_dump(mode="json", exclude_defaults=True)
    return JobItem.model_validate({"project_id": one.project_id, "project": said})


def _asked(entry: JobItem, position: int, find: Lookup) -> Asked:
    found = entry.project or find(entry.project_id)
    return Asked(
        # Else a stand-in, so that it has a name in every list; it fails with what was wrong.
        found if isinstance(found, Project) else Project(project_id=entry.project_id, title=entry.project_id),
        position=position,
        item_id=entry.item_id,
        chapter=entry.chapter_num or 0,
        genre=entry.genre or "",
        priority=entry.priority,
        deadline=entry.deadline,
        fault=None if isinstance(found, Project) else found,
    )


def _by_chapter(batch: FictionBatch, one: Asked) -> Iterator[Asked]:
    """Cut what is asked of a project into its chapters; each is named by its project and number then."""
    if one.chapter or one.fault is not None:
        yield one
        return
    for number in batch.chapters or range(1, one.project.chapters + 1):
        yield replace(one, item_id=None, chapter=number)
