"""What would happen to a batch if it were run now: nothing is made, and nothing is written down.

It goes through the batch as a run does: which items the ledger says are to be taken up, in the order in which they
would enter, each prepared and named by its kind's own code. A kind takes part with a hook `plan` in its `spec.py`
(see `KindSpec`); no kind is known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from pathlib import Path
from typing import TYPE_CHECKING

from tasks import words
from tasks.bounds import raised_bounds
from tasks.errors import FAULTS, PermanentError, PressroomError, as_fault, fault
from tasks.estimates import estimate, shared_out
from tasks.foresight import Foresight
from tasks.governor.charges import Caller, Purse
from tasks.ledger.owner import is_held
from tasks.ledger.past import Known, Past
from tasks.ledger.standing import payload_of
from tasks.llm.setup import model_setup
from tasks.models import CAME_OUT, BatchOptions, BatchT, Item, Mode
from tasks.plans import MADE, Foresee, ItemPlan, Plan, PlanHook, Verdict, verdict_of
from tasks.reports.claimed import claims_of
from tasks.same_batch import refuse_taken
from tasks.specs import name_batch

if TYPE_CHECKING:
    from tasks.ledger.glance import Execute, Row


def plan_batch(kind: str, batch: BatchT, items_of: PlanHook[BatchT], execute: Execute | None, home: Path) -> Plan:
    """Say what a run of this batch would do; what would refuse the whole of it is raised.

    `items_of` is the kind's hook. `execute` asks the ledger, which may not exist; `home` holds the checkpoints.
    """
    named = name_batch(kind, batch)
    batch_id, folder = named.batch_id or "", named.output_dir or Path()
    past = Past(execute)
    row = past.batch(batch_id)
    known = _known_items(kind, row, past)
    claims = claims_of(kind, folder, batch_id)
    planned = items_of(named, claims)
    items, foresee = planned.items, planned.foresee
    if not items:
        raise fault("EMPTY_BATCH")
    refuse_taken(named, past, known, [item.item_id for item in items])
    mended = raised_bounds(past.spec(batch_id), named) if known else frozenset()
    plans = {item.item_id: _standing(item, known.get(item.item_id), named, mended) for item in items}
    kept = {item_id for item_id, plan in plans.items() if plan is not None}
    claims.add({path: item_id for item_id in kept for path in known[item_id].standing.paths})
    foresight = Foresight(kind, named, past, known=known, kept=kept, home=home)
    for item in sorted(items, key=lambda item: item.priority.rank):
        plans[item.item_id] = plans[item.item_id] or _foreseen(item, foresee, foresight)
    rows = [plan for plan in plans.values() if plan is not None]
    plan = Plan(kind, batch_id, str(folder), is_known=bool(known), items=rows)
    plan.notes += planned.notes
    estimate(plan, past, most=named.max_parallel)
    plan.chunks = shared_out(plan, planned.chunks)
    plan.notes += _notes(plan, named, past)
    return plan


def _known_items(kind: str, row: Row | None, past: Past) -> dict[str, Known]:
    """Read the items of a batch with this row, or refuse what a run of it would be refused for."""
    if row is None:
        return {}
    batch_id = row["batch_id"]
    if row["kind"] != kind:
        raise fault("INVALID_INPUT", what=f"Batch {batch_id!r} is of kind {row['kind']!r}, not {kind!r}.")
    if is_held(row["owner"], row["lease_until"]):
        raise fault("BATCH_BUSY", batch_id=batch_id, owner=row["owner"])
    return past.items(batch_id)


def _standing(item: Item, known: Known | None, batch: BatchOptions, mended: Set[str]) -> ItemPlan | None:
    """Say how an item stands that is not taken up; None for one that is."""
    if known is None or known.standing.payload != payload_of(item) or known.standing.is_wanted(batch.select, mended):
        return None
    status = known.standing.status
    if status in CAME_OUT:
        path = next(iter(known.standing.paths), None)
        return ItemPlan(item.item_id, Verdict.DONE, output_path=path)
    plan = ItemPlan(item.item_id, Verdict.LEFT, why=f"it is {status.value} and not taken up")
    if known.error is not None:
        code, message, remedy = known.error
        row = FAULTS.get(code)
        plan.error = (row.kind if row else PermanentError)(code, message, remedy)
        plan.why = "it failed before; `pressroom retry` takes it up"
    return plan


def _foreseen(item: Item, foresee: Foresee, foresight: Foresight) -> ItemPlan:
    item_id = item.item_id
    try:
        stages = foresee(item, foresight)
    except Exception as error:
        seen: PressroomError = as_fault(error, what=f"item {item_id!r}")
        return ItemPlan(item_id, Verdict.REFUSED, why=seen.code, error=seen, output_path=_path(item))
    verdict = verdict_of(stages)
    first = next((stage for stage in stages if stage.verdict is verdict), None)
    return ItemPlan(item_id, verdict, stages, first.why if first else "", _path(item))


def _path(item: Item) -> str | None:
    """Where the item's file goes, of a kind whose items say so once they are prepared."""
    path = getattr(item, "output_path", None)
    return str(path) if path is not None else None


def _notes(plan: Plan, batch: BatchOptions, past: Past) -> Iterator[str]:
    """Say what the verdicts do not."""
    counts = plan.counts
    if counts[Verdict.REFUSED] and batch.mode is Mode.FAIL_FAST:
        yield "The mode is fail_fast: the batch would end at the first item that fails."
    if counts[Verdict.DONE]:
        yield "What is done in this batch stays as it is, whatever has changed since; another batch makes it again."
    yield from _budgets(plan, batch.budget.batch_usd, past)
    unsure = sum(item.verdict in MADE and not all(stage.is_sure for stage in item.stages) for item in plan.items)
    if unsure:
        yield _unsure(unsure)


def _budgets(plan: Plan, usd: float | None, past: Past) -> Iterator[str]:
    """Say which budgets have less left than the plan may cost: the batch's own, and its kind's on this machine."""
    cost = plan.estimate.cost
    if not cost:
        return
    own = [Purse("batch", usd)] if usd is not None else []
    for purse in (*own, *model_setup().purses_of(plan.kind)):
        budget, taken = purse.usd or 0.0, past.taken(purse, Caller(plan.batch_id, plan.kind, "", "", ""))
        if cost > budget - taken:
            days = f" in {purse.days:g} days" if purse.days is not None else ""
            whose = f" for the kind {plan.kind!r}{days}" if purse.scope == "kind" else ""
            left = f", of which {words.money(max(0.0, budget - taken))} is left," if taken else ""
            enough = f"may not be enough: it comes to {words.money(cost)} at most."
            yield f"The budget of {words.money(budget)}{whose}{left} {enough}"


def _unsure(number: int) -> str:
    comes, is_made = ("comes out", "it is") if number == 1 else ("come out", "they are")
    return f"Whether {words.count(number, 'item')} {comes} is known for certain only once {is_made} made."
