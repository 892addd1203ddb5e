"""To be written."""

from __future__ import annotations

from tasks.creators.context import CreatorContext
from tasks.creators.findings import AudienceRisk
from tasks.creators.models import CreatorItem


def assess(item: CreatorItem, context: CreatorContext) -> AudienceRisk:
    """To be written."""
    raise NotImplementedError
