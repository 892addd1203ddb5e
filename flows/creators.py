"""Creators: a week's schedule for each, in fourteen phases.

    load ─┬─▶ 1 preflight ──▶ 3 performance ─┬─▶ 4 slots ─▶ 5 variety ─▶ 6 prediction
          └─▶ 2 audience risk ───────────────┘                              │
          ┌─────────────────────────────────────────────────────────────────┘
          ├─▶ 7 copy ───────┬─▶ 8 timing ─▶ 9 follow-ups ─▶ 10 structure ─▶ 11 assembly
          └─▶ 7 attention ──┘                                                 │
          ┌───────────────────────────────────────────────────────────────────┘
          ├─▶ 12 placement ─┬─▶ 12 critic ─▶ 13 judges ───┬─▶ 14 save
          └─▶ 12 prices ────┴─▶ 14 anomalies ─────────────┘

The window holds as many creators as the pool of connections serves. Members of a group meet at 12, where all of
them are solved together; while one waits there it takes no room from others.
"""

from __future__ import annotations

from prefect import flow

from flows.batch import open_batch
from flows.lanes import Lane
from flows.run_notices import tell_failure
from flows.runner import EventLoopTaskRunner
from flows.scheduled import run_name
from tasks.creators.models import CreatorBatch
from tasks.creators.phases import PHASES
from tasks.creators.planning import plan_creators
from tasks.creators.pool import pool
from tasks.creators.stages import (
    add_followups,
    allocate_slots,
    analyse_performance,
    assemble_week,
    assess_audience,
    check_anomalies,
    check_preflight,
    critique_strategy,
    enforce_variety,
    judge_quality,
    load_creator,
    optimise_placement,
    predict_performance,
    save_schedule,
    score_attention,
    select_copy,
    set_prices,
    time_posts,
    vary_structure,
)
from tasks.results import BatchResult


def _lanes(batch: CreatorBatch) -> tuple[Lane, ...]:
    """Let in as many creators as share the pool well: a third of it, or as many as asked for up to a half."""
    shared = pool()
    shared.begin_with(batch.max_parallel)
    limit = shared.default if batch.max_parallel is None else shared.cap
    stages = tuple(stage for phase in PHASES for stage in phase.stages)
    window = shared.at_once(batch.max_parallel)
    return (Lane("main", limit=limit, stages=stages, window=window, most=shared.parallelism),)


@flow(
    name="creators",
    flow_run_name=run_name,
    task_runner=EventLoopTaskRunner(),
    result_serializer="json",
    on_failure=[tell_failure],
)
def creators(batch: CreatorBatch) -> BatchResult:
    """Plan a week for each creator of a batch and return what became of each.

    Raises `BatchFailed`, which carries `.result`, when nothing succeeded or the batch was stopped.
    """
    with open_batch("creators", batch, plan_creators, lanes=_lanes(batch)) as run:
        for (main,) in run.window():
            items = main.items
            known = load_creator.map(items)
            ready = check_preflight.map(items, known)
            risk = assess_audience.map(items, known)
            recent = analyse_performance.map(items, known, ready)
            slots = enforce_variety.map(items, known, allocate_slots.map(items, known, recent, risk))
            forecast = predict_performance.map(items, known, slots)
            chosen = select_copy.map(items, known, slots, forecast)
            attention = score_attention.map(items, known, slots)
            timed = time_posts.map(items, known, chosen, forecast)
            formed = vary_structure.map(items, known, add_followups.map(items, known, timed))
            draft = assemble_week.map(items, known, formed, forecast, attention, ready, risk, recent)
            placed = optimise_placement.map(items, known, draft)
            prices = set_prices.map(items, known, draft)
            critique = critique_strategy.map(items, known, draft, placed, prices)
            judged = judge_quality.map(items, known, draft, placed, prices, critique)
            odd = check_anomalies.map(items, known, draft, placed, prices)
            run.collect(main, save_schedule.map(items, known, draft, prices, critique, judged, odd))
    return run.settle()
