"""To be written."""

from __future__ import annotations

from tasks.creators.context import CreatorContext
from tasks.creators.findings import Anomalies, Critique, Draft, Judged, Prices
from tasks.creators.models import CreatorItem
from tasks.models import Outcome


async def save(
    item: CreatorItem,
    context: CreatorContext,
    draft: Draft,
    prices: Prices,
    critique: Critique,
    judged: Judged,
    odd: Anomalies,
) -> Outcome:
    """To be written."""
    raise NotImplementedError
