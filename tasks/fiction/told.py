"""What came of the chapters and books of a batch, for its reports: asked of the ledger, and of the files it names.

A file that is gone, or is no longer as the batch wrote it, costs its chapter the figures and nothing else. Only so many
are read as a report can use.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from pydantic import ValidationError

from tasks.errors import PressroomError
from tasks.fiction.jobs import OF_CHAPTERS, JobType
from tasks.fiction.library import ChapterRecord
from tasks.fiction.loading import shelf_of
from tasks.fiction.models import FictionBatch, FictionItem
from tasks.fiction.planning import placed_items
from tasks.fiction.story import QualityReport
from tasks.models import Output
from tasks.parameters import BOUNDLESS
from tasks.reuse import read_reusable
from tasks.shape import Shape

if TYPE_CHECKING:
    from tasks.ledger.glance import Execute, Row

ShapeT = TypeVar("ShapeT", bound=Shape)
MOST_FILES = 2000
"""Files of chapters that are read for one report, at most."""


class ChapterLine(NamedTuple):
    """A chapter of the batch, as far as is known of it."""

    project_id: str
    number: int
    status: str
    report: QualityReport | None = None
    words: int = 0
    author: str = ""
    revision: int = 0


class BookLine(NamedTuple):
    """A book of the batch."""

    project_id: str
    chapters: int
    status: str
    reports: list[QualityReport]
    """Of its chapters in their order, those that are known."""
    words: int


class Told(NamedTuple):
    """A batch as its reports tell of it."""

    batch: FictionBatch
    chapters: list[ChapterLine]
    books: list[BookLine]


def told_of(execute: Execute, batch_id: str) -> Told:
    """Read what there is to tell of a batch."""
    (row,) = execute("SELECT spec FROM batch WHERE batch_id = ?", (batch_id,))
    batch = FictionBatch.model_validate_json(row["spec"], context=BOUNDLESS)
    try:
        items = [item for _, item in placed_items(batch, now=datetime.now(UTC))]
    except PressroomError:  # Its file of items has been cleaned away.
        items = []
    query = "SELECT item_id, status, outputs FROM item WHERE batch_id = ?"
    rows = {row["item_id"]: row for row in execute(query, (batch_id,))}
    reader = _Reader()
    chapters = [
        reader.chapter(item, rows[item.item_id])
        for item in items
        if item.job_type in OF_CHAPTERS and item.item_id in rows
    ]
    known = {(one.project_id, one.number): one for one in chapters}
    books = [
        reader.book(item, rows[item.item_id]["status"], known)
        for item in items
        if item.job_type is JobType.EXPORT and item.item_id in rows
    ]
    return Told(batch, chapters, books)


class _Reader:
    """Reads files, and stops when they are too many."""

    def __init__(self) -> None:
        self._left = MOST_FILES

    def chapter(self, item: FictionItem, row: Row) -> ChapterLine:
        line = ChapterLine(item.project_id, item.chapter, row["status"])
        shelf = shelf_of(item)
        if item.job_type is JobType.QUALITY:
            report = self._read(row, shelf.quality(item.chapter), QualityReport)
            return line if report is None else line._replace(report=report, words=report.measured.words)
        record = self._read(row, shelf.record(item.chapter), ChapterRecord)
        return line if record is None else _filled(line, record)

    def book(self, item: FictionItem, status: str, known: Mapping[tuple[str, int], ChapterLine]) -> BookLine:
        """Put a book's chapters together: as this batch made them, else as they lie in the library now."""
        lines = [known.get((item.project_id, number)) for number in range(1, item.project.chapters + 1)]
        if not any(lines):
            lines = list(self._library(item))
        reports = [line.report for line in lines if line is not None and line.report is not None]
        words = sum(line.words for line in lines if line is not None)
        return BookLine(item.project_id, item.project.chapters, status, reports, words)

    def _library(self, item: FictionItem) -> Iterator[ChapterLine | None]:
        shelf = shelf_of(item)
        for number in range(1, item.project.chapters + 1):
            self._left -= 1
            if self._left < 0:
                return
            try:
                yield _filled(ChapterLine(item.project_id, number, ""), shelf.read_record(number))
            except PressroomError:
                yield None

    def _read(self, row: Row, path: Path, shape: type[ShapeT]) -> ShapeT | None:
        found = next((one for one in json.loads(row["outputs"]) if one["path"] == str(path)), None)
        if found is None or self._left <= 0:
            return None
        self._left -= 1
        content = read_reusable(Output.model_validate(found))
        try:
            return None if content is None else shape.model_validate_json(content)
        except ValidationError:  # Of another version.
            return None


def _filled(line: ChapterLine, record: ChapterRecord) -> ChapterLine:
    return line._replace(report=record.quality, words=record.words, author=record.by_model, revision=record.revision)
