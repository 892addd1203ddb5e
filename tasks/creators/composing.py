"""From all that the phases found to the document that is handed over."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from tasks.creators.anomalies import final_status
from tasks.creators.certificate import certify, signed_bytes
from tasks.creators.clock import DAY_NAMES
from tasks.creators.context import Copy, CreatorContext
from tasks.creators.document import ModelsUsed, ScheduleDocument, SchedulePost, moment
from tasks.creators.findings import Anomalies, Critique, Draft, Judged, Prices
from tasks.creators.models import CreatorItem
from tasks.creators.revenue import Revenue, revenue_of
from tasks.creators.week_plan import PlannedPost


def compose(
    item: CreatorItem,
    context: CreatorContext,
    draft: Draft,
    prices: Prices,
    critique: Critique,
    judged: Judged,
    odd: Anomalies,
) -> ScheduleDocument:
    """Put a week's schedule together, under a new id, and certify it."""
    profile, plan = context.known, judged.plan
    document = ScheduleDocument(
        schedule_id=f"sched_{secrets.token_hex(6)}",
        creator_id=profile.creator_id,
        page_name=profile.page_name,
        week_start=item.week_start,
        time_zone=profile.time_zone,
        generated_at=datetime.now(UTC).isoformat(timespec="seconds"),
        status=final_status(judged, odd),
        quality=judged.quality,
        critique=critique,
        revenue=_revenue(draft, judged),
        strategy=plan.strategy,
        posts=_posts(item, context, prices, judged),
        relaxed=plan.relaxed,
        repairs=plan.repairs,
        audience_risk=draft.risk,
        performance=draft.performance,
        preflight=draft.preflight.checks,
        anomalies=odd.found,
        gates=item.gates,
        seed=item.seed,
        models=ModelsUsed(
            attention=draft.attention.by_model, critique=critique.by_model, judging=judged.quality.by_model
        ),
    )
    body = signed_bytes(document.model_dump(mode="json"))
    subject = f"{document.creator_id}, week of {document.week_start}"
    document.certificate = certify(body, judged, odd, subject=subject, items=len(document.posts))
    return document


def _posts(item: CreatorItem, context: CreatorContext, prices: Prices, judged: Judged) -> list[SchedulePost]:
    copies = {copy.copy_id: copy for copy in context.copies}
    asked = {price.slot_type: price.price for price in prices.prices}
    return [
        _post(item, context.known.time_zone, one, copies.get(one.copy_id or ""), asked) for one in judged.plan.posts
    ]


def _post(
    item: CreatorItem, time_zone: str, planned: PlannedPost, copy: Copy | None, asked: dict[str, float]
) -> SchedulePost:
    assert planned.minute_of_day is not None, "a week is judged when all its posts have times"
    at = moment(item.week_start, planned.day, planned.minute_of_day, time_zone)
    return SchedulePost(
        post_id=planned.post_id,
        starts_at=at.isoformat(),
        weekday=DAY_NAMES[at.weekday()],
        local_time=f"{at:%H:%M}",
        slot_type=planned.slot_type,
        content_type=planned.content_type,
        copy_id=planned.copy_id,
        copy_text=copy.text if copy is not None else "",
        needs_manual_copy=planned.needs_manual_copy,
        parent=planned.parent,
        value=round(planned.value, 2),
        low=round(planned.low, 2),
        high=round(planned.high, 2),
        price=_price(planned, copy, asked),
        label=planned.label,
    )


def _price(planned: PlannedPost, copy: Copy | None, asked: dict[str, float]) -> float | None:
    """Say what a post asks for: what the plan has decided, else its copy's own price, else that of its slot type.

    A follow-up comes back to a post and sells nothing anew.
    """
    if planned.price is not None or planned.parent is not None:
        return planned.price
    if copy is not None and copy.price is not None:
        return copy.price
    return asked.get(planned.slot_type)


def _revenue(draft: Draft, judged: Judged) -> Revenue:
    found = revenue_of(judged.plan, draft.forecast)
    return found.model_copy(update={name: round(value, 2) for name, value in found})
