"""What a person can do next with a batch that has ended, as lines for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.bounds import MENDED_BY, emptied_budget, with_changes

if TYPE_CHECKING:
    from tasks.ledger.glance import BatchDocument

AFTER_OTHERS = ("PREDECESSOR_FAILED", "PREDECESSOR_IN_REVIEW")
"""Codes of items that were skipped because of another one."""


def ways_on(result: BatchDocument, spec: str | None = None) -> list[str]:
    """Name the commands that go on with a batch; `spec` is the file it came from, where that is known."""
    name = result["batch_id"]
    again = with_changes(name, result["part_of"], spec or "SPEC")
    lines = []
    emptied = emptied_budget(result["reason"]) if result["status"] == "stopped" else None
    codes = [one["error_code"] for one in result["results"] if one["status"] == "failed"]
    is_retried, is_raised = any(code not in MENDED_BY for code in codes), any(code in MENDED_BY for code in codes)
    if _is_unfinished(result) and emptied == "kind":
        lines.append(f"Once its budget has room:     pressroom resume {name}")
    elif _is_unfinished(result) and emptied != "batch":
        lines.append(f"To go on where it ended:      pressroom resume {name}")
    if is_raised or (_is_unfinished(result) and emptied == "batch"):
        lines.append(f"With more for it in the spec: {again}")
    if result["needs_review"]:
        lines.append(f"To decide on what waits:      pressroom review {name}")
    if is_retried:
        lines.append(f"To try the failed ones again: pressroom retry {name}")
        if spec is not None and not is_raised:
            lines.append(f"After a change of the spec:    {again}")
    return lines


def _is_unfinished(result: BatchDocument) -> bool:
    # Who was skipped for another one comes again with that one.
    waiting_for_others = sum(one["error_code"] in AFTER_OTHERS for one in result["results"])
    return result["pending"] + result["cancelled"] + result["skipped"] > waiting_for_others
