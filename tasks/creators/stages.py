"""The stages of a creator's week: each is one step of a phase, and its work stands in the room of that name.

Phases 3, 7 and 8 are tried again as often, and after as long, as those who plan such weeks are used to.
"""

from __future__ import annotations

from anyio import to_thread

from tasks.creators import (
    analysis,
    anomalies,
    assembly,
    attention,
    audience,
    authenticity,
    copy_choice,
    critic,
    followups,
    judging,
    loading,
    placement,
    prediction,
    preflight,
    pricing,
    saving,
    slots,
    timing,
    variety,
)
from tasks.creators.context import CreatorContext
from tasks.creators.findings import (
    Anomalies,
    Attention,
    AudienceRisk,
    Critique,
    Draft,
    Forecast,
    Judged,
    Performance,
    Preflight,
    Prices,
)
from tasks.creators.models import CreatorItem
from tasks.creators.week_plan import WeekPlan
from tasks.models import Outcome
from tasks.stage import stage

MODEL_SECONDS = 600.0
"""For stages that may ask a model: that of this machine may take minutes where several ask it at once."""


@stage(timeout_seconds=30, checkpoint=False)
async def load_creator(item: CreatorItem) -> CreatorContext:
    """Read what is known of the creator, out of a wave that serves many creators at once."""
    return await loading.load(item)


@stage(timeout_seconds=10, retries=0)
async def check_preflight(item: CreatorItem, context: CreatorContext) -> Preflight:
    """Phase 1: see whether a week can be planned at all; PREFLIGHT_BLOCK where it cannot."""
    names = await loading.names() if context.profile is None else ()
    return preflight.check(item, context, names)


@stage(timeout_seconds=10)
async def assess_audience(item: CreatorItem, context: CreatorContext) -> AudienceRisk:
    """Phase 2: see how worn the audience is."""
    return audience.assess(item, context)


@stage(timeout_seconds=10, retries=2, retry_delays=[1.0, 3.0])
async def analyse_performance(item: CreatorItem, context: CreatorContext, ready: Preflight) -> Performance:
    """Phase 3: see how it has gone lately."""
    return analysis.analyse(item, context)


@stage(timeout_seconds=5, retries=0)
async def allocate_slots(
    item: CreatorItem, context: CreatorContext, performance: Performance, risk: AudienceRisk
) -> WeekPlan:
    """Phase 4: decide how many posts each day has, of which kinds, and what each day is for."""
    return slots.allocate(item, context, performance, risk)


@stage(timeout_seconds=10, retries=0)
async def enforce_variety(item: CreatorItem, context: CreatorContext, plan: WeekPlan) -> WeekPlan:
    """Phase 5: repair what is too much of the same."""
    return variety.enforce(item, context, plan)


@stage(timeout_seconds=30)
async def predict_performance(item: CreatorItem, context: CreatorContext, plan: WeekPlan) -> Forecast:
    """Phase 6: predict what posts are worth, and how surely."""
    return await to_thread.run_sync(prediction.predict, item, context, plan)


@stage(timeout_seconds=15, retries=3)
async def select_copy(item: CreatorItem, context: CreatorContext, plan: WeekPlan, forecast: Forecast) -> WeekPlan:
    """Phase 7: choose copy for each post, relaxing how fresh it must be where none is left."""
    return copy_choice.select(item, context, plan, forecast)


@stage(timeout_seconds=MODEL_SECONDS, retries=3)
async def score_attention(item: CreatorItem, context: CreatorContext, plan: WeekPlan) -> Attention:
    """Phase 7, beside the choice: score how strongly copy asks for attention."""
    return await attention.score(item, context, plan)


@stage(timeout_seconds=10, retries=2, retry_delays=[1.0, 3.0])
async def time_posts(item: CreatorItem, context: CreatorContext, plan: WeekPlan, forecast: Forecast) -> WeekPlan:
    """Phase 8: give each post its time, with distance to the others."""
    return timing.place(item, context, plan, forecast)


@stage(timeout_seconds=10)
async def add_followups(item: CreatorItem, context: CreatorContext, plan: WeekPlan) -> WeekPlan:
    """Phase 9: follow up on most of the posts that can be followed up on."""
    return followups.add(item, context, plan)


@stage(timeout_seconds=10)
async def vary_structure(item: CreatorItem, context: CreatorContext, plan: WeekPlan) -> WeekPlan:
    """Phase 10: vary the form of posts, and never a word of their copy."""
    return authenticity.vary(item, context, plan)


@stage(timeout_seconds=10)
async def assemble_week(
    item: CreatorItem,
    context: CreatorContext,
    plan: WeekPlan,
    forecast: Forecast,
    scores: Attention,
    ready: Preflight,
    risk: AudienceRisk,
    performance: Performance,
) -> Draft:
    """Phase 11: put the week in its order, with all that was found on the way."""
    whole = assembly.assemble(item, context, plan, forecast)
    return Draft(plan=whole, forecast=forecast, attention=scores, preflight=ready, risk=risk, performance=performance)


@stage(timeout_seconds=120, checkpoint=False)
async def optimise_placement(item: CreatorItem, context: CreatorContext, draft: Draft) -> WeekPlan:
    """Phase 12: find the best kinds, days, times and copy, together with the creator's group.

    Keeps no checkpoint under its own input: what a group is given belongs to all of it.
    """
    return await placement.optimise(item, context, draft)


@stage(timeout_seconds=10)
async def set_prices(item: CreatorItem, context: CreatorContext, draft: Draft) -> Prices:
    """Phase 12, beside it: set what posts ask for."""
    return pricing.price(item, context, draft)


@stage(timeout_seconds=MODEL_SECONDS)
async def critique_strategy(
    item: CreatorItem, context: CreatorContext, draft: Draft, plan: WeekPlan, prices: Prices
) -> Critique:
    """Phase 12, after both: let a critic look at the week as a whole."""
    return await critic.critique(item, context, draft, plan, prices)


@stage(timeout_seconds=MODEL_SECONDS)
async def judge_quality(
    item: CreatorItem, context: CreatorContext, draft: Draft, plan: WeekPlan, prices: Prices, critique: Critique
) -> Judged:
    """Phase 13: let two judges score the week; one that is rejected goes back to phase 12 once."""
    return await judging.judge(item, context, draft, plan, prices, critique)


@stage(timeout_seconds=10)
async def check_anomalies(
    item: CreatorItem, context: CreatorContext, draft: Draft, plan: WeekPlan, prices: Prices
) -> Anomalies:
    """Phase 14, beside the judges: look for what is odd."""
    return anomalies.check(item, context, draft, plan, prices)


@stage(timeout_seconds=60, checkpoint=False)
async def save_schedule(
    item: CreatorItem,
    context: CreatorContext,
    draft: Draft,
    prices: Prices,
    critique: Critique,
    judged: Judged,
    odd: Anomalies,
) -> Outcome:
    """Phase 14: certify the schedule, write it down and write its files."""
    return await saving.save(item, context, draft, prices, critique, judged, odd)
