"""A week as the phases make it, for tests of those who make it better: phases 1 to 11, without a model."""

from __future__ import annotations

from dataclasses import dataclass, field

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
from tasks.gatherings import Gatherings, GivenT, MadeT, Make
from tasks.work import Work


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


@dataclass
class Together(Work):
    """Work at an item of a group, whose members meet."""

    gatherings: Gatherings = field(default_factory=Gatherings)

    async def make_together(self, name: str, given: GivenT, make: Make[GivenT, MadeT], *, patience: float) -> MadeT:
        """Meet the others."""
        return await self.gatherings.make_together(name, self.item_id, given, make, patience=patience, sleep=self.sleep)
