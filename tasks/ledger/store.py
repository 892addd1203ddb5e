"""What the engine writes down and reads back: batches, items and stage runs.

Statements go through SQLAlchemy's core with lists of plain values, many rows at a time: the
tables are SQLModel classes, but building an object a row costs more than the row itself.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, insert, literal_column, select, update
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import SQLModel, col

from tasks.errors import PressroomError
from tasks.ledger.database import Database
from tasks.ledger.tables import BatchRow, StageRow
from tasks.models import ItemStatus, Outcome, Select
from tasks.settings import Settings

FINISHED = (ItemStatus.SUCCEEDED, ItemStatus.NEEDS_REVIEW)
_BATCHES, _ITEMS, _STAGES = (SQLModel.metadata.tables[name] for name in ("batch", "item", "stage_run"))


class Ledger(Database):
    """The ledger, open for writing."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        item = (_ITEMS.c.batch_id == bindparam("b"), _ITEMS.c.item_id == bindparam("i"))
        self._insert = self._prepared(insert(_ITEMS).values({name: bindparam(name) for name in _NEW_FIELDS}))
        started: dict[str, Any] = {"status": bindparam("status"), "started_at": bindparam("started")}
        self._start = self._prepared(update(_ITEMS).where(*item).values(started))
        settled: dict[str, Any] = {name: bindparam(f"v_{name}") for name in _OUTCOME_FIELDS} | {
            "attempts": _ITEMS.c.attempts + literal_column("1")
        }
        self._settle = self._prepared(update(_ITEMS).where(*item).values(settled))

    def record_batch(self, row: BatchRow) -> None:
        """Write a batch down, or renew what a resumed one was asked for; who holds it stays untouched."""
        asked = row.model_dump(include={"spec", "output_dir", "total", "started_at", "status"})
        with self.transaction() as connection:
            known = update(_BATCHES).where(col(BatchRow.batch_id) == row.batch_id).values(**asked, finished_at=None)
            if connection.execute(known).rowcount == 0:
                connection.execute(insert(_BATCHES).values(row.model_dump()))

    def batch(self, batch_id: str) -> BatchRow | None:
        """Read a batch, or None."""
        with self.transaction() as connection:
            row = connection.execute(select(_BATCHES).where(col(BatchRow.batch_id) == batch_id)).first()
        return None if row is None else BatchRow.model_validate(dict(row._mapping))

    def update_batch(self, batch_id: str, **values: Any) -> None:
        """Change columns of a batch."""
        with self.transaction() as connection:
            connection.execute(update(_BATCHES).where(col(BatchRow.batch_id) == batch_id).values(**values))

    def record_items(self, batch_id: str, payloads: Sequence[tuple[str, str]], selected: Select) -> list[int]:
        """Write down a batch's items, given as (item_id, payload hash); return the positions to run.

        What is done stays done unless the spec changed what was asked for; rows of items that a changed
        spec no longer names are dropped, so that counts speak of the batch as it is now.
        """
        with self.transaction() as connection:
            read = select(_ITEMS.c.item_id, _ITEMS.c.payload, _ITEMS.c.status).where(_ITEMS.c.batch_id == batch_id)
            known = {row[0]: (row[1], row[2]) for row in connection.execute(read)}
            new, changed, wanted = [], [], []
            for position, (item_id, payload) in enumerate(payloads):
                before = known.pop(item_id, None)
                if before is None:
                    new.append(_new_item(batch_id, item_id, position, payload))
                elif before[0] != payload:
                    changed.append(_new_item(batch_id, item_id, position, payload))
                elif not _is_selected(before[1], selected):
                    continue
                wanted.append(position)
            gone = [*known, *(row["item_id"] for row in changed)]
            _delete(connection, batch_id, gone)
            if new or changed:
                self._insert(connection, [*new, *changed])
        return wanted

    def start_items(self, batch_id: str, item_ids: Iterable[str]) -> None:
        """Mark items as running."""
        started = time.time()
        rows = [{"b": batch_id, "i": name, "started": started, "status": "running"} for name in item_ids]
        with self.transaction() as connection:
            self._start(connection, rows)

    def settle_items(self, batch_id: str, outcomes: Sequence[Outcome]) -> None:
        """Write down what became of items, in one transaction."""
        if not outcomes:
            return
        now = time.time()
        rows = [{"b": batch_id, "i": outcome.item_id} | _outcome_values(outcome, now) for outcome in outcomes]
        with self.transaction() as connection:
            self._settle(connection, rows)

    def cancel_unfinished(self, batch_id: str, reason: PressroomError) -> None:
        """Mark as cancelled whatever has no end yet."""
        unfinished = (_ITEMS.c.batch_id == batch_id, _ITEMS.c.status.in_(("pending", "running")))
        values = {"status": "cancelled", "error_code": reason.code, "error_message": reason.message}
        with self.transaction() as connection:
            connection.execute(update(_ITEMS).where(*unfinished).values(**values))

    def made_by(self, batch_id: str, item_ids: Sequence[str]) -> dict[str, str]:
        """Return the paths that these items of a batch have made, each with its item."""
        wanted = set(item_ids)
        rows = self.items(batch_id, _ITEMS.c.outputs != "[]")
        return {
            output["path"]: row.item_id for row in rows if row.item_id in wanted for output in json.loads(row.outputs)
        }

    def items(self, batch_id: str, *where: ColumnElement[bool]) -> list[Row[Any]]:
        """Read a batch's item rows in order."""
        with self.transaction() as connection:
            query = select(_ITEMS).where(_ITEMS.c.batch_id == batch_id, *where).order_by(_ITEMS.c.position)
            return list(connection.execute(query))

    def outputs_of(self, fingerprints: Iterable[str], *, batch_id: str | None) -> dict[str, str]:
        """Look up the outputs (JSON) of finished items by fingerprint, in one batch or in all."""
        c = _ITEMS.c
        query = select(c.fingerprint, c.outputs).where(c.fingerprint.in_(list(fingerprints)), c.status == "succeeded")
        if batch_id is not None:
            query = query.where(c.batch_id == batch_id)
        with self.transaction() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def record_stage(self, row: StageRow) -> None:
        """Write down an attempt at a stage, or how it ended."""
        values = row.model_dump()
        with self.transaction() as connection:
            ended = update(_STAGES).where(_STAGES.c.id == row.id).values(values)
            if connection.execute(ended).rowcount == 0:
                connection.execute(insert(_STAGES).values(values))

    def stages(self, batch_id: str) -> list[Row[Any]]:
        """Read a batch's stage runs, oldest first."""
        with self.transaction() as connection:
            query = select(_STAGES).where(_STAGES.c.batch_id == batch_id).order_by(_STAGES.c.started_at)
            return list(connection.execute(query))

    def checkpoint_hashes(self, fingerprint: str) -> set[str]:
        """Return every hash under which a checkpoint of this key was written down, by any batch."""
        c = _STAGES.c
        query = select(c.checkpoint).where(c.fingerprint == fingerprint, c.checkpoint.is_not(None))
        with self.transaction() as connection:
            return set(connection.execute(query).scalars())


