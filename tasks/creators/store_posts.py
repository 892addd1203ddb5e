"""Which posts a creator's week has had, over all schedules that were saved of it."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from tasks.creators.store import Execute

_QUERY = (
    "SELECT schedule_item.post_id, schedule_item.starts_at, schedule_item.slot_type FROM schedule_item"
    " JOIN schedule ON schedule.schedule_id = schedule_item.schedule_id"
    " WHERE schedule.creator_id = ? AND schedule.week_start = ?"
    " ORDER BY schedule.saved_at, schedule.schedule_id, schedule_item.post_id"
)


class Once(NamedTuple):
    """A post as some schedule of its week had it."""

    post_id: str
    starts_at: str
    slot_type: str


def posts_once(execute: Execute, creator_id: str, week_start: date) -> list[Once]:
    """Return all of them, those of the newest schedule last."""
    rows = execute(_QUERY, (creator_id, str(week_start)))
    return [Once(row["post_id"], row["starts_at"], row["slot_type"]) for row in rows]
