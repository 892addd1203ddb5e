"""To be written."""

from __future__ import annotations

from tasks.creators.context import CreatorContext
from tasks.creators.findings import Draft
from tasks.creators.models import CreatorItem
from tasks.creators.week_plan import WeekPlan


async def optimise(item: CreatorItem, context: CreatorContext, draft: Draft, emphasis: str = "") -> WeekPlan:
    """To be written."""
    raise NotImplementedError
