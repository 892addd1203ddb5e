"""What the engine writes down and reads back: batches, items and stage runs.

Statements go through SQLAlchemy's core with lists of plain values, many rows at a time: the
tables are SQLModel classes, but building an object a row costs more than the row itself.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, bindparam, func, insert, select, update
from sqlmodel import SQLModel, col

from tasks.errors import PressroomError
from tasks.ledger.away import redone
from tasks.ledger.database import Database
from tasks.ledger.tables import BatchRow, StageRow
from tasks.models import BatchStatus, ItemStatus, Outcome, Output
from tasks.settings import Settings

SETTLED_AT_ONCE = 500
"""Items in one statement at most: SQLite takes 32,766 values."""

_Outputs = TypeAdapter(list[Output])
_BATCHES, _ITEMS, _STAGES = (SQLModel.metadata.tables[name] for name in ("batch", "item", "stage_run"))


class Ledger(Database):
    """The ledger, open for writing."""

    def __init__(self, settings: Settings, *, patience: float = 0.0) -> None:
        super().__init__(settings, patience=patience)
        item = (_ITEMS.c.batch_id == bindparam("b"), _ITEMS.c.item_id == bindparam("i"))
        row = insert(_STAGES).values({c.name: bindparam(c.name) for c in _STAGES.columns})
        self._attempt = self.prepared(row, " ON CONFLICT DO NOTHING")
        started: dict[str, Any] = {
            "status": bindparam("status"),
            "started_at": bindparam("started"),
            "lane": func.coalesce(bindparam("in_lane"), _ITEMS.c.lane),
        }
        self._start = self.prepared(update(_ITEMS).where(*item).values(started))

    @redone
    def record_batch(self, row: BatchRow) -> None:
        """Write a batch down, or renew what a resumed one was asked for; who holds it stays untouched."""
        asked = row.model_dump(include={"spec", "output_dir", "total", "started_at", "status"})
        with self.transaction() as connection:
            known = (
                update(_BATCHES)
                .where(col(BatchRow.batch_id) == row.batch_id)
                .values(**asked, finished_at=None, reason=None)
            )
            if connection.execute(known).rowcount == 0:
                connection.execute(insert(_BATCHES).values(row.model_dump()))

    @redone
    def batch(self, batch_id: str) -> BatchRow | None:
        """Read a batch, or None."""
        with self.transaction() as connection:
            row = connection.execute(select(_BATCHES).where(col(BatchRow.batch_id) == batch_id)).first()
        return None if row is None else BatchRow.model_validate(dict(row._mapping))

    @redone
    def update_batch(self, batch_id: str, **values: Any) -> None:
        """Change columns of a batch."""
        with self.transaction() as connection:
            connection.execute(update(_BATCHES).where(col(BatchRow.batch_id) == batch_id).values(**values))

    @redone
    def finish_batch(self, batch_id: str, status: BatchStatus | None, **values: Any) -> None:
        """Write down how a batch has ended: with this status, or with the one that follows from its items.

        In one transaction, since a person may decide on an item of it meanwhile.
        """
        with self.transaction() as connection:
            ended = status or status_of(connection, batch_id)
            done = update(_BATCHES).where(col(BatchRow.batch_id) == batch_id)
            connection.execute(done.values(status=ended.value, **values))

    @redone
    def start_items(
        self, batch_id: str, item_ids: Iterable[str], lanes: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """Mark items as running, in these lanes as far as they are known."""
        started = {"b": batch_id, "started": time.time(), "status": "running"}
        rows = [started | {"i": name, "in_lane": lanes.get(name)} for name in item_ids]
        with self.transaction() as connection:
            self._start(connection, rows)

    @redone
    def settle_items(self, batch_id: str, outcomes: Sequence[Outcome]) -> None:
        """Write down what became of items, in one transaction.

        Many rows to a statement: SQLite lets go of the interpreter's lock for each, and getting it back from
        threads that make documents takes longer than the row (measured: 190 µs a row one by one, 36 so).
        """
        now = time.time()
        with self.transaction() as connection:
            for start in range(0, len(outcomes), SETTLED_AT_ONCE):
                some = outcomes[start : start + SETTLED_AT_ONCE]
                rows = [value for outcome in some for value in _outcome_values(outcome, now)]
                connection.exec_driver_sql(_settling(len(some), self.engine.dialect.paramstyle), (*rows, batch_id))

    @redone
    def cancel_unfinished(self, batch_id: str, reason: PressroomError) -> None:
        """Mark as cancelled whatever has no end yet."""
        unfinished = (_ITEMS.c.batch_id == batch_id, _ITEMS.c.status.in_(("pending", "running")))
        values = {"status": "cancelled", "error_code": reason.code, "error_message": reason.message}
        with self.transaction() as connection:
            connection.execute(update(_ITEMS).where(*unfinished).values(**values))

    def items(self, batch_id: str) -> Iterator[Row[Any]]:
        """Read a batch's item rows in order, one after the other: ten thousand at once are felt in memory."""
        with self.transaction() as connection:
            query = select(_ITEMS).where(_ITEMS.c.batch_id == batch_id).order_by(_ITEMS.c.position)
            yield from connection.execute(query)

    @redone
    def outputs_of(self, fingerprints: Iterable[str], *, batch_id: str | None) -> dict[str, tuple[str, str | None]]:
        """Look up outputs and warnings (JSON) of finished items by fingerprint, in one batch or all: the newest."""
        c = _ITEMS.c
        # The database picks them: a year of weekly batches has fifty rows of each fingerprint.
        newest = (c.finished_at.desc(), c.position.desc(), c.batch_id.desc())  # of a chunk all have one time
        place = func.row_number().over(partition_by=c.fingerprint, order_by=newest).label("place")
        found = select(c.fingerprint, c.outputs, c.warnings, place)
        found = found.where(c.fingerprint.in_(list(fingerprints)), c.status == "succeeded")
        if batch_id is not None:
            found = found.where(c.batch_id == batch_id)
        ranked = found.subquery()
        with self.transaction() as connection:
            wanted = select(ranked.c.fingerprint, ranked.c.outputs, ranked.c.warnings).where(ranked.c.place == 1)
            return {row.fingerprint: (row.outputs, row.warnings) for row in connection.execute(wanted)}

    @redone
    def record_stage(self, row: StageRow) -> None:
        """Write down an attempt at a stage, once it has ended."""
        with self.transaction() as connection:
            self._attempt(connection, [row.model_dump()])

    @redone
    def stages(self, batch_id: str) -> list[Row[Any]]:
        """Read a batch's stage runs, oldest first."""
        with self.transaction() as connection:
            query = select(_STAGES).where(_STAGES.c.batch_id == batch_id).order_by(_STAGES.c.started_at)
            return list(connection.execute(query))

    @redone
    def checkpoint_hashes(self, fingerprint: str, *, batch_id: str | None = None) -> set[str]:
        """Return every hash under which a checkpoint of this key was written down, by one batch or by any."""
        c = _STAGES.c
        query = select(c.checkpoint).where(c.fingerprint == fingerprint, c.checkpoint.is_not(None))
        if batch_id is not None:
            query = query.where(c.batch_id == batch_id)
        with self.transaction() as connection:
            return set(connection.execute(query).scalars())


