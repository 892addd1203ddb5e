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
_GIVING_WAY = {"APPROVED": ("APPROVED", "NEEDS_REVIEW"), "NEEDS_REVIEW": ("NEEDS_REVIEW",)}
"""Statuses of schedules that give way to another of the same week, by its status."""


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
    """The creator's own, as JSON."""
    best_copy: float = 100.0
    """How the best of the copy that he may use has done."""


def listed(execute: Execute) -> list[Listed]:
    """Return all creators by id, each with how many copies he may use and how many samples there are."""
    copies = (
        "SELECT creator_id, group_name, count(*) AS number, max(performance) AS best FROM creator_copy"
        " WHERE is_active GROUP BY 1, 2"
    )
    own, shared, best = dict[str, int](), dict[str, int](), dict[tuple[bool, str], float]()
    for row in execute(copies, ()):
        kept, name = (own, row["creator_id"]) if row["creator_id"] else (shared, row["group_name"])
        kept[name] = kept.get(name, 0) + row["number"]
        best[kept is own, name] = max(best.get((kept is own, name), 0.0), row["best"])
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
            best_copy=max(best.get((True, row["creator_id"]), 0.0), best.get((False, row["group_name"]), 0.0)),
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
    """Write a schedule; those of the same creator and week whose place it takes are superseded.

    Saving the same schedule again, as a stage does that is tried again, leaves it once. Who saves another one of the
    creator at the same time waits for the end of this transaction, so that of two one stands.
    """
    from sqlalchemy import delete, insert
    from sqlmodel import SQLModel

    from tasks.creators import tables

    table, items = (
        SQLModel.metadata.tables[str(one.__tablename__)] for one in (tables.ScheduleRow, tables.ScheduleItemRow)
    )
    take_turn(connection, row.creator_id)
    if connection.execute(delete(table).where(table.c.schedule_id == row.schedule_id)).rowcount:
        connection.execute(delete(items).where(items.c.schedule_id == row.schedule_id))
    supersede(connection, row)
    connection.execute(insert(table).values(row.model_dump()))
    if posts:
        connection.execute(insert(items), [post.model_dump() for post in posts])


def take_turn(connection: Connection, creator_id: str) -> None:
    """Wait for whoever writes a schedule of this creator, and keep others out until the transaction ends."""
    if connection.dialect.name == "sqlite":  # There a transaction that writes keeps all others out as it is.
        return
    from sqlalchemy import select
    from sqlmodel import SQLModel

    creators = SQLModel.metadata.tables["creator"]
    of_creator = select(creators.c.creator_id).where(creators.c.creator_id == creator_id)
    connection.execute(of_creator.with_for_update())


def supersede(connection: Connection, by: ScheduleRow) -> None:
    """Let the other schedules of a week give way to one, as far as it may take their place.

    Approved it takes that of all. While it waits for review only others that wait give way: what is approved stays in
    force until a person has decided. What was rejected stays so.
    """
    from sqlalchemy import update
    from sqlmodel import SQLModel

    giving_way = _GIVING_WAY.get(by.status)
    if giving_way is None:
        return
    table = SQLModel.metadata.tables["schedule"]
    others = (
        table.c.creator_id == by.creator_id,
        table.c.week_start == by.week_start,
        table.c.schedule_id != by.schedule_id,
        table.c.status.in_(giving_way),
    )
    connection.execute(update(table).where(*others).values(status="SUPERSEDED"))
