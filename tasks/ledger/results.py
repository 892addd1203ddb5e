"""A batch's result, read back from the ledger: the same whether it has just ended or ended last week."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from sqlalchemy import Row

from tasks.errors import fault
from tasks.ledger.away import redone
from tasks.ledger.spending import NEVER, budgets_in, item_costs, spent, total_use
from tasks.ledger.store import Ledger
from tasks.ledger.uses import NO_COST, ItemSpentDocument
from tasks.models import BatchStatus, ItemStatus
from tasks.results import BatchResult, ItemResult, ItemResults, Parallelism


@redone
def read_result(ledger: Ledger, batch_id: str) -> BatchResult:
    """Build the result of a batch, its items in the order of the spec; UNKNOWN_BATCH when there is none."""
    batch = ledger.batch(batch_id)
    if batch is None:
        raise fault("UNKNOWN_BATCH", batch_id=batch_id)
    # It is read when the batch ends, so no call of it is in flight.
    costs = item_costs(ledger.execute, batch_id, alive=NEVER)
    results = [_item(row, costs.get(row.item_id, NO_COST)) for row in ledger.items(batch_id)]
    counts = Counter(result.status for result in results)
    return BatchResult(
        batch_id=batch_id,
        kind=batch.kind,
        status=BatchStatus(batch.status),
        reason=batch.reason,
        total=len(results),
        successful=counts[ItemStatus.SUCCEEDED],
        failed=counts[ItemStatus.FAILED],
        skipped=counts[ItemStatus.SKIPPED],
        cancelled=counts[ItemStatus.CANCELLED],
        pending=counts[ItemStatus.PENDING] + counts[ItemStatus.RUNNING],
        needs_review=counts[ItemStatus.NEEDS_REVIEW],
        reused=sum(result.reused for result in results),
        wall_clock_seconds=batch.wall_clock_seconds,
        sum_item_seconds=sum(result.duration_seconds for result in results),
        **spent(total_use(ledger.execute, batch_id, alive=NEVER), budgets_in(batch.spec)),
        parallelism=[Parallelism.model_validate(bound) for bound in json.loads(batch.parallelism)],
        output_dir=batch.output_dir,
        results=ItemResults(results),
    )


def _item(row: Row[Any], cost: ItemSpentDocument) -> ItemResult:
    return ItemResult(
        item_id=row.item_id,
        status=ItemStatus(row.status),
        error_code=row.error_code,
        error_message=row.error_message,
        remedy=row.remedy,
        duration_seconds=row.duration_seconds,
        **cost,
        outputs=json.loads(row.outputs),
        reused=row.reused,
        warnings=json.loads(row.warnings) if row.warnings else [],
    )
