"""A week as the phases make it, for tests of those who make it better: phases 1 to 11, without a model."""

from __future__ import annotations

from tasks.creators import (
    analysis,
    assembly,
    audience,
    authenticity,
    copy_choice,
    followups,
    prediction,
    preflight,
    slots,
    timing,
    variety,
)
from tasks.creators.context import CreatorContext
from tasks.creators.findings import Attention, Draft
from tasks.creators.models import CreatorItem


def drafted(item: CreatorItem, context: CreatorContext) -> Draft:
    """Let the phases plan a creator's week."""
    ready, risk = preflight.check(item, context), audience.assess(item, context)
    performance = analysis.analyse(item, context)
    plan = variety.enforce(item, context, slots.allocate(item, context, performance, risk))
    forecast = prediction.predict(item, context)
    plan = timing.place(item, context, copy_choice.select(item, context, plan, forecast), forecast)
    plan = authenticity.vary(item, context, followups.add(item, context, plan))
    return Draft(
        plan=assembly.assemble(item, context, plan, forecast),
        forecast=forecast,
        attention=Attention(scores={copy.copy_id: 60.0 for copy in context.copies}),
        preflight=ready,
        risk=risk,
        performance=performance,
    )
