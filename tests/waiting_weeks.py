"""A schedule that waits for review, with the roster that it was planned from, and what a person decides of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from creating import WEEK
from kinds import ledger
from rosters import copy, creator, put_rows, schedule_row
from schedule_parts import document, post, quality
from sites import put

from tasks.creators import store
from tasks.creators.document import ScheduleDocument, SchedulePost
from tasks.creators.files import write_schedule
from tasks.creators.findings import Verdict
from tasks.creators.models import CreatorBatch
from tasks.creators.pool import pool
from tasks.creators.reviewing import review
from tasks.creators.store_reading import uses_in_schedules
from tasks.creators.tables import ScheduleItemRow
from tasks.errors import PressroomError
from tasks.ledger.decisions import decide
from tasks.ledger.roster import enroll
from tasks.ledger.tables import BatchRow, DecisionRow
from tasks.models import ItemStatus, Outcome, Select
from tasks.reviews import Case, Decision

ITEM = "alma"
SCORE = "scored 78, and 85 is approved unseen"
JULY = WEEK.replace(month=7, day=1)


def text(number: int) -> str:
    return f"What number {number} is about."


def waiting(folder: Path, *own: SchedulePost, **fields: Any) -> ScheduleDocument:
    """Save a schedule of three posts, or of `own`, which waits for review, with the roster that it was planned from."""
    put_rows(creator("alma", page_name="Alma at the wheel"))
    slots = {"slot_type": "photo_set"}
    put_rows(*(copy(f"c{number}", "alma", text=text(number), **slots) for number in range(1, 6)), copy("x", "bo"))
    posts = [post(0, 607, copy_id="c1", copy_text=text(1))]
    posts += [post(4, 1143, copy_id="c2", copy_text=text(2), price=9.0)]
    posts += [post(4, 1170, post_id="4-19f", parent="4-19", copy_id=None, copy_text="And one more.", value=10.0)]
    posts = list(own) or posts
    made = document(*posts, status=Verdict.NEEDS_REVIEW, quality=quality(78, Verdict.NEEDS_REVIEW), **fields)
    outputs = write_schedule(made, folder / "output/b")
    row = schedule_row(
        "alma",
        schedule_id=made.schedule_id,
        item_id=ITEM,
        status="NEEDS_REVIEW",
        quality_score=78.0,
        predicted_value=made.revenue.expected,
        document=made.model_dump_json(),
    )
    names = ScheduleItemRow.model_fields.keys() - {"schedule_id"}
    rows = [
        ScheduleItemRow(schedule_id=row.schedule_id, **{name: getattr(one, name) for name in names}) for one in posts
    ]
    store.save_schedule(row, rows)
    now = time.time()
    spec = CreatorBatch(batch_id="b", creators=["alma"]).model_dump_json()
    batch = BatchRow(
        batch_id="b",
        kind="creators",
        status="succeeded",
        spec=spec,
        output_dir=str(folder / "output/b"),
        total=1,
        created_at=now,
        started_at=now,
    )
    with ledger() as opened:
        opened.record_batch(batch)
        enroll(opened, "b", [(ITEM, "x")], Select.UNFINISHED)
        held = Outcome(
            item_id=ITEM, status=ItemStatus.NEEDS_REVIEW, outputs=outputs, warnings=(f"waits for review: {SCORE}",)
        )
        opened.settle_items("b", [held])
    return made


def decided(decision: str, edited: Path | None = None, *, despite_rules: bool = False, note: str = "") -> DecisionRow:
    with ledger() as opened:
        case = Case("b", "creators", ITEM, Decision(decision), (), edited=edited, despite_rules=despite_rules)
        return decide(opened, case, by="ines", note=note, review=review)


def refusal(decision: str, edited: Path | None = None, *, despite_rules: bool = False) -> str:
    with pytest.raises(PressroomError) as caught:
        decided(decision, edited, despite_rules=despite_rules)
    return str(caught.value)


def saved() -> tuple[str, ScheduleDocument]:
    """Status and document of the schedule as the database has it."""
    (row,) = pool().execute("SELECT status, document FROM schedule WHERE batch_id = 'b'")
    return row["status"], ScheduleDocument.model_validate_json(row["document"])


def item_row() -> Any:
    with ledger() as opened:
        return next(iter(opened.items("b")))


def edited(folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """Copy the schedule's file, changed."""
    (path,) = (folder / "output/b").glob("*.json")
    data = json.loads(path.read_text())
    change(data)
    return put(folder / "edited.json", json.dumps(data))


def set_in(number: int, **fields: Any) -> Callable[[dict[str, Any]], object]:
    return lambda data: data["posts"][number].update(fields)


def used_up() -> set[str]:
    rows = uses_in_schedules(pool().execute, {"alma"}, set(), JULY)
    return {row["copy_id"] for row in rows}
