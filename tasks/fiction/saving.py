"""Saving what was made into a project's folder, and saying what became of the item."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from tasks.fiction.briefs import ChapterBrief
from tasks.fiction.library import ChapterRecord, save, save_shape, titled
from tasks.fiction.loading import shelf_of
from tasks.fiction.models import FictionItem
from tasks.fiction.story import ChapterText, Characters, Ending, Outline, QualityReport
from tasks.fiction.writing import BY_AUTHOR
from tasks.models import ItemStatus, Outcome, Output
from tasks.words import count, score

KEPT = "kept as its author has written it"
WAITS = "waits for review: "
"""What a warning begins with that says why something waits."""
TOLD = "goes on all the same: "
"""The same of what its author has written, which stands."""
EARLIER = "earlier"
"""Folder of the chapters that were written anew since, beside them."""


def save_cast(item: FictionItem, characters: Characters) -> Outcome:
    """Save a project's characters, unless its author has edited them."""
    shelf = shelf_of(item)
    if shelf.is_edited(shelf.characters):
        return _kept(item, shelf.characters.read_bytes(), str(shelf.characters))
    return Outcome(item_id=item.item_id, outputs=[save_shape(shelf.characters, characters)])


def save_plan(item: FictionItem, outline: Outline) -> Outcome:
    """Save a project's outline, unless its author has edited it."""
    shelf = shelf_of(item)
    if shelf.is_edited(shelf.outline):
        return _kept(item, shelf.outline.read_bytes(), str(shelf.outline))
    return Outcome(item_id=item.item_id, outputs=[save_shape(shelf.outline, outline)])


def save_text(item: FictionItem, draft: ChapterText, ending: Ending, report: QualityReport) -> Outcome:
    """Save a chapter and what is kept beside it; one that does not pass waits for review, its author's own never."""
    shelf = shelf_of(item)
    is_own = draft.by_model == BY_AUTHOR
    path = shelf.text(item.chapter)
    content = path.read_bytes() if is_own and path.is_file() else titled(draft.title, draft.text)
    record = ChapterRecord(
        number=item.chapter,
        title=draft.title,
        ending=ending,
        words=draft.words,
        by_model=draft.by_model,
        revision=draft.revision,
        text_sha256=hashlib.sha256(content if not is_own else b"").hexdigest(),
        quality=report,
    )
    if not is_own:
        put_aside(path, content)
    outputs = [save(path, content), save_shape(shelf.record(item.chapter), record)]
    waits = bool(report.blocking) and not is_own
    return Outcome(
        item_id=item.item_id,
        status=ItemStatus.NEEDS_REVIEW if waits else ItemStatus.SUCCEEDED,
        outputs=outputs,
        warnings=tuple(_said(report, draft, waits=waits)),
    )


def put_aside(path: Path, content: bytes) -> None:
    """Keep a chapter's text that is about to be replaced by another one, under a name of its content."""
    if not path.is_file() or (before := path.read_bytes()) == content:
        return
    mark = hashlib.sha256(before).hexdigest()[:8]
    save(path.parent / EARLIER / f"{path.stem}-{mark}{path.suffix}", before)


def save_report(item: FictionItem, report: QualityReport) -> Outcome:
    """Save what quality control says of a chapter; one that does not pass waits for review."""
    output = save_shape(shelf_of(item).quality(item.chapter), report)
    status = ItemStatus.NEEDS_REVIEW if report.blocking else ItemStatus.SUCCEEDED
    return Outcome(item_id=item.item_id, status=status, outputs=[output], warnings=tuple(scored(report)))


def checked_text(brief: ChapterBrief, record: ChapterRecord, text: str) -> ChapterText:
    """Return a chapter of the library as one that has just been written."""
    return ChapterText(
        title=record.title or brief.plan.title,
        text=text,
        words=record.words,
        by_model=record.by_model,
        revision=record.revision,
    )


def _kept(item: FictionItem, content: bytes, path: str) -> Outcome:
    return Outcome(item_id=item.item_id, outputs=[Output.of(path, content)], warnings=(KEPT,))


def _said(report: QualityReport, draft: ChapterText, *, waits: bool) -> Iterator[str]:
    if draft.by_model == BY_AUTHOR:
        yield KEPT
    if waits and draft.revision:
        yield f"sent back {count(draft.revision, 'time')}, and still does not pass"
    yield from scored(report, WAITS if waits else TOLD)


def scored(report: QualityReport, before: str = WAITS) -> Iterator[str]:
    """Say how a chapter did, and what keeps it from going on; `before` is what that means for it."""
    yield f"{score(report.total, 0)} of 100 by {report.judged_by}"
    yield from (f"{before}{reason}" for reason in report.blocking)
