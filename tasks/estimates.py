"""How much a plan's work comes to: time by what past batches took, tokens and money where a kind can say."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from tasks.ledger.past import Past
from tasks.plans import MADE, Estimate, ItemPlan, Plan, PlannedChunk, StagePlan

N = TypeVar("N", int, float)


def estimate(plan: Plan, past: Past, *, most: int | None) -> None:
    """Fill in what each stage and the whole would take; `most` is the batch's own bound for work at once."""
    stages = [stage for item in plan.items for stage in item.stages if stage.verdict in MADE]
    usual = {name: past.seconds(name) for name in {stage.stage for stage in stages}}
    plan.parallelism = past.parallelism(plan.kind)
    if most is not None:
        plan.parallelism = {lane: min(value, most) for lane, value in plan.parallelism.items()}
    for stage in stages:
        stage.seconds = usual[stage.stage]
    unknown = sum(stage.seconds is None for stage in stages)
    busy = Counter(lane for item in plan.items for lane in _lanes_of(item))
    at_once = {lane: min(plan.parallelism.get(lane, 1), number) for lane, number in busy.items()}
    seconds, wall_clock = _times(stages, at_once)
    if unknown and unknown == len(stages):
        seconds = wall_clock = None
    tokens, cost = _sum(stage.tokens for stage in stages), _sum(stage.cost for stage in stages)
    plan.estimate = Estimate(seconds, wall_clock, tokens, cost, unknown)


def shared_out(plan: Plan, chunks: Sequence[Mapping[str, float]]) -> list[PlannedChunk]:
    """Deal the estimate out to the chunks, so that all of them together take what the plan takes.

    What an item is predicted to take decides its share and is told nowhere itself: it comes from whole items, which
    wait as well, and the estimate from stages at work.
    """
    made = {item.item_id: item for item in plan.items if item.verdict in MADE}
    whole = sum(seconds for chunk in chunks for name, seconds in chunk.items() if name in made)
    found = []
    for chunk in chunks:
        of_chunk = [made[name] for name in chunk if name in made]
        share = sum(chunk[item.item_id] for item in of_chunk) / whole if whole else 0.0
        seconds = round(plan.estimate.seconds * share, 3) if plan.estimate.seconds is not None else None
        stages = (stage for item in of_chunk for stage in item.stages if stage.verdict in MADE)
        found.append(PlannedChunk(list(chunk), round(share, 3), seconds, _sum(stage.tokens for stage in stages)))
    return found


def _lanes_of(item: ItemPlan) -> set[str]:
    """Return the lanes in which there is work on an item; its stages follow each other."""
    return {stage.lane for stage in item.stages if stage.verdict in MADE}


def _times(stages: list[StagePlan], parallelism: dict[str, int]) -> tuple[float | None, float | None]:
    """Add up all work, and what the busiest lane takes: lanes run beside each other."""
    lanes: dict[str, float] = defaultdict(float)
    for stage in stages:
        lanes[stage.lane] += stage.seconds or 0.0
    shares = (amount / parallelism.get(lane, 1) for lane, amount in lanes.items())
    return sum(lanes.values()), max(shares, default=0.0)


def _sum(amounts: Iterable[N | None]) -> N | None:
    """Add up amounts that are all known."""
    known: list[N] = []
    for amount in amounts:
        if amount is None:
            return None
        known.append(amount)
    return sum(known)
