"""To be written."""

from __future__ import annotations

from tasks.creators.context import CreatorContext
from tasks.creators.findings import Forecast
from tasks.creators.models import CreatorItem
from tasks.creators.week_plan import WeekPlan


def place(item: CreatorItem, context: CreatorContext, plan: WeekPlan, forecast: Forecast) -> WeekPlan:
    """To be written."""
    raise NotImplementedError
