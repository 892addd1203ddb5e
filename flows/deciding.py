"""Deciding on an item that waits for review, for the command and for the form in Prefect's UI alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from flows.command.ledger import await_ledger, looking_at
from flows.command.report import renewed
from flows.command.review import DONE
from tasks.ledger.decisions import decide
from tasks.ledger.glance import BatchDocument, ItemDocument
from tasks.ledger.reviews import waiting_items
from tasks.ledger.store import Ledger
from tasks.ledger.tables import DecisionRow
from tasks.reviews import Case, Decision
from tasks.settings import settings
from tasks.specs import has_spec, hook, kind_spec


class Decided(NamedTuple):
    """What a decision has come to."""

    row: DecisionRow
    item: ItemDocument
    batch: BatchDocument
    waiting: int
    """How many items of the batch wait still."""
    reports: Sequence[Path]
    """Reports that were written again; none where the batch is at work, which writes them when it ends."""


def decide_on(
    batch_id: str,
    item_id: str,
    decision: Decision,
    *,
    by: str,
    note: str = "",
    edited: Path | None = None,
    despite_rules: bool = False,
) -> Decided:
    """Decide, write the batch's reports again, and say what has come of it.

    UNKNOWN_BATCH, or NOT_IN_REVIEW where no such item waits; what the kind finds wrong with an edit.
    """
    await_ledger()
    kind, reviewer = _reviewer(batch_id, decision)
    case = Case(batch_id, kind, item_id, decision, (), edited=edited, despite_rules=despite_rules)
    ledger = Ledger(settings())
    try:
        row = decide(ledger, case, by=by, note=note, review=reviewer)
    finally:
        ledger.close()
    written = renewed(batch_id)
    with looking_at(batch_id) as glance:
        result = glance.result(batch_id)
        waiting = len(waiting_items(glance.execute, batch_id))
    item = next(one for one in result["results"] if one["item_id"] == item_id)
    return Decided(row, item, result, waiting, written)


def in_words(decided: Decided) -> Iterator[str]:
    """Say what has come of it, and how it goes on."""
    row, item, batch, waiting, _ = decided
    yield f"{row.item_id} of batch {row.batch_id}: {DONE[row.decision]} by {row.decided_by}"
    yield from (f"  {text}" for text in (item["warnings"] if row.decision == Decision.EDIT else ()))
    made = f"{batch['successful']:,} of {batch['total']:,} made, {waiting:,} to review"
    yield f"The batch is {batch['status']}: {made}"
    if waiting:
        yield f"To decide on the others: pressroom review {row.batch_id}"
    if row.decision == Decision.REJECT:
        yield f"To make it again: pressroom retry {row.batch_id}"
    elif item["status"] == "pending":
        yield f"To go on with it: pressroom resume {row.batch_id}"


def _reviewer(batch_id: str, decision: Decision) -> tuple[str, Any]:
    """Return the kind of a batch, and its part in a decision; without one nothing can be edited."""
    with looking_at(batch_id) as glance:
        kind, _ = glance.spec(batch_id)
    if decision is Decision.EDIT:
        return kind, hook(kind, "review", "be edited in review")
    return kind, getattr(kind_spec(kind), "review", None) if has_spec(kind) else None
