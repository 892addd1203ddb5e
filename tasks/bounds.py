"""Bounds of a batch that end an item which needs more: whether a changed spec has raised them, and whom that helps."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tasks.models import BatchOptions

MENDED_BY = {
    "ITEM_DEADLINE": ("item_deadline_seconds",),
    "TOKENS_EXCEEDED": ("budget.item_tokens",),
    "BUDGET_EXCEEDED": ("budget.item_usd", "budget.batch_usd"),
    "CAP_EXCEEDED": (),
}
"""By the code of a failure, the fields of a batch that keep it from coming again once they are raised.

A kind with caps adds the fields of its own.
"""


def emptied_budget(reason: str | None) -> str | None:
    """Return whose budget a batch was stopped by, `batch` or `kind`, read from its reason; None where it was not."""
    found = re.match("BUDGET_EXCEEDED: The budget of (batch|kind) ", reason or "")
    return found[1] if found else None


def with_changes(batch_id: str, part_of: str | None, spec: str = "SPEC") -> str:
    """Name the command by which a batch goes on as a changed spec says.

    A part goes on with all parts, by the options that it is `part_of`: run by itself it would become the whole, with
    the whole budget, beside the others.
    """
    return f"pressroom submit {spec} {part_of}" if part_of else f"pressroom run {spec} --batch-id {batch_id}"


def raised_bounds(before: str, batch: BatchOptions) -> frozenset[str]:
    """Return the codes of failures that are worth another try: those of bounds that were lower before.

    `before` is the spec of the batch as the ledger has it, JSON.
    """
    old, new = json.loads(before), batch.model_dump(mode="json")
    return frozenset(code for code, fields in MENDED_BY.items() if any(_is_raised(old, new, each) for each in fields))


def _is_raised(old: Mapping[str, Any], new: Mapping[str, Any], field: str) -> bool:
    was, now = _value(old, field), _value(new, field)
    return was is not None and (now is None or now > was)


def _value(spec: Mapping[str, Any], field: str) -> float | None:
    found: Any = spec
    for name in field.split("."):
        found = (found or {}).get(name)
    value: float | None = found
    return value
