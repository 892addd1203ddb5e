"""Exit codes: what a script learns about a batch without reading anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.errors import PressroomError

if TYPE_CHECKING:
    from tasks.ledger.glance import BatchDocument

SUCCEEDED = 0
NOT_ALL = 1
"""Partial, failed, or something waits for a review."""
REFUSED = 2
"""Bad input; nothing was run."""
STOPPED = 3
"""Cancelled, past its deadline, out of money or disk, ended because of failures, or paused and never answered."""
OUR_FAULT = 70
INTERRUPTED = 130


def of_result(result: BatchDocument) -> int:
    """Exit code for what became of a batch; one that succeeded is not whole while something of it waits."""
    if result["status"] == "succeeded":
        return SUCCEEDED if result["successful"] == result["total"] else NOT_ALL
    return {"stopped": STOPPED, "interrupted": INTERRUPTED}.get(result["status"], NOT_ALL)


def of_run(result: BatchDocument, *, interrupted: bool) -> int:
    """Exit code for a run; one that was interrupted when all was made already has nothing to go on with."""
    is_whole = result["status"] == "succeeded"
    return INTERRUPTED if interrupted and not is_whole else of_result(result)


def of_error(error: PressroomError) -> int:
    """Exit code for an error that kept anything from being run."""
    return OUR_FAULT if error.code in ("INTERNAL", "SERVER_FAILED", "SERVER_ERROR") else REFUSED