_NEW_FIELDS = (
    *("batch_id", "item_id", "position", "payload", "status", "outputs"),
    *("transient", "reused", "attempts", "duration_seconds"),
)
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
)


def _outcome_values(outcome: Outcome, now: float) -> dict[str, Any]:
    failure = outcome.failure
    return {
        "v_status": outcome.status.value,
        "v_error_code": failure.code if failure else None,
        "v_error_message": failure.message if failure else None,
        "v_remedy": failure.remedy if failure else None,
        "v_transient": failure.transient if failure else False,
        "v_fingerprint": outcome.fingerprint,
        "v_outputs": f"[{','.join(output.model_dump_json() for output in outcome.outputs)}]",
        "v_reused": outcome.reused,
        "v_duration_seconds": outcome.seconds,
        "v_finished_at": now,
    }


def _new_item(batch_id: str, item_id: str, position: int, payload: str) -> dict[str, Any]:
    fixed = {"status": "pending", "outputs": "[]", "transient": False, "reused": False, "attempts": 0}
    return {
        "batch_id": batch_id,
        "item_id": item_id,
        "position": position,
        "payload": payload,
        "duration_seconds": 0.0,
        **fixed,
    }


def _is_selected(status: str, selected: Select) -> bool:
    if selected is Select.FAILED:
        return status in (ItemStatus.FAILED, ItemStatus.SKIPPED)
    return status not in (*FINISHED, ItemStatus.FAILED)


def _delete(connection: Any, batch_id: str, item_ids: Sequence[str]) -> None:
    if item_ids:
        gone = _ITEMS.delete().where(_ITEMS.c.batch_id == batch_id, _ITEMS.c.item_id == bindparam("i"))
        connection.execute(gone, [{"i": item_id} for item_id in item_ids])
