"""What stands on the page of a batch in Prefect's UI when it has ended."""

from __future__ import annotations

import json
from typing import Any

import pytest
from histories import attempt, history, item
from kinds import quick
from prefect import flow
from prefect.artifacts import Artifact
from spendings import spent_history, use

from tasks.ledger.history import History, Missing
from tasks.reports.artifacts import publish
from tasks.reports.report import report_of

pytestmark = pytest.mark.usefixtures("prefect_server")


def table(key: str) -> list[dict[str, Any]] | None:
    """The rows of a table on the server, or None when there is none of that name."""
    found: Any = Artifact.get(key=key)  # its type says that it may have to be awaited, which holds in async code only
    if found is None:
        return None
    rows: list[dict[str, Any]] = json.loads(str(found.data))
    return rows


def put(whole: History) -> None:
    @flow(name="page")
    def page() -> None:
        publish(report_of(whole))

    with quick():
        page()


def test_a_table_tells_which_models_were_used_and_what_they_cost() -> None:
    cells = (use("acme:large", "draft", items=1, failed=1), use("own:house", "draft", cost=0.0, unpriced=2))
    put(spent_history(*cells, batch_id="paid", attempts=[attempt()]))
    rows = table("models-paid")
    assert rows is not None
    assert [(row["model"], row["calls"], row["cost"]) for row in rows] == [
        ("acme:large", "2", "$0.50"),
        ("own:house", "2", "unknown"),
        ("all", "4", "at least $0.50"),
    ]
    assert [row["failed"] for row in rows] == ["1", "0", "1"]


def test_a_batch_that_called_no_model_has_no_such_table() -> None:
    put(history([attempt()], [item()], batch_id="plain"))
    assert table("models-plain") is None
    assert table("items-plain") is not None


def test_no_long_name_or_path_takes_the_room_of_the_other_cells() -> None:
    name = f"note:{'long-' * 60}end"
    whole = history([attempt()], [item(name, "failed")], batch_id="wide")
    whole.missing.append(Missing(name, "failed", "TIMEOUT", f"{name!r} took longer.", "Raise it."))
    put(whole)
    rows = table("items-wide")
    assert rows is not None
    assert max(len(word) for cell in rows[1].values() for word in cell.split()) <= 60
    assert (rows[1]["item"][:10], rows[1]["item"][-3:], rows[1]["remedy"]) == ("note:long-", "end", "Raise it.")
    assert rows[1]["reason"].endswith("end' took longer.")