def status_of(connection: Connection, batch_id: str) -> BatchStatus:
    """Say how a batch has ended, from how its items stand; what waits for review has come out."""
    counted = select(_ITEMS.c.status, func.count()).where(_ITEMS.c.batch_id == batch_id).group_by(_ITEMS.c.status)
    counts = {ItemStatus(status): number for status, number in connection.execute(counted)}
    good = counts.get(ItemStatus.SUCCEEDED, 0) + counts.get(ItemStatus.NEEDS_REVIEW, 0)
    if good == sum(counts.values()):
        return BatchStatus.SUCCEEDED
    return BatchStatus.PARTIAL if good else BatchStatus.FAILED


_OUTCOME_FIELDS = (
    "status",
    "error_code",
    "error_message",
    "remedy",
    "transient",
    "fingerprint",
    "outputs",
    "reused",
    "duration_seconds",
    "finished_at",
    "warnings",
)


@cache
def _settling(count: int, paramstyle: str) -> str:
    """Write the statement that settles so many items: their values in rows, each led by its item's name."""
    sign = "?" if paramstyle == "qmark" else "%s"
    row = f"({', '.join([sign] * (1 + len(_OUTCOME_FIELDS)))})"
    names = ", ".join(("item", *_OUTCOME_FIELDS))
    values = f"WITH settled ({names}) AS (VALUES {', '.join([row] * count)})"
    changes = ", ".join(f"{name} = settled.{name}" for name in _OUTCOME_FIELDS)
    mine = f"item.batch_id = {sign} AND item.item_id = settled.item"
    return f"{values} UPDATE item SET {changes}, attempts = attempts + 1 FROM settled WHERE {mine}"


def _outcome_values(outcome: Outcome, now: float) -> tuple[object, ...]:
    failure = outcome.failure
    return (
        outcome.item_id,
        outcome.status.value,
        failure.code if failure else None,
        failure.message if failure else None,
        failure.remedy if failure else None,
        failure.transient if failure else False,
        outcome.fingerprint,
        _Outputs.dump_json(outcome.outputs).decode(),
        outcome.reused,
        outcome.seconds,
        now,
        json.dumps(outcome.warnings) if outcome.warnings else None,
    )
