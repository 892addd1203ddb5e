"""What a batch asks for: which steps of which projects, and what is wrong with each from the start."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from tasks.errors import PressroomError, fault
from tasks.fiction.jobs import OF_CHAPTERS
from tasks.fiction.models import FictionBatch, JobItem
from tasks.fiction.project import Project
from tasks.fiction.projects import Lookup, lookup
from tasks.files import expect_content, read_text, write_atomically
from tasks.models import Priority

MOST_BYTES = 1_000_000_000
_Lines = TypeAdapter(list[JobItem])


@dataclass(frozen=True)
class Asked:
    """One project, or one chapter of it, as a batch asks for it."""

    project: Project
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
    for one in _given(batch, find):
        yield from _by_chapter(batch, one) if batch.job_type in OF_CHAPTERS else [one]


def job_items(batch: FictionBatch) -> list[JobItem]:
    """Return a job's items, from its file where they lie in one."""
    if batch.items_file is None:
        return batch.items
    path = batch.base_dir / batch.items_file
    expect_content(path, batch.items_sha256)
    text = read_text(path, limit=MOST_BYTES)
    try:
        return _Lines.validate_json("[" + ",".join(line for line in text.splitlines() if line.strip()) + "]")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise fault("INVALID_INPUT", what=f"{str(path)!r}, item {where}: {first['msg']}.") from None


def write_items(path: Path, items: list[JobItem]) -> tuple[Path, str]:
    """Write a job's items one a line, under a name of their content, and return file and sha256."""
    content = "".join(item.model_dump_json(exclude_unset=True) + "\n" for item in items).encode()
    sha256 = hashlib.sha256(content).hexdigest()
    named = path.with_name(f"{path.stem}-{sha256[:12]}{path.suffix}")
    write_atomically(named, content)
    return named, sha256


def _given(batch: FictionBatch, find: Lookup) -> Iterator[Asked]:
    for one in batch.projects:
        yield Asked(one) if isinstance(one, Project) else _found(find, one)
    for item in job_items(batch):
        found = _found(find, item.project_id)
        yield Asked(
            found.project,
            item_id=item.item_id,
            chapter=item.chapter_num or 0,
            genre=item.genre or "",
            priority=item.priority,
            deadline=item.deadline,
            fault=found.fault,
        )


def _found(find: Lookup, project_id: str) -> Asked:
    found = find(project_id)
    if isinstance(found, Project):
        return Asked(found)
    # A stand-in, so that it has a name in every list; it fails with what was wrong.
    return Asked(Project(project_id=project_id, title=project_id), fault=found)


def _by_chapter(batch: FictionBatch, one: Asked) -> Iterator[Asked]:
    """Cut what is asked of a project into its chapters."""
    if one.chapter or one.fault is not None:
        yield one
        return
    for number in batch.chapters or range(1, one.project.chapters + 1):
        yield Asked(one.project, chapter=number, genre=one.genre, priority=one.priority, deadline=one.deadline)
