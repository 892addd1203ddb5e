"""Phase 13: two judges score the week, and what they say together is the gate's verdict.

The first measures five dimensions. The second is a model, or other rules. A week that is rejected goes back to phase 12
once, which is told what is weakest, and the better of the two weeks is the one that is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from tasks.creators import critic, expert, placement
from tasks.creators.consensus import Agreement, agree
from tasks.creators.context import CreatorContext, rules_for
from tasks.creators.dimensions import Subject, measure
from tasks.creators.expert import Opinion
from tasks.creators.findings import Consensus, Critique, Dimensions, Draft, Judged, Prices, Quality, Verdict
from tasks.creators.gates import Thresholds
from tasks.creators.hours import passed_over
from tasks.creators.limits import reasons_for_review
from tasks.creators.models import CreatorItem
from tasks.creators.rules import GateProfile
from tasks.creators.violations import violations_of
from tasks.creators.week_plan import WeekPlan
from tasks.words import score

logger = logging.getLogger("pressroom")
Optimise = Callable[[CreatorItem, CreatorContext, Draft, str], Awaitable[WeekPlan]]
_RANK = {Verdict.REJECTED: 0, Verdict.NEEDS_REVIEW: 1, Verdict.APPROVED: 2}


class _Panel(NamedTuple):
    """What both judges say of a week."""

    dimensions: Dimensions
    primary: float
    counted: Opinion
    """The expert whose score counts."""
    asked: Opinion
    """The one that was asked; another only where a model's word does not count."""


async def judge(
    item: CreatorItem,
    context: CreatorContext,
    draft: Draft,
    plan: WeekPlan,
    prices: Prices,
    critique: Critique,
    *,
    optimise: Optimise = placement.optimise,
) -> Judged:
    """Judge a week, and where it is rejected the one that comes of sending it back, if that one is better.

    `optimise` is the part of phase 12 that it goes back to.
    """
    first = await _judge(item, context, draft, plan, critique)
    if not _goes_back(item, first.quality):
        return first
    emphasis = emphasis_of(item, first.quality)
    again = await optimise(item, context, draft, emphasis)
    told = f"It was rejected and sent back to phase 12 for its {emphasis}"
    if again == plan:
        return _sent_back(first, f"{told}, which found no other week.")
    second = await _judge(item, context, draft, again, await critic.critique(item, context, draft, again, prices))
    scores = f"{first.quality.score:.1f} became {second.quality.score:.1f}"
    if _order(second) > _order(first):
        return _sent_back(second, f"{told}: {scores}.")
    return _sent_back(first, f"{told}: {scores}, so the first week is kept.")


def emphasis_of(item: CreatorItem, quality: Quality) -> str:
    """Name the dimension that phase 12 is to look to: compliance where a rule is broken, else what costs most."""
    return "compliance" if quality.violations else item.quality.weights.weakest(quality.dimensions)


async def _judge(
    item: CreatorItem, context: CreatorContext, draft: Draft, plan: WeekPlan, critique: Critique
) -> Judged:
    """Let both judges speak, and put together what they say."""
    broken = violations_of(plan, context, rules_for(context.known, item.rules), item.week_start)
    violations = [" ".join(filter(None, (f"{one.rule}:", one.post_id, one.what))) for one in broken]
    subject = Subject(item, context, draft, plan, violations)
    panel = await _hear(subject, critique)
    thresholds = item.quality.thresholds(draft.forecast.confidence)
    agreement = agree(panel.primary, panel.counted.score, thresholds, item.quality)
    quality = _quality(subject, panel, agreement, thresholds, reasons_for_review(subject, critique, panel.asked))
    return Judged(plan=plan, quality=quality)


async def _hear(subject: Subject, critique: Critique) -> _Panel:
    """Hear both judges; under the profile `draft`, and where a model's answer does not serve, rules are the expert."""
    dimensions = measure(subject)
    primary = round(subject.item.quality.weights.score(dimensions), 2)
    ruled = expert.by_rules(subject, dimensions, critique)
    if not subject.item.models:
        return _Panel(dimensions, primary, ruled, ruled)
    asked = await expert.by_model(subject, dimensions, critique)
    counts = asked.was_heard and subject.item.gates is GateProfile.STANDARD
    return _Panel(dimensions, primary, asked if counts else ruled, asked)


def _quality(
    subject: Subject, panel: _Panel, agreement: Agreement, thresholds: Thresholds, reasons: list[str]
) -> Quality:
    status, consensus, certainty = agreement.status, agreement.consensus, agreement.certainty
    if subject.violations:
        status, consensus = Verdict.REJECTED, Consensus.REJECTED
        certainty = subject.item.quality.certainty.of(consensus)
    elif status is Verdict.APPROVED and reasons:
        status = Verdict.NEEDS_REVIEW
    is_shown = panel.asked is not panel.counted and panel.asked.was_heard
    return Quality(
        status=status,
        score=float(score(agreement.score, 1)),
        primary=float(score(panel.primary, 1)),
        expert=float(score(panel.counted.score, 1)),
        consensus=consensus,
        confidence=certainty,
        dimensions=panel.dimensions,
        thresholds=thresholds,
        violations=list(subject.violations),
        remarks=[
            *reasons,
            *_divergence(subject.item, panel, agreement),
            *_said(panel, is_shown),
            *passed_over(rules_for(subject.context.known, subject.item.rules), subject.plan),
        ],
        by_model=panel.asked.model,
        shown=float(score(panel.asked.score, 1)) if is_shown else None,
    )


def _divergence(item: CreatorItem, panel: _Panel, agreement: Agreement) -> list[str]:
    """Note that the judges lie far apart, for who reads the log and for who reads the schedule."""
    if not agreement.diverges:
        return []
    primary, second = panel.primary, panel.counted.score
    scores = {"creator": item.creator, "primary": primary, "expert": second, "delta": round(primary - second, 2)}
    extra = {"event": "SCORE_DIVERGENCE", "batch_id": item.batch_id, "item_id": item.item_id, **scores}
    said = f"{score(primary, 0)} and {score(second, 0)}"
    logger.warning("SCORE_DIVERGENCE: the judges of %r give %s", item.item_id, said, extra=extra)
    return [f"SCORE_DIVERGENCE: the judges give {said}."]


def _said(panel: _Panel, is_shown: bool) -> list[str]:
    """What the experts remark."""
    if panel.asked is panel.counted:
        return panel.counted.remarks
    shown = [f"{panel.asked.model} gives {score(panel.asked.score, 0)}, which is shown and does not count."]
    return [*panel.counted.remarks, *(shown if is_shown else []), *panel.asked.remarks]


def _goes_back(item: CreatorItem, quality: Quality) -> bool:
    """Say whether a week is made again: one that is rejected, and not so bad that it is given up."""
    is_hopeless = quality.score < item.quality.abort_below
    return quality.status is Verdict.REJECTED and item.quality.returns > 0 and not is_hopeless


def _sent_back(judged: Judged, remark: str) -> Judged:
    quality = judged.quality.model_copy(update={"returned": 1, "remarks": [*judged.quality.remarks, remark]})
    return judged.model_copy(update={"quality": quality})


def _order(judged: Judged) -> tuple[int, int, float]:
    """What makes one week better than another: its verdict, fewer broken rules, its score."""
    quality = judged.quality
    return _RANK[quality.status], -len(quality.violations), quality.score
