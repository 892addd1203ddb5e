"""What the command line knows of the fiction kind before anything heavy is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.complaints import Problem
from tasks.fiction.models import FictionBatch
from tasks.fiction.request import SYNONYMS
from tasks.models import JsonObject

__all__ = ["BATCH", "RANK", "SHAPES", "SYNONYMS", "check", "is_request", "size_of", "spill"]

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tasks.reviews import Case, Revised

RANK = 20
"""After the creators: it needs a model."""

BATCH = FictionBatch
"""The model that a spec of this kind is read into."""

SHAPES: dict[str, JsonObject] = {
    "job": {
        "job_id": "night-shift",
        "job_type": "chapter_writing",
        "priority": "normal",
        "items": [
            {"item_id": "item-001", "project_id": "harbour-light", "chapter_num": 1},
            {"item_id": "item-002", "project_id": "tide-clock", "chapter_num": 1},
        ],
        "config": {"max_parallel": 5, "retry_on_failure": True, "max_retries": 2, "model_rotation": True},
    },
    "pipeline": {"job_type": "pipeline", "projects": ["harbour-light"]},
}
"""An example of every form of a request, by its name."""


def is_request(data: JsonObject) -> bool:
    """Say whether an object without a `kind` is a job as its source writes it."""
    return "job_type" in data


def size_of(batch: FictionBatch) -> int:
    """Count the items a batch asks for."""
    from datetime import UTC, datetime

    from tasks.fiction.planning import items_of

    return len(items_of(batch, now=datetime.now(UTC)))


def spill(batch: FictionBatch, path: Path) -> FictionBatch:
    """Write a job's items to a file and return the batch that names it instead."""
    from tasks.fiction.asked import job_items, write_items

    file, sha256 = write_items(path, job_items(batch))
    return batch.model_copy(update={"items": [], "items_file": file, "items_sha256": sha256})


def check(batch: FictionBatch, file: str, text: str) -> Iterator[Problem]:
    """Find what is wrong with the items of a batch without making them."""
    from tasks.fiction.checking import check_fiction

    return check_fiction(batch, file, text)


def review(case: Case, connection: Connection) -> Revised | None:
    """Carry out what a person decided of something that waited for review."""
    from tasks.fiction.reviewing import review as carried_out

    return carried_out(case, connection)
