"""What a batch has spent on models: sums of its calls by model, stage and item, and nothing loaded that takes time.

The table of calls is the truth about money. A call whose process ended before its answer stays held for ever: what it
cost can't be known, so it counts as an unknown outcome, at its worst. Refunded calls used nothing and count as calls
only.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tasks.ledger.uses import Budgets, Choice, ItemSpentDocument, Moment, Spending, SpentDocument, Use

if TYPE_CHECKING:
    from tasks.ledger.glance import Execute, Row


TOP = 20
"""Items, and reasons for a choice, that are told one by one: those that cost most."""
NEVER = 1e300
"""Later than any lease: nothing is in flight."""

_CALLS = (
    "WITH told AS (SELECT *, CASE WHEN status = 'held' AND lease_until <= ? THEN 'unknown' ELSE status END"
    " AS standing FROM model_call WHERE batch_id = ?)"
)
_COUNTS = "standing IN ('settled', 'unknown')"


def _sum(what: str, where: str) -> str:
    return f"coalesce(sum(CASE WHEN {where} THEN {what} ELSE 0 END), 0)"


def _usd(where: str) -> str:
    """Add up money; an empty sum is a float as well, because documents are compared by the byte."""
    return f"coalesce(sum(CASE WHEN {where} THEN coalesce(cost_usd, 0.0) ELSE 0.0 END), 0.0)"


_SUMS = {
    "items": "count(DISTINCT item_id)",
    "calls": _sum("1", "standing <> 'held'"),
    "failed": _sum("1", "error_code IS NOT NULL"),
    "input_tokens": _sum("input_tokens", "standing = 'settled'"),
    "output_tokens": _sum("output_tokens", "standing = 'settled'"),
    "cached_tokens": _sum("cached_tokens", "standing = 'settled'"),
    "characters": _sum("characters", "standing = 'settled'"),
    "searches": _sum("searches", "standing = 'settled'"),
    "reserved_tokens": _sum("worst_input_tokens + worst_output_tokens", "standing = 'settled' AND error_code IS NULL"),
    "used_tokens": _sum(
        "input_tokens + output_tokens",
        "standing = 'settled' AND error_code IS NULL AND worst_input_tokens + worst_output_tokens > 0",
    ),
    "cost": _usd(_COUNTS),
    "unpriced": _sum("1", f"{_COUNTS} AND cost_usd IS NULL"),
    "unknown": _sum("1", "standing = 'unknown'"),
    "unknown_usd": _usd("standing = 'unknown'"),
    "unknown_unpriced": _sum("1", "standing = 'unknown' AND cost_usd IS NULL"),
    "held": _sum("1", "standing = 'held'"),
    "held_usd": _usd("standing = 'held'"),
    "held_unpriced": _sum("1", "standing = 'held' AND cost_usd IS NULL"),
    "waited": _sum("waited_seconds", "standing <> 'held'"),
    "worked": _sum("run_seconds", "standing <> 'held'"),
}


def read_spending(execute: Execute, batch_id: str, budgets: Budgets, *, alive: float) -> Spending:
    """Add up the calls of a batch; those held by leases that ended by `alive` are of unknown outcome."""
    total = total_use(execute, batch_id, alive=alive)
    if not total.calls and not total.held:
        return Spending(budgets=budgets)
    by = {keys: _uses(execute, batch_id, alive, *keys) for keys in (("model",), ("stage",), ("model", "stage"))}
    return Spending(
        total=total,
        models=by[("model",)],
        stages=by[("stage",)],
        cells=by[("model", "stage")],
        items=_uses(execute, batch_id, alive, "item_id", most=TOP),
        choices=_choices(execute, batch_id),
        moments=_moments(execute, batch_id, alive),
        budgets=budgets,
    )


def total_use(execute: Execute, batch_id: str, *, alive: float) -> Use:
    """Add up all calls of a batch."""
    rows = execute(f"{_CALLS} SELECT {_selected()} FROM told", (alive, batch_id))
    return _use(rows[0])


def item_costs(execute: Execute, batch_id: str, *, alive: float) -> dict[str, ItemSpentDocument]:
    """Say what each item has cost that a model was called for."""
    query = (
        f"{_CALLS} SELECT item_id, {_SUMS['cost']} AS cost, {_SUMS['unpriced']} AS unpriced FROM told GROUP BY item_id"
    )
    rows = execute(query, (alive, batch_id))
    return {row["item_id"]: {"cost": row["cost"], "cost_is_complete": not row["unpriced"]} for row in rows}


def stage_costs(
    execute: Execute, batch_id: str, *, alive: float, item_id: str | None = None
) -> dict[str, dict[str, ItemSpentDocument]]:
    """Say by item and stage what the calls of a batch have cost, or those of one of its items."""
    where, values = ("", ()) if item_id is None else (" WHERE item_id = ?", (item_id,))
    query = (
        f"{_CALLS} SELECT item_id, stage, {_SUMS['cost']} AS cost, {_SUMS['unpriced']} AS unpriced FROM told{where}"
        " GROUP BY item_id, stage"
    )
    costs: dict[str, dict[str, ItemSpentDocument]] = {}
    for row in execute(query, (alive, batch_id, *values)):
        spent_there: ItemSpentDocument = {"cost": row["cost"], "cost_is_complete": not row["unpriced"]}
        costs.setdefault(row["item_id"], {})[row["stage"]] = spent_there
    return costs


def spent(use: Use, budgets: Budgets) -> SpentDocument:
    """Write down what a batch has spent."""
    return {
        "cost": use.cost,
        "cost_is_complete": use.unpriced == 0,
        "unknown_outcomes": use.unknown,
        "unknown_outcome_usd": use.unknown_usd,
        "budget_usd": budgets.batch_usd,
        "part_of": budgets.part_of,
        "model_calls": use.calls,
        "input_tokens": use.input_tokens,
        "output_tokens": use.output_tokens,
        "cached_tokens": use.cached_tokens,
    }


def budgets_in(spec: str) -> Budgets:
    """Read what a batch may spend from what was asked for, as JSON."""
    if '"budget"' not in spec:
        return Budgets()
    whole = json.loads(spec)
    given = whole.get("budget") or {}
    return Budgets(given.get("batch_usd"), given.get("item_usd"), whole.get("part_of"))


def _uses(execute: Execute, batch_id: str, alive: float, *keys: str, most: int = 1000) -> list[Use]:
    names = ", ".join(keys)
    order = f"cost DESC, input_tokens + output_tokens DESC, {names}"
    grouped = f"SELECT {names}, {_selected()} FROM told GROUP BY {names}"
    # Ordered from outside, since Postgres takes no names of sums in an expression.
    query = f"{_CALLS} SELECT * FROM ({grouped}) AS sums ORDER BY {order} LIMIT {most}"
    return [_use(row, keys) for row in execute(query, (alive, batch_id))]


def _selected() -> str:
    return ", ".join(f"{what} AS {name}" for name, what in _SUMS.items())


def _use(row: Row, keys: Sequence[str] = ()) -> Use:
    return Use(tuple(row[key] for key in keys), *(row[name] for name in _SUMS))


def _choices(execute: Execute, batch_id: str) -> list[Choice]:
    query = (
        "SELECT model, reason, count(DISTINCT item_id) AS items, count(*) AS calls FROM model_call WHERE batch_id = ?"
        f" GROUP BY model, reason ORDER BY items DESC, calls DESC, model, reason LIMIT {TOP}"
    )
    return [Choice(row["model"], row["reason"], row["items"], row["calls"]) for row in execute(query, (batch_id,))]


def _moments(execute: Execute, batch_id: str, alive: float) -> list[Moment]:
    tokens = "CASE WHEN standing = 'settled' THEN input_tokens + output_tokens ELSE 0 END AS tokens"
    values = f"coalesce(settled_at, reserved_at) AS ended_at, model, {tokens}, coalesce(cost_usd, 0.0) AS cost"
    rows = execute(f"{_CALLS} SELECT {values} FROM told WHERE {_COUNTS} ORDER BY 1", (alive, batch_id))
    return [Moment(row["ended_at"], row["model"], row["tokens"], row["cost"]) for row in rows]
