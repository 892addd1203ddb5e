"""The roster's rows in the database: written all together or not at all, and changed only where they are given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection, Insert, Table, bindparam, delete, insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from tasks.creators import tables
from tasks.creators.pool import pool
from tasks.creators.roster_rows import PARTS, Part, stored
from tasks.creators.sampling import MARK
from tasks.errors import fault

_AT_ONCE = 500
"""Creators named in one question."""
_SAMPLE_KEY = ("creator_id", "posted_on", "hour", "slot_type", "copy_id")
_ROWS = (tables.CreatorRow, tables.CopyRow, tables.SampleRow, tables.AudienceRow)


@dataclass(frozen=True)
class Saving:
    """Rows to be written, and which of their columns were given: only these change a row that is there."""

    part: Part
    columns: Sequence[str]
    rows: Sequence[BaseModel]


def save_roster(savings: Sequence[Saving], *, anew: Sequence[str] = ()) -> None:
    """Write rows in one transaction; of the creators in `anew`, what was there before goes first."""
    order = [row.__tablename__ for row in _ROWS]
    with pool().writing() as connection:
        if anew:
            _remove(connection, anew)
        for saving in sorted(savings, key=lambda one: order.index(one.part.table)):
            rows = [{stored(name): value for name, value in vars(row).items()} for row in saving.rows]
            if saving.part.name == "creators":
                _free_page_names(connection, rows)
            if saving.part.name == "performance":
                _remove_equal_samples(connection, rows)
            if rows:
                changed = [stored(column) for column in saving.columns]
                statement = _upsert(connection, saving.part, list(rows[0]), changed)
                pool().database.prepared(statement)(connection, rows)


def save_sample(rows: Mapping[str, Sequence[Mapping[str, Any]]], *, replace: bool) -> None:
    """Write an invented roster; CREATOR_EXISTS where it would overwrite a creator that is no invention."""
    ids = [row["creator_id"] for row in rows["creators"]]
    wanted = set(ids)
    for one in pool().execute("SELECT creator_id, page_name FROM creator ORDER BY creator_id"):
        if one["creator_id"] in wanted and not (replace or one["page_name"].endswith(MARK)):
            raise fault("CREATOR_EXISTS", creator=one["creator_id"])
    savings = [Saving(part, part.columns, part.rows.validate_python(rows[name])) for name, part in PARTS.items()]
    save_roster(savings, anew=ids)


def _table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


def _upsert(connection: Connection, part: Part, columns: Sequence[str], changed: Sequence[str]) -> Insert:
    table = _table(part.table)
    values: dict[str, Any] = {column: bindparam(column) for column in columns}
    if not part.key:
        return insert(table).values(values)
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement: sqlite.Insert = dialect.insert(table).values(values)
    return statement.on_conflict_do_update(
        index_elements=list(part.key), set_={column: statement.excluded[column] for column in changed}
    )


def _free_page_names(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Let creators swap page names: those that change get one in between that nobody has."""
    table = _table("creator")
    wanted = {row["creator_id"]: row["page_name"] for row in rows}
    query = table.select().with_only_columns(table.c.creator_id, table.c.page_name)
    moving = [who for who, page in connection.execute(query).tuples() if wanted.get(who, page) != page]
    if moving:
        between = update(table).where(table.c.creator_id == bindparam("who")).values(page_name=bindparam("page"))
        connection.execute(between, [{"who": who, "page": f"\t{who}"} for who in moving])


def _remove_equal_samples(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Remove the samples that those in `rows` stand for anew."""
    given = {tuple(row[column] for column in _SAMPLE_KEY) for row in rows}
    days = [row["posted_on"] for row in rows]
    table = _table("performance_sample")
    ids = sorted({row["creator_id"] for row in rows})
    gone = []
    for start in range(0, len(ids), _AT_ONCE):
        query = table.select().with_only_columns(table.c.id, *(table.c[column] for column in _SAMPLE_KEY))
        query = query.where(
            table.c.creator_id.in_(ids[start : start + _AT_ONCE]), table.c.posted_on.between(min(days), max(days))
        )
        gone += [{"gone": row[0]} for row in connection.execute(query) if tuple(row[1:]) in given]
    if gone:
        connection.execute(delete(table).where(table.c.id == bindparam("gone")), gone)


def _remove(connection: Connection, ids: Sequence[str]) -> None:
    """Remove what is known of creators, their schedules apart."""
    for name in ("creator_copy", "performance_sample", "audience_week"):
        table = _table(name)
        connection.execute(delete(table).where(table.c.creator_id == bindparam("who")), [{"who": who} for who in ids])
