"""What the ledger says of the schedules of a batch, for those who tell of them: nothing heavy, and no file is read."""

from __future__ import annotations

import re
from collections.abc import Container
from datetime import date

from tasks.creators.models import Saved
from tasks.creators.store import Execute

_NAME = re.compile(r"(.*?)(?:@(\d{4}-\d\d-\d\d))?", re.DOTALL)
_AGAIN = re.compile(r"#\d+$")
_QUERY = (
    "SELECT item_id, creator_id, week_start, schedule_id, status, quality_score, predicted_value,"
    " (SELECT count(*) FROM schedule_item WHERE schedule_item.schedule_id = schedule.schedule_id) AS posts"
    " FROM schedule WHERE batch_id = ? ORDER BY saved_at, schedule_id"
)


def saved_in(execute: Execute, batch_id: str) -> dict[str, Saved]:
    """Return the schedule of each item of a batch that has one: the newest, where it was made again."""
    return {
        row["item_id"]: Saved(
            schedule_id=row["schedule_id"],
            creator_id=row["creator_id"],
            week_start=row["week_start"],
            status=row["status"],
            quality_score=row["quality_score"],
            items_scheduled=row["posts"],
            predicted_value=row["predicted_value"],
        )
        for row in execute(_QUERY, (batch_id,))
    }


def named_in(item_id: str, among: Container[str] = ()) -> tuple[str, date | None]:
    """Return creator and week as an item's name tells them, for one that never had a schedule.

    `among` are all names of its batch: only who stands there without it was asked for twice, where a name ends in `#2`.
    """
    first = _AGAIN.sub("", item_id)
    found = _NAME.fullmatch(first if first in among else item_id)
    assert found is not None
    return found[1], date.fromisoformat(found[2]) if found[2] else None
