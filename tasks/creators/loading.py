"""To be written."""

from __future__ import annotations

from tasks.creators.context import CreatorContext
from tasks.creators.models import CreatorItem


async def load(item: CreatorItem) -> CreatorContext:
    """To be written."""
    raise NotImplementedError
