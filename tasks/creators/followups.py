"""To be written."""

from __future__ import annotations

from tasks.creators.context import CreatorContext
from tasks.creators.models import CreatorItem
from tasks.creators.week_plan import WeekPlan


def add(item: CreatorItem, context: CreatorContext, plan: WeekPlan) -> WeekPlan:
    """To be written."""
    raise NotImplementedError
