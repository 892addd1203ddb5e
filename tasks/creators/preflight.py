"""To be written."""

from __future__ import annotations

from tasks.creators.context import CreatorContext
from tasks.creators.findings import Preflight
from tasks.creators.models import CreatorItem


def check(item: CreatorItem, context: CreatorContext) -> Preflight:
    """To be written."""
    raise NotImplementedError
