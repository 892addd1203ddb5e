"""From a batch to its items, and what each of them waits for.

characters ──▶ outline ──▶ chapter 1 ──▶ chapter 2 ──▶ ... ──▶ book
                            (a chapter goes on from how the one before it ends; the book waits for all of them)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from tasks.claims import Claims
from tasks.errors import PressroomError, fault, rebuilt
from tasks.fiction.asked import Asked, asked
from tasks.fiction.gates import Bar
from tasks.fiction.genres import check_genre
from tasks.fiction.jobs import JobType
from tasks.fiction.library import Shelf
from tasks.fiction.loading import edited_outline
from tasks.fiction.models import FictionBatch, FictionItem
from tasks.fiction.routing import assign
from tasks.fiction.urgency import urgency
from tasks.files import refuse_unwritable
from tasks.ledger.others import Others
from tasks.ledger.reviews import decided_in
from tasks.parameters import BOUNDLESS
from tasks.reviews import made_anew, rejections

Prepare = Callable[[FictionItem], FictionItem]
STEPS = {JobType.CHARACTERS: "characters", JobType.OUTLINE: "outline", JobType.EXPORT: "book"}
"""What the steps of a whole project are called in the names of items."""


def plan_fiction(batch: FictionBatch, claims: Claims) -> tuple[list[FictionItem], Prepare]:
    """Return a batch's items and how each is prepared as it enters."""
    return items_of(batch, now=datetime.now(UTC)), preparing(batch, claims)


def preparing(batch: FictionBatch, claims: Claims) -> Prepare:
    """Return what prepares an item: it fails with its fault, or its outputs are nobody else's from then on."""
    decided = decided_in(batch.batch_id or "")
    others = Others("fiction", batch.batch_id or "", _written_by)

    def prepare(item: FictionItem) -> FictionItem:
        if item.fault is not None:
            raise rebuilt(*item.fault)
        if batch.job_type is JobType.PIPELINE and item.job_type is JobType.CHARACTERS:
            edited_outline(item)  # Its first step, so that nothing is paid for a book that lacks chapters.
        for path in outputs_of(item):
            claims.claim(path, item.item_id)
            refuse_unwritable(path)
            others.refuse_busy(item, path)
        changes = made_anew(batch.seed, rejections(decided.get(item.item_id, ())))
        return item.model_copy(update=changes) if changes else item

    return prepare


def items_of(batch: FictionBatch, *, now: datetime) -> list[FictionItem]:
    """Make the items of a batch, each project's in the order in which they follow each other."""
    items = [item for _, item in placed_items(batch, now=now)]
    link(items)
    assign(batch, items)
    return items


def placed_items(batch: FictionBatch, *, now: datetime) -> list[tuple[int, FictionItem]]:
    """Name the items of a batch, each with which entry of its list it comes from; whom they wait for is left open."""
    placed = [(one.position, item) for one in asked(batch) for item in _items_for(batch, one, now)]
    _name_apart([item for _, item in placed])
    return placed


def outputs_of(item: FictionItem) -> Iterator[str]:
    """Name the files that an item makes, so that no other makes them too."""
    shelf = Shelf(item.output_root, item.project_id)
    if item.job_type is JobType.EXPORT:
        yield str(shelf.book(""))
    elif item.job_type is JobType.CHAPTERS:
        yield str(shelf.text(item.chapter))
    elif item.job_type is JobType.QUALITY:
        yield str(shelf.quality(item.chapter))
    else:
        yield str(shelf.characters if item.job_type is JobType.CHARACTERS else shelf.outline)


def _written_by(spec: str) -> Iterator[tuple[str, Iterator[str]]]:
    batch = FictionBatch.model_validate_json(spec, context=BOUNDLESS)
    return ((item.item_id, outputs_of(item)) for item in items_of(batch, now=datetime.now(UTC)))


