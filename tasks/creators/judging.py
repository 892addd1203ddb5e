"""To be written."""

from __future__ import annotations

from tasks.creators.context import CreatorContext
from tasks.creators.findings import Critique, Draft, Judged, Prices
from tasks.creators.models import CreatorItem
from tasks.creators.week_plan import WeekPlan


async def judge(
    item: CreatorItem, context: CreatorContext, draft: Draft, plan: WeekPlan, prices: Prices, critique: Critique
) -> Judged:
    """To be written."""
    raise NotImplementedError
