"""What would happen to each week of a batch: the hook `plan` of this kind.

Reads what a run would read and follows the phases as long as finished work says what each made. From the first that
has to be done on, what comes after it is not known, only that it follows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter

from tasks.claims import Claims
from tasks.creators import preflight, store_reading
from tasks.creators.context import CreatorContext
from tasks.creators.foreseen_models import estimate_model
from tasks.creators.foreseen_steps import AFTER, STEPS
from tasks.creators.known import known_to
from tasks.creators.models import CreatorBatch, CreatorItem
from tasks.creators.peers import Peers
from tasks.creators.planning import Laid, lay, preparing
from tasks.creators.pool import pool
from tasks.creators.shelf import Announced, Place
from tasks.creators.wave import Member, read_one
from tasks.foresight import Foresight
from tasks.ledger.looking import looking
from tasks.llm.readiness import unready
from tasks.plans import MADE, Planned, StagePlan, Verdict

LANE = "main"
_ABOUT = ("item.week_start",)
"""A creator's item is called alike in batches of one week each, whichever week that is."""


def foresee_creators(batch: CreatorBatch, claims: Claims) -> Planned:
    """Return the weeks of a batch, how each is foreseen, and the chunks they are cut into."""
    with looking() as glance:
        execute = glance.execute if glance is not None else None
        known = known_to(batch, execute)
        laid = lay(batch, known.listing, execute)
        prepare = preparing(batch, laid.items, claims, execute)

    def foresee(item: CreatorItem, foresight: Foresight) -> list[StagePlan]:
        item = prepare(item)
        for error in unready(item.models, "creators", batch.budget):
            raise error
        context = None if item.creator in known.brought or item.after else context_of(item, laid)
        if context is not None:
            preflight.check(item, context, known.names)
        return _stages(item, context, foresight, is_brought=item.creator in known.brought)

    return Planned(laid.items, foresee, list(_notes(batch)), list(_chunks(laid)))


def context_of(item: CreatorItem, laid: Laid) -> CreatorContext:
    """Return what the ledger knows of an item's creator now; nothing where there is no ledger."""
    with looking() as glance:
        if glance is None:
            return CreatorContext()
        announced = Announced(item.batch_id, laid.items)
        announced.finished_before = store_reading.finished_items(glance.execute, item.batch_id)
        context = read_one(glance.execute, Member.of(Place.of(item), announced))
        if context.profile is None:
            return context
        found = Peers().of(glance.execute, context.profile, context.samples, item.week_start)
        return context.model_copy(update={"peers": found})


def _stages(
    item: CreatorItem, context: CreatorContext | None, foresight: Foresight, *, is_brought: bool
) -> list[StagePlan]:
    plans: list[StagePlan] = []
    values: dict[str, Any] = {"item": item, "context": context} if context is not None else {"item": item}
    first: StagePlan | None = None
    if context is None:
        why = "the roster is imported first" if is_brought else f"follows {item.after}"
        first = StagePlan("load_creator", LANE, Verdict.NEW, why)
    for step in STEPS:
        inputs = {name: values[value] for name, value in step.inputs.items() if value in values}
        if first is None and len(inputs) == len(step.inputs):
            ask = foresight.checkpoint
            plan, values[step.makes] = ask(
                item.item_id,
                step.stage,
                LANE,
                inputs=inputs,
                returns=TypeAdapter(step.returns),
                version=1,
                about=_ABOUT,
            )
            if values[step.makes] is None:
                del values[step.makes]
        else:
            plan = _follows(step.inputs, plans, first, step.stage)
        plans.append(estimate_model(plan, item))
    last = next((plan for plan in plans if plan.verdict in MADE), plans[-1])
    plans += [estimate_model(_following(last, stage), item) for stage in AFTER]
    return plans


def _follows(inputs: Mapping[str, str], plans: list[StagePlan], first: StagePlan | None, stage: str) -> StagePlan:
    """Say of a stage whose input is not known what it follows."""
    made_by = {step.makes: step.stage for step in STEPS}
    before = [plan for plan in plans if plan.stage in {made_by.get(value) for value in inputs.values()}]
    source = next((plan for plan in before if plan.verdict in MADE), first or plans[-1])
    return _following(source, stage, why=first.why if first is not None else "")


def _following(source: StagePlan, stage: str, why: str = "") -> StagePlan:
    plan = StagePlan(stage, LANE, source.verdict, why or f"follows {source.stage}", changed=[source.stage])
    plan.is_sure = source.verdict not in MADE
    return plan


def _notes(batch: CreatorBatch) -> Iterator[str]:
    if batch.roster is not None:
        yield "The batch brings a roster: what that changes of whom the ledger knows shows once it is imported."
    cap, size = pool().cap, pool().size
    if batch.max_parallel is not None and batch.max_parallel > cap:
        yield (
            f"Parallelism {batch.max_parallel} is more than half of the pool of {size} connections: "
            f"{cap} creators at once at most."
        )


def _chunks(laid: Laid) -> Iterator[dict[str, float]]:
    for chunk in laid.chunks:
        names = set(chunk.names)
        items = (item for item in laid.items if item.creator in names and item.fault is None)
        yield {item.item_id: laid.costs.seconds(item.creator) for item in items}
