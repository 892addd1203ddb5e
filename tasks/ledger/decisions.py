"""Decisions on items that wait for review: each is one transaction, so that of two at the same time one wins.

It needs no lease: a running batch writes an item's end once, and reads how its items stand again when it closes.
"""

from __future__ import annotations

import json
import time
from typing import Any
from uuid import uuid4

from pydantic import TypeAdapter
from sqlalchemy import Connection, insert, select, update
from sqlmodel import SQLModel

from tasks.errors import PressroomError, fault
from tasks.ledger.store import Ledger, status_of
from tasks.ledger.tables import BatchRow, DecisionRow, ItemRow
from tasks.models import BatchStatus, ItemStatus, Output
from tasks.reuse import read_reusable
from tasks.reviews import Case, Decision, Review, Revised

_BATCHES, _ITEMS, _DECISIONS = (
    SQLModel.metadata.tables[str(row.__tablename__)] for row in (BatchRow, ItemRow, DecisionRow)
)
_Outputs = TypeAdapter(list[Output])
_AT_REST = (BatchStatus.SUCCEEDED, BatchStatus.PARTIAL, BatchStatus.FAILED)
"""Statuses that follow from how a batch's items stand; the others say how its run ended, or that it has not."""
_DONE = {"approve": "approved", "edit": "edited", "reject": "rejected"}


def decide(ledger: Ledger, case: Case, *, by: str, note: str = "", review: Review | None = None) -> DecisionRow:
    """Decide on an item and write the decision down; NOT_IN_REVIEW when it does not wait, or no longer.

    Of `case` only the names, the decision and the edited file count: the rest is read again under the same lock.
    `review` is the kind's part.
    """
    with ledger.transaction() as connection:
        case = _claimed(connection, case)
        if case.decision is Decision.APPROVE:
            _refuse_changed(case)
        revised = review(case, connection) if review is not None else None
        made = revised or Revised(case.outputs, case.warnings)
        _settle(connection, case, made, note)
        row = DecisionRow(
            id=uuid4().hex,
            batch_id=case.batch_id,
            item_id=case.item_id,
            decision=case.decision.value,
            note=note,
            decided_by=by,
            decided_at=time.time(),
            before=_mark(case.outputs),
            after=_mark(made.outputs) if made.outputs != case.outputs else None,
            broken_rules=json.dumps(made.broken) if made.broken else None,
        )
        connection.execute(insert(_DECISIONS).values(row.model_dump()))
        _settle_batch(connection, case.batch_id, is_open=not made.is_made)
    return row


def _claimed(connection: Connection, case: Case) -> Case:
    """Take the item out of review, so that whoever comes next finds it there no more, and return what it has made."""
    c = _ITEMS.c
    mine = (c.batch_id == case.batch_id, c.item_id == case.item_id)
    status = ItemStatus.FAILED if case.decision is Decision.REJECT else ItemStatus.SUCCEEDED
    waits = update(_ITEMS).where(*mine, c.status == ItemStatus.NEEDS_REVIEW.value)
    if connection.execute(waits.values(status=status.value)).rowcount == 0:
        raise _not_in_review(connection, case)
    row = connection.execute(select(c.outputs, c.warnings).where(*mine)).one()
    outputs = tuple(_Outputs.validate_json(row.outputs))
    return case._replace(outputs=outputs, warnings=tuple(json.loads(row.warnings or "[]")))


def _not_in_review(connection: Connection, case: Case) -> PressroomError:
    batch = select(_BATCHES.c.batch_id).where(_BATCHES.c.batch_id == case.batch_id)
    if connection.execute(batch).first() is None:
        return fault("UNKNOWN_BATCH", batch_id=case.batch_id)
    c, d = _ITEMS.c, _DECISIONS.c
    item = select(c.status).where(c.batch_id == case.batch_id, c.item_id == case.item_id)
    status = connection.execute(item).scalar()
    decided = select(d.decision, d.decided_by).where(d.batch_id == case.batch_id, d.item_id == case.item_id)
    last = connection.execute(decided.order_by(d.decided_at.desc())).first()
    why = "there is no such item" if status is None else f"it is {status}"
    if last is not None:
        why += f", and was {_DONE[last.decision]} by {last.decided_by}"
    hint = f"`pressroom review {case.batch_id}` lists what waits."
    return fault("NOT_IN_REVIEW", item_id=case.item_id, batch_id=case.batch_id, why=why, hint=hint)


def _refuse_changed(case: Case) -> None:
    """Refuse to approve something else than what was judged and is written down."""
    for output in case.outputs:
        if read_reusable(output) is None:
            edit = f"pressroom review {case.batch_id} {case.item_id} edit --file FILE"
            raise fault("OUTPUT_CHANGED", path=output.path, item_id=case.item_id, edit=edit)


def _settle(connection: Connection, case: Case, made: Revised, note: str) -> None:
    values: dict[str, Any] = {"warnings": json.dumps(made.warnings) if made.warnings else None}
    if case.decision is Decision.REJECT:
        error = fault("REVIEW_REJECTED", item_id=case.item_id, note=f": {note}" if note else "")
        values |= {"error_code": error.code, "error_message": error.message, "remedy": error.remedy}
    if not made.is_made:
        values["status"] = ItemStatus.PENDING.value
    if made.outputs != case.outputs:
        values["outputs"] = _Outputs.dump_json(list(made.outputs)).decode()
    if case.decision is Decision.EDIT:
        # What a person has written is nobody else's to take over as made from the same input.
        values["fingerprint"] = None
    c = _ITEMS.c
    mine = (c.batch_id == case.batch_id, c.item_id == case.item_id)
    connection.execute(update(_ITEMS).where(*mine).values(**values))


def _settle_batch(connection: Connection, batch_id: str, *, is_open: bool) -> None:
    """Let a batch at rest stand as its items do now; one at work sees to that when it ends.

    One of which an item is to be made yet has not failed, whatever became of the others.
    """
    mine = _BATCHES.c.batch_id == batch_id
    status = connection.execute(select(_BATCHES.c.status).where(mine)).scalar_one()
    if status in _AT_REST:
        now = BatchStatus.PARTIAL if is_open else status_of(connection, batch_id)
        connection.execute(update(_BATCHES).where(mine).values(status=now.value))


def _mark(outputs: tuple[Output, ...]) -> str | None:
    return outputs[0].sha256 if outputs else None
