"""To be written."""

from __future__ import annotations

from tasks.creators.context import CreatorContext
from tasks.creators.findings import Attention
from tasks.creators.models import CreatorItem
from tasks.creators.week_plan import WeekPlan


async def score(item: CreatorItem, context: CreatorContext, plan: WeekPlan) -> Attention:
    """To be written."""
    raise NotImplementedError
