"""How large a batch may be as parameters of a flow run.

Prefect refuses parameters over 512 KiB, local runs included, with a 422 from its server. A batch
that is too large says so itself, earlier and with what to do.
"""

from __future__ import annotations

import json

from pydantic import BaseModel, ValidationInfo

from tasks.errors import fault

LIMIT = 512 * 1024
SPILL_ABOVE = 256 * 1024
"""Above this the command line and `flows.generate` write the items to a file."""

BOUNDLESS = {"boundless": True}
"""Validation context for a batch whose items will be written to a file, so that its size is not refused."""

STORED = {**BOUNDLESS, "stored": True}
"""The same for one that is read back from the ledger, where what had been left out is filled in."""

_ROOM = 1024  # for the names of the parameters, and what Prefect may add


def size_of_parameters(batch: BaseModel) -> int:
    """Count bytes as Prefect counts them: JSON in ASCII."""
    return len(json.dumps(batch.model_dump(mode="json"), separators=(",", ":")))


def refuse_too_large(batch: BaseModel, info: ValidationInfo) -> None:
    """Raise PARAMETERS_TOO_LARGE for what Prefect would refuse; called by a kind's batch model."""
    if info.context is not None and info.context.get("boundless"):
        return
    size = size_of_parameters(batch)
    if size > LIMIT - _ROOM:
        raise fault("PARAMETERS_TOO_LARGE", size=size, limit=LIMIT)
