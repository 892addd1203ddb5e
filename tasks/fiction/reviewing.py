"""Fiction's part in a review: an edited chapter is checked, and stands from then on as its author's own.

Approving changes no file. A rejected chapter is made again by `pressroom retry`, with another seed and with what was
said of it. All of it is written in the transaction of the decision, the files last: what fails leaves it waiting.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from tasks.errors import PressroomError, fault
from tasks.fiction.checks.chapter import check_chapter
from tasks.fiction.gates import GateProfile
from tasks.fiction.gating import gate
from tasks.fiction.library import ChapterRecord, body_of, heading_of, save, save_shape, titled
from tasks.fiction.loading import chapter_brief
from tasks.fiction.models import FictionBatch, FictionItem
from tasks.fiction.planning import items_of
from tasks.fiction.saving import WAITS, scored
from tasks.fiction.story import QualityReport
from tasks.fiction.writing import BY_AUTHOR
from tasks.files import read_text
from tasks.ledger.database import ask
from tasks.parameters import BOUNDLESS
from tasks.reviews import Case, Decision, Revised
from tasks.words import count


def review(case: Case, connection: Connection) -> Revised | None:
    """Carry a decision out on what the item has saved."""
    if case.decision is Decision.REJECT:
        return None
    if case.decision is Decision.APPROVE:
        return Revised(case.outputs, tuple(text.removeprefix(WAITS) for text in case.warnings))
    assert case.edited is not None, "an edit has its file"
    if len(case.outputs) < 2 or not case.outputs[0].path.endswith(".md"):
        what = f"{case.item_id!r} is no chapter, and only the text of a chapter can be edited in review."
        raise fault("INVALID_INPUT", what=what)
    return _edited(case, case.edited, connection)


def _edited(case: Case, edited: Path, connection: Connection) -> Revised:
    """Take an edited text over: EDIT_BREAKS_RULES unless it holds to structure, length and language, or is forced."""
    title, text = heading_of(whole := read_text(edited)), body_of(whole)
    record_path = Path(case.outputs[1].path)
    record = ChapterRecord.model_validate_json(read_text(record_path))
    found = check_chapter(text, chapter_brief(_item(case, connection), None).checked_against())
    report = QualityReport(scores=found.scores, issues=found.issues, measured=found.measured, hook=found.hook)
    broken = gate(report, FictionBatch().quality, GateProfile.DRAFT)
    if broken and not case.despite_rules:
        raise _refused(edited, broken)
    # Without a mark of its text it counts as its author's own, which no later batch writes over.
    title = title or record.title
    changes = {
        "title": title,
        "words": found.measured.words,
        "by_model": BY_AUTHOR,
        "text_sha256": "",
        "quality": report,
    }
    kept = save_shape(record_path, record.model_copy(update=changes))
    outputs = (save(Path(case.outputs[0].path), titled(title, text)), kept)
    warnings = (*scored(report), *(f"edited against a rule: {one}" for one in broken))
    return Revised(outputs, warnings, tuple(broken))


def _refused(path: Path, broken: list[str]) -> PressroomError:
    number = count(len(broken), "rule")
    return fault("EDIT_BREAKS_RULES", path=str(path), number=number, broken="; ".join(broken))


def _item(case: Case, connection: Connection) -> FictionItem:
    """Make the item again from what its batch was asked for."""
    (row,) = ask(connection, "SELECT spec FROM batch WHERE batch_id = ?", (case.batch_id,))
    batch = FictionBatch.model_validate_json(row["spec"], context=BOUNDLESS)
    return next(item for item in items_of(batch, now=datetime.now(UTC)) if item.item_id == case.item_id)
