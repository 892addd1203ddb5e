"""Calls of models written into a ledger by hand, for tests of what is told about models and money."""

from __future__ import annotations

import itertools
from typing import Any

from sqlalchemy import insert
from sqlmodel import SQLModel

from tasks.ledger.store import Ledger
from tasks.ledger.tables import CallRow, LaneRow

_TABLES = {row: SQLModel.metadata.tables[str(row.__tablename__)] for row in (CallRow, LaneRow)}
_numbers = itertools.count()


def call(item_id: str = "a", model: str = "acme:large", stage: str = "draft", **more: Any) -> CallRow:
    """A settled call of 1,000 tokens in and 100 out for 0.5 US dollars, unless said otherwise."""
    given: dict[str, Any] = {
        "id": f"call-{next(_numbers)}",
        "batch_id": "b1",
        "kind": "fake",
        "item_id": item_id,
        "stage": stage,
        "vendor": model.partition(":")[0],
        "model": model,
        "reason": "round robin",
        "status": "settled",
        "owner": "somewhere",
        "reserved_at": 10.0,
        "settled_at": 12.0,
        "input_tokens": 1000,
        "output_tokens": 100,
        "cost_usd": 0.5,
        "run_seconds": 2.0,
    }
    return CallRow(**given | more)


def lane(name: str, **more: Any) -> LaneRow:
    """A lane that is closed, unless said otherwise."""
    return LaneRow(name=name, **more)


def write(opened: Ledger, *rows: CallRow | LaneRow) -> None:
    """Write rows down, as the governor does."""
    with opened.transaction() as connection:
        for kind, table in _TABLES.items():
            if some := [row.model_dump() for row in rows if isinstance(row, kind)]:
                connection.execute(insert(table), some)
