"""What is asked of the roster and of the schedules that were saved, and how a schedule is saved.

Reading is SQL text with `?`, so that it runs through the pool, and as well through the quick look into the ledger
that `plan`, `validate` and `creators list` take, which load nothing that takes time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tasks.creators.roster_rows import Part
    from tasks.creators.tables import ScheduleItemRow, ScheduleRow

Execute = Callable[[str, Sequence[object]], Sequence[Any]]
"""Runs a query with `?` for each value and returns its rows, which are read by column name."""
GONE = ("SUPERSEDED", "REJECTED")
"""Schedules that nobody posts by."""


class Listed(NamedTuple):
    """A creator as the roster lists him."""

    creator_id: str
    page_name: str
    is_active: bool
    group: str
    niche: str
    audience_size: int
    time_zone: str
    copies: int
    samples: int
    rules: str = "{}"
    """Where his rules differ from the batch's, as JSON."""


def listed(execute: Execute) -> list[Listed]:
    """Return all creators by id, each with how many copies he may use and how many samples there are."""
    copies = "SELECT creator_id, group_name, count(*) AS number FROM creator_copy WHERE is_active GROUP BY 1, 2"
    own: dict[str, int] = {}
    shared: dict[str, int] = {}
    for row in execute(copies, ()):
        kept, name = (own, row["creator_id"]) if row["creator_id"] else (shared, row["group_name"])
        kept[name] = kept.get(name, 0) + row["number"]
    samples = {
        row["creator_id"]: row["number"]
        for row in execute("SELECT creator_id, count(*) AS number FROM performance_sample GROUP BY creator_id", ())
    }
    return [
        Listed(
            creator_id=row["creator_id"],
            page_name=row["page_name"],
            is_active=bool(row["is_active"]),
            group=row["group_name"],
            niche=row["niche"],
            audience_size=row["audience_size"],
            time_zone=row["time_zone"],
            copies=own.get(row["creator_id"], 0) + (shared.get(row["group_name"], 0) if row["group_name"] else 0),
            samples=samples.get(row["creator_id"], 0),
            rules=row["rules"],
        )
        for row in execute("SELECT * FROM creator ORDER BY creator_id", ())
    ]


def resolved(names: Iterable[str], known: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the creator id of each name that is one's id or page name; `known` are ids with their page names.

    An id goes before a page name, which is why no page may bear another creator's id.
    """
    wanted = set(names)
    by_id, by_page = {}, {}
    for creator_id, page_name in known:
        if creator_id in wanted:
            by_id[creator_id] = creator_id
        if page_name in wanted:
            by_page[page_name] = creator_id
    return by_page | by_id


def all_rows(execute: Execute, part: Part) -> Sequence[Any]:
    """Return all rows of a table of the roster, in an order that does not depend on how they came there."""
    order = ", ".join(part.key) or "creator_id, posted_on, hour, slot_type, id"
    return execute(f"SELECT * FROM {part.table} ORDER BY {order}", ())


def save_schedule(row: ScheduleRow, posts: Sequence[ScheduleItemRow]) -> None:
    """Save a schedule with its posts, in a transaction of its own."""
    from tasks.creators.pool import pool

    with pool().writing() as connection:
        write_schedule(connection, row, posts)


def write_schedule(connection: Connection, row: ScheduleRow, posts: Sequence[ScheduleItemRow]) -> None:
    """Write a schedule; an older one of the same creator and week is superseded, unless this is rejected.

    Saving the same schedule again, as a stage does that is tried again, leaves it once. Who saves another one of the
    creator at the same time waits for the end of this transaction, so that of two one stands.
    """
    from sqlalchemy import delete, insert, select, update
    from sqlmodel import SQLModel

    from tasks.creators import tables

    creators, table, items = (
        SQLModel.metadata.tables[str(one.__tablename__)]
        for one in (tables.CreatorRow, tables.ScheduleRow, tables.ScheduleItemRow)
    )
    if connection.dialect.name != "sqlite":  # There a transaction that writes keeps all others out as it is.
        of_creator = select(creators.c.creator_id).where(creators.c.creator_id == row.creator_id)
        connection.execute(of_creator.with_for_update())
    if connection.execute(delete(table).where(table.c.schedule_id == row.schedule_id)).rowcount:
        connection.execute(delete(items).where(items.c.schedule_id == row.schedule_id))
    if row.status not in GONE:
        older = (table.c.creator_id == row.creator_id, table.c.week_start == row.week_start)
        connection.execute(update(table).where(*older).values(status="SUPERSEDED"))
    connection.execute(insert(table).values(row.model_dump()))
    if posts:
        connection.execute(insert(items), [post.model_dump() for post in posts])
