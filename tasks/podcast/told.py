"""What came of a batch's episodes, for its reports and replies: asked of the ledger, and of the files it names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError

from tasks.ledger.batch_rows import alive_after
from tasks.ledger.spending import read_spending
from tasks.ledger.uses import Budgets
from tasks.models import Output
from tasks.podcast.episode import GateReport
from tasks.podcast.library import GATES
from tasks.podcast.presets import PHASES
from tasks.reuse import read_reusable

if TYPE_CHECKING:
    from tasks.ledger.glance import Execute, Row


class EpisodeLine(NamedTuple):
    """An episode of the batch, as far as is known of it."""

    item_id: str
    status: str
    error_code: str | None
    error_message: str | None
    report: GateReport | None


class Told(NamedTuple):
    """A batch as those who sent it read of it."""

    started_at: float
    finished_at: float | None
    episodes: list[EpisodeLine]
    costs: Mapping[str, float]
    """US dollars by phase."""


def told_of(execute: Execute, batch_id: str) -> Told:
    """Read what there is to tell of a batch."""
    (batch,) = execute("SELECT * FROM batch WHERE batch_id = ?", (batch_id,))
    rows = execute("SELECT * FROM item WHERE batch_id = ? ORDER BY position", (batch_id,))
    spending = read_spending(execute, batch_id, Budgets(), alive=alive_after(batch))
    by_stage = {use.name: use.cost for use in spending.stages}
    costs = {phase: sum(by_stage.get(stage, 0.0) for stage in stages) for phase, stages in PHASES.items()}
    return Told(batch["started_at"], batch["finished_at"], [_line(row) for row in rows], costs)


def costs_of(execute: Execute, batch_id: str, item_id: str) -> dict[str, float | None]:
    """Return what an episode has cost so far in this batch, by phase; None where a price is not known."""
    rows = execute(
        "SELECT stage, coalesce(sum(cost_usd), 0.0) AS cost, sum(CASE WHEN cost_usd IS NULL THEN 1 ELSE 0 END) AS"
        " unpriced FROM model_call WHERE batch_id = ? AND item_id = ? AND status = 'settled' GROUP BY stage",
        (batch_id, item_id),
    )
    known = {row["stage"]: None if row["unpriced"] else row["cost"] for row in rows}
    costs: dict[str, float | None] = {}
    for phase, stages in PHASES.items():
        found = [known.get(stage, 0.0) for stage in stages]
        costs[phase] = None if None in found else sum(cost for cost in found if cost is not None)
    return costs


def _line(row: Row) -> EpisodeLine:
    return EpisodeLine(row["item_id"], row["status"], row["error_code"], row["error_message"], _report(row))


def _report(row: Row) -> GateReport | None:
    """Read what the gates said; None where the file is not as it was made."""
    outputs = json.loads(row["outputs"])
    found = next((one for one in outputs if Path(one["path"]).name == GATES), None)
    content = read_reusable(Output.model_validate(found)) if found is not None else None
    try:
        return None if content is None else GateReport.model_validate_json(content)
    except ValidationError:  # Of another version.
        return None
