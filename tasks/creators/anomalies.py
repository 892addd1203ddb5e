"""To be written."""

from __future__ import annotations

from tasks.creators.context import CreatorContext
from tasks.creators.findings import Anomalies, Draft, Prices
from tasks.creators.models import CreatorItem
from tasks.creators.week_plan import WeekPlan


def check(item: CreatorItem, context: CreatorContext, draft: Draft, plan: WeekPlan, prices: Prices) -> Anomalies:
    """To be written."""
    raise NotImplementedError