def _items_for(batch: FictionBatch, one: Asked, now: datetime) -> Iterator[FictionItem]:
    if batch.job_type is not JobType.PIPELINE:
        yield _item(batch, one, batch.job_type, one.chapter, now)
        return
    first = _item(batch, one, JobType.CHARACTERS, 0, now)
    yield first
    if first.fault is not None:
        return  # It is one fault of the whole project, and is told once.
    yield _item(batch, one, JobType.OUTLINE, 0, now)
    for number in range(1, one.project.chapters + 1):
        yield _item(batch, one, JobType.CHAPTERS, number, now)
    yield _item(batch, one, JobType.EXPORT, 0, now)


def _item(batch: FictionBatch, one: Asked, kind: JobType, chapter: int, now: datetime) -> FictionItem:
    project, genre = one.project, one.genre or one.project.genre
    error, priority = one.fault, one.priority or batch.priority
    given = one.item_id if batch.job_type is not JobType.PIPELINE else None
    item_id = given or name_of(project.project_id, kind, chapter)
    try:
        what = f"item {item_id!r}" if one.deadline is not None else "the batch"
        priority = urgency(priority, one.deadline or batch.deadline, now, what)
        _check(batch, one, genre, chapter)
    except PressroomError as found:
        error = error or found
    return FictionItem(
        item_id=item_id,
        batch_id=batch.batch_id or "",
        priority=priority,
        lane=kind.value,
        job_type=kind,
        project=project,
        chapter=chapter,
        fault=(error.code, error.message, error.remedy) if error is not None else None,
        genre=genre,
        bar=Bar(profile=batch.gates, marks=batch.quality),
        retries=batch.settled(kind).retries,
        retry_delay=batch.retry_config.retry_delay,
        formats=batch.formats if kind is JobType.EXPORT else [],
        seed=batch.seed,
        base_dir=batch.base_dir,
        output_root=batch.output_dir or batch.base_dir,
    )


def name_of(project_id: str, kind: JobType, chapter: int) -> str:
    """Name an item by its project and step."""
    if chapter:
        return f"{project_id}:{'qc' if kind is JobType.QUALITY else 'ch'}{chapter:02}"
    return f"{project_id}:{STEPS.get(kind, kind.value)}"


def _check(batch: FictionBatch, one: Asked, genre: str, chapter: int) -> None:
    project = one.project
    if one.fault is None and chapter > project.chapters:
        raise fault("CHAPTER_OUTSIDE", project=project.project_id, chapters=project.chapters, number=chapter)
    if one.fault is None:
        check_genre(project.project_id, genre, batch.genres)


def _name_apart(items: Sequence[FictionItem]) -> None:
    """Give what is asked for twice a name of its own; it then fails, since two would make one file."""
    seen: Counter[str] = Counter()
    for item in items:
        seen[item.item_id] += 1
        if seen[item.item_id] > 1:
            item.item_id = f"{item.item_id}#{seen[item.item_id]}"


def link(items: Sequence[FictionItem]) -> None:
    """Say of each item what it waits for, of those that are in the batch; the rest is taken from the library."""
    by_step: dict[tuple[str, JobType, int], FictionItem] = {}
    for item in items:
        by_step.setdefault((item.project_id, item.job_type, item.chapter), item)

    def named(item: FictionItem, kind: JobType, chapter: int = 0) -> list[str]:
        found = by_step.get((item.project_id, kind, chapter))
        return [found.item_id] if found is not None and found is not item else []

    for item in items:
        if item.fault is not None:
            continue  # It fails for its own reason, whoever went before.
        if item.job_type is JobType.OUTLINE:
            item.needs = named(item, JobType.CHARACTERS)
        elif item.job_type is JobType.CHAPTERS:
            item.needs = named(item, JobType.OUTLINE)
            item.continues = next(iter(named(item, JobType.CHAPTERS, item.chapter - 1)), "")
        elif item.job_type is JobType.EXPORT:
            chapters = range(1, item.project.chapters + 1)
            item.needs = [name for number in chapters for name in named(item, JobType.CHAPTERS, number)]
