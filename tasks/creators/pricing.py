"""To be written."""

from __future__ import annotations

from tasks.creators.context import CreatorContext
from tasks.creators.findings import Draft, Prices
from tasks.creators.models import CreatorItem


def price(item: CreatorItem, context: CreatorContext, draft: Draft) -> Prices:
    """To be written."""
    raise NotImplementedError
