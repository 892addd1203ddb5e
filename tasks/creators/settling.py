"""What a batch leaves to the day on which it is asked for: settled once, and the same whenever it is taken up again."""

from __future__ import annotations

from tasks.asked_at import asked_at
from tasks.creators.models import CreatorBatch
from tasks.creators.weeks import next_monday
from tasks.ledger.looking import earlier_spec


def settled(batch: CreatorBatch) -> CreatorBatch:
    """Return the batch with its day and its weeks; one that the ledger knows has those that it began with."""
    if batch.asked_on is not None and batch.week_start is not None:
        return batch
    before = _before(batch.batch_id or "")
    asked_on = batch.asked_on or before.asked_on or asked_at().date()
    weeks = batch.week_start or before.week_start or next_monday(asked_on)
    return batch.model_copy(update={"asked_on": asked_on, "week_start": weeks})


def _before(batch_id: str) -> CreatorBatch:
    """Return day and weeks that the batch of this name began with, if there is one."""
    known = earlier_spec("creators", batch_id)
    return CreatorBatch(asked_on=known.get("asked_on"), week_start=known.get("week_start"))
