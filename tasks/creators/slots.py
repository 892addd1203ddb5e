"""To be written."""

from __future__ import annotations

from tasks.creators.context import CreatorContext
from tasks.creators.findings import AudienceRisk, Performance
from tasks.creators.models import CreatorItem
from tasks.creators.week_plan import WeekPlan


def allocate(item: CreatorItem, context: CreatorContext, performance: Performance, risk: AudienceRisk) -> WeekPlan:
    """To be written."""
    raise NotImplementedError
