"""To be written."""

from __future__ import annotations

from tasks.creators.context import CreatorContext
from tasks.creators.findings import Performance
from tasks.creators.models import CreatorItem


def analyse(item: CreatorItem, context: CreatorContext) -> Performance:
    """To be written."""
    raise NotImplementedError
