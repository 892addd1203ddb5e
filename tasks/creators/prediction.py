"""To be written."""

from __future__ import annotations

from tasks.creators.context import CreatorContext
from tasks.creators.findings import Forecast
from tasks.creators.models import CreatorItem


def predict(item: CreatorItem, context: CreatorContext) -> Forecast:
    """To be written."""
    raise NotImplementedError
