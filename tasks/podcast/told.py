"""What came of a batch's episodes, for its reports and replies: asked of the ledger, and of the files it names."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import ValidationError

from tasks.ledger.batch_rows import AT_WORK, alive_after, batch_row, item_rows, true_status, worked_span
from tasks.ledger.spending import item_costs, read_spending, stage_costs
from tasks.ledger.uses import NO_COST, Budgets, ItemSpentDocument
from tasks.models import Output
from tasks.podcast.episode import Dossier, GateReport
from tasks.podcast.library import GATES
from tasks.podcast.package.parts import EpisodeRecord
from tasks.podcast.package.record import RECORD
from tasks.podcast.presets import PHASES
from tasks.podcast.waiting import DOSSIER, WAITS
from tasks.reuse import read_reusable
from tasks.shape import Shape

if TYPE_CHECKING:
    from tasks.ledger.glance import Execute, Row


ShapeT = TypeVar("ShapeT", bound=Shape)


class EpisodeLine(NamedTuple):
    """An episode of the batch, as far as is known of it."""

    item_id: str
    status: str
    error_code: str | None
    error_message: str | None
    report: GateReport | None
    record: EpisodeRecord | None = None
    """Of one that is in the feed."""
    finished_at: float | None = None
    cost: float = 0.0
    """US dollars, as far as prices are known."""
    cost_is_complete: bool = True
    waits_for: Sequence[str] = ()
    """Why it waits for a person: what its gates say, its audio, or what it has cost."""
    unread: Sequence[str] = ()
    """Files of the notes that could not be read for it, each with its reason."""

    @property
    def is_made(self) -> bool:
        """Whether it came out, if only for a person to decide on."""
        return self.status in ("succeeded", "needs_review")


class Told(NamedTuple):
    """A batch as those who sent it read of it."""

    started_at: float
    finished_at: float | None
    episodes: list[EpisodeLine]
    costs: Mapping[str, float]
    """US dollars by phase."""
    costs_are_complete: bool = True
    is_at_work: bool = False
    wall_clock_seconds: float = 0.0
    """How long the last run took; of one that is at work nothing."""
    worked: tuple[float, float] | None = None
    """When its first stage began and its last one ended, over all its runs."""


def told_of(execute: Execute, batch_id: str) -> Told:
    """Read what there is to tell of a batch."""
    batch = batch_row(execute, batch_id)
    alive = alive_after(batch)
    spending = read_spending(execute, batch_id, Budgets(), alive=alive)
    each = item_costs(execute, batch_id, alive=alive)
    by_stage = {use.name: use.cost for use in spending.stages}
    costs = {phase: sum(by_stage.get(stage, 0.0) for stage in stages) for phase, stages in PHASES.items()}
    return Told(
        batch["started_at"],
        batch["finished_at"],
        [_line(row, each.get(row["item_id"], NO_COST)) for row in item_rows(execute, batch_id)],
        costs,
        costs_are_complete=spending.total.unpriced == 0,
        is_at_work=true_status(batch) in AT_WORK,
        wall_clock_seconds=batch["wall_clock_seconds"],
        worked=worked_span(execute, batch_id),
    )


def phase_costs(execute: Execute, batch_id: str, item_id: str | None = None) -> dict[str, dict[str, ItemSpentDocument]]:
    """Say by episode and phase what has been spent so far, or of one episode; phases without a call are not named."""
    found: dict[str, dict[str, ItemSpentDocument]] = {}
    alive = alive_after(batch_row(execute, batch_id))
    for name, stages in stage_costs(execute, batch_id, alive=alive, item_id=item_id).items():
        for phase, theirs in PHASES.items():
            if ours := [cost for stage, cost in stages.items() if stage in theirs]:
                whole = all(one["cost_is_complete"] for one in ours)
                summed: ItemSpentDocument = {"cost": sum(one["cost"] for one in ours), "cost_is_complete": whole}
                found.setdefault(name, {})[phase] = summed
    return found


def _line(row: Row, cost: ItemSpentDocument) -> EpisodeLine:
    outputs = {Path(one["path"]).name: one for one in json.loads(row["outputs"])}
    warnings: list[str] = json.loads(row["warnings"] or "[]")
    dossier = _read(outputs.get(DOSSIER), Dossier)
    return EpisodeLine(
        row["item_id"],
        row["status"],
        row["error_code"],
        row["error_message"],
        _read(outputs.get(GATES), GateReport),
        _read(outputs.get(RECORD), EpisodeRecord),
        row["finished_at"],
        cost["cost"],
        cost["cost_is_complete"],
        [text.removeprefix(WAITS) for text in warnings if text.startswith(WAITS)],
        dossier.unread if dossier is not None else [],
    )


def _read(output: Mapping[str, Any] | None, shape: type[ShapeT]) -> ShapeT | None:
    """Read what lies in one of an episode's files; None where the file is not as it was made."""
    content = read_reusable(Output.model_validate(output)) if output is not None else None
    try:
        return None if content is None else shape.model_validate_json(content)
    except ValidationError:  # Of another version.
        return None
