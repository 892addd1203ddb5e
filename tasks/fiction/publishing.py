"""The book of a project: its chapters put together, held to what a book must reach, and exported in each form."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime

from anyio import to_thread

from tasks.fiction.book import ENDINGS, Book, BookChapter, Format
from tasks.fiction.export import make_book
from tasks.fiction.export.pdf_worker import pdf_apart
from tasks.fiction.gates import GateProfile
from tasks.fiction.gating import series_gate
from tasks.fiction.library import ChapterRecord, save
from tasks.fiction.loading import cover_of, shelf_of
from tasks.fiction.models import FictionItem
from tasks.fiction.saving import WAITS
from tasks.fiction.story import QualityReport
from tasks.fiction.writing import BY_AUTHOR
from tasks.limiters import LoopLimiter
from tasks.llm.names import LOCAL
from tasks.models import ItemStatus, Outcome, Output

_NAMESPACE = uuid.UUID("5d0e5ea5-93f7-4b57-9cf3-4a0f2a6f6f0f")
_books = LoopLimiter("books")
MOST_AT_ONCE = 2
"""Files of books made at once: each keeps a core busy."""


def read_book(item: FictionItem) -> tuple[Book, list[QualityReport]]:
    """Read a project's chapters; CHAPTER_MISSING names the first that is not there."""
    shelf, project = shelf_of(item), item.project
    numbers = range(1, project.chapters + 1)
    read = [shelf.read_chapter(number) for number in numbers]
    chapters = [BookChapter(title=title or str(number), text=text) for number, (title, text, _) in enumerate(read, 1)]
    records = [record for _, _, record in read if record is not None]
    reports = [record.quality for record in records if record.quality is not None]
    book = Book(
        identifier=f"urn:uuid:{uuid.uuid5(_NAMESPACE, f'{project.project_id}/{project.title}')}",
        title=project.title,
        author=project.author,
        language=project.language,
        genre=item.genre,
        description=project.premise,
        rights=project.rights,
        note=_note(item, records),
        published=_last_change(item, numbers),
        chapters=chapters,
        cover=cover_of(item),
    )
    return book, reports


async def export(item: FictionItem) -> Outcome:
    """Make a project's book in each form that is asked for; one that does not reach its marks waits for review."""
    book, reports = await to_thread.run_sync(read_book, item)
    outputs = [await _file(item, book, form) for form in item.formats]
    blocking = series_gate(reports, item.bar.marks, item.bar.profile) if reports else []
    blocking += alike([chapter.text for chapter in book.chapters])
    return Outcome(
        item_id=item.item_id,
        status=ItemStatus.NEEDS_REVIEW if blocking else ItemStatus.SUCCEEDED,
        outputs=outputs,
        warnings=tuple(f"{WAITS}{reason}" for reason in blocking),
    )


async def _file(item: FictionItem, book: Book, form: Format) -> Output:
    """Make one file of a book, and save it whole or not at all."""
    if form is Format.PDF:
        async with _books.of_loop(MOST_AT_ONCE):
            content = await pdf_apart(book)
    else:
        content = await _books.apart(MOST_AT_ONCE, make_book, book, form)
    return await to_thread.run_sync(save, shelf_of(item).book(ENDINGS[form]), content)


def _note(item: FictionItem, records: Sequence[ChapterRecord]) -> str:
    """Say what readers are to know of how the book was made."""
    said = []
    if any(record.by_model.startswith(f"{LOCAL}:") for record in records):
        said.append("Draft by a small local model.")
    if item.bar.profile is GateProfile.DRAFT:
        said.append('Made under the gate profile "draft": scores were measured, and held nothing up.')
    models = sorted({record.by_model for record in records} - {BY_AUTHOR})
    if models:
        said.append(f"Written by {', '.join(models)}.")
        if len(models) < len({record.by_model for record in records}) or _is_edited(item, records):
            said.append("Edited by hand.")
    return " ".join(said)


def _is_edited(item: FictionItem, records: Sequence[ChapterRecord]) -> bool:
    return any(shelf_of(item).edited_text(record.number) is not None for record in records)


def alike(texts: Sequence[str]) -> list[str]:
    """Say which chapters have the same text as an earlier one, whatever its spaces and capitals."""
    seen: dict[str, int] = {}
    found = []
    for number, text in enumerate(texts, 1):
        first = seen.setdefault(" ".join(text.casefold().split()), number)
        if first != number:
            found.append(f"chapter {number} has the same text as chapter {first}")
    return found


def _last_change(item: FictionItem, numbers: Sequence[int]) -> date:
    """Return the day on which a chapter was last changed: a book made again of the same chapters is the same."""
    shelf = shelf_of(item)
    newest = max(shelf.text(number).stat().st_mtime for number in numbers)
    return datetime.fromtimestamp(newest, UTC).date()
