"""To be written."""

from __future__ import annotations

from collections.abc import Callable

from tasks.claims import Claims
from tasks.creators.models import CreatorBatch, CreatorItem

Prepare = Callable[[CreatorItem], CreatorItem]


def plan_creators(batch: CreatorBatch, claims: Claims) -> tuple[list[CreatorItem], Prepare]:
    """To be written."""
    raise NotImplementedError
