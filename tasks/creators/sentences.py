"""The sentences of the creators kind: for whom, and for which week."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.models import JsonObject
from tasks.sentence_patterns import Found
from tasks.sentences import Form, UnclearError


def _weeks(found: Found) -> JsonObject:
    creators = found["creators"]
    is_batch = "batch_mode" in found
    if len(creators) > 1 and not is_batch:
        why = f"it names {len(creators)} creators, and only a batch has several"
        raise UnclearError(why, lacking="in batch mode")
    spec: JsonObject = {"kind": "creators", "batch_mode": is_batch, "creators": creators}
    if weeks := found.get("weeks"):
        spec["week_start"] = weeks[0] if len(weeks) == 1 else weeks
    if "most" in found:
        spec["max_parallel"] = found["max_parallel"]
    return spec


FORMS: Sequence[Form] = (
    Form(
        "generate|make|create|plan [a|the] schedule(s) for {creators:names}",
        "Generate schedules for orchard_notes, harbour-lights in batch mode",
        _weeks,
        {
            "batch_mode": "in batch mode",
            "week": "for the week(s) of {weeks:dates}",
            "most": "with [a] parallelism [of] {max_parallel:number}",
        },
        nouns=frozenset({"schedule", "schedules", "creator", "creators", "week", "weeks"}),
    ),
)
"""All forms."""
