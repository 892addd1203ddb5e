"""Rows of a roster in the database, for tests that read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from creating import WEEK
from sqlalchemy import insert
from sqlmodel import SQLModel

from tasks.creators.pool import pool
from tasks.creators.store import save_schedule
from tasks.creators.tables import AudienceRow, CopyRow, CreatorRow, SampleRow, ScheduleItemRow, ScheduleRow


def put_rows(*rows: SQLModel) -> None:
    """Write rows as they are."""
    with pool().writing() as connection:
        for row in rows:
            values = {name: value for name, value in row.model_dump().items() if (name, value) != ("id", None)}
            connection.execute(insert(SQLModel.metadata.tables[str(row.__tablename__)]).values(values))


def creator(creator_id: str, **fields: Any) -> CreatorRow:
    """A creator."""
    known: dict[str, Any] = {
        "page_name": f"{creator_id.title()} page",
        "time_zone": "Europe/Lisbon",
        "audience_size": 8_000,
        "niche": "pottery",
    }
    return CreatorRow(creator_id=creator_id, **known | fields)


def copy(copy_id: str, creator_id: str = "", **fields: Any) -> CopyRow:
    """A text."""
    return CopyRow(copy_id=copy_id, creator_id=creator_id, **{"text": f"Text {copy_id}", "slot_type": "photo"} | fields)


def sample(creator_id: str, days_before: int = 7, **fields: Any) -> SampleRow:
    """What a post brought, so many days before the planned week."""
    known: dict[str, Any] = {"hour": 10, "slot_type": "photo", "value": 10.0}
    return SampleRow(creator_id=creator_id, posted_on=str(WEEK - timedelta(days=days_before)), **known | fields)


def audience(creator_id: str, weeks_before: int = 1, **fields: Any) -> AudienceRow:
    """A segment in a week."""
    known: dict[str, Any] = {"week_start": str(WEEK - timedelta(weeks=weeks_before)), "segment": "new", "size": 5}
    return AudienceRow(creator_id=creator_id, **known | fields)


def schedule(
    creator_id: str, posts: Mapping[str, str] | Sequence[str] = (), *, week: date = WEEK, **fields: Any
) -> ScheduleRow:
    """Save a schedule; `posts` are copy ids, or the time of each by copy id."""
    times = posts if isinstance(posts, Mapping) else dict.fromkeys(posts, f"{week}T10:00:00+00:00")
    row = schedule_row(creator_id, week=week, **fields)
    items = [
        ScheduleItemRow(
            schedule_id=row.schedule_id, post_id=f"0-{number:02d}", starts_at=at, slot_type="photo", copy_id=copy_id
        )
        for number, (copy_id, at) in enumerate(times.items(), start=1)
    ]
    save_schedule(row, items)
    return row


def schedule_row(creator_id: str, *, week: date = WEEK, **fields: Any) -> ScheduleRow:
    """A schedule that is not saved yet."""
    known: dict[str, Any] = {
        "schedule_id": f"sched_{creator_id}_{week}",
        "week_start": str(week),
        "batch_id": "b",
        "item_id": f"{creator_id}-{week}",
        "status": "APPROVED",
        "quality_score": 90.0,
        "predicted_value": 100.0,
        "document": "{}",
        "certificate": "sha256:0",
        "saved_at": 1.0,
    }
    return ScheduleRow(creator_id=creator_id, **known | fields)
