"""What a person can do next with a batch that has ended, for a terminal and for an assistant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.bounds import MENDED_BY, emptied_budget, with_changes

if TYPE_CHECKING:
    from tasks.ledger.glance import BatchDocument

AFTER_OTHERS = ("PREDECESSOR_FAILED", "PREDECESSOR_IN_REVIEW")
"""Codes of items that were skipped because of another one."""


def ways_on(result: BatchDocument, spec: str | None = None) -> list[str]:
    """Name the commands that go on with a batch; `spec` is the file it came from, where that is known."""
    return [f"{about + ':':<29} {command}" for about, command in ways(result, spec)]


def ways(result: BatchDocument, spec: str | None = None) -> list[tuple[str, str]]:
    """Name the same, each as what it is for and the command."""
    name = result["batch_id"]
    again = with_changes(name, result["part_of"], spec or "SPEC")
    found = []
    emptied = emptied_budget(result["reason"]) if result["status"] == "stopped" else None
    codes = [one["error_code"] for one in result["results"] if one["status"] == "failed"]
    is_retried, is_raised = any(code not in MENDED_BY for code in codes), any(code in MENDED_BY for code in codes)
    if _is_unfinished(result) and emptied == "kind":
        found.append(("Once its budget has room", f"pressroom resume {name}"))
    elif _is_unfinished(result) and emptied != "batch":
        found.append(("To go on where it ended", f"pressroom resume {name}"))
    if is_raised or (_is_unfinished(result) and emptied == "batch"):
        found.append(("With more for it in the spec", again))
    if any(one["status"] == "needs_review" for one in result["results"]):
        found.append(("To decide on what waits", f"pressroom review {name}"))
    if is_retried:
        found.append(("To try the failed ones again", f"pressroom retry {name}"))
        if spec is not None and not is_raised:
            found.append(("After a change of the spec", again))
    return found


def _is_unfinished(result: BatchDocument) -> bool:
    # Who was skipped for another one comes again with that one.
    return any(
        one["status"] not in ("succeeded", "failed", "needs_review") and one["error_code"] not in AFTER_OTHERS
        for one in result["results"]
    )
