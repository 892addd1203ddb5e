"""What the command line knows of the fiction kind before anything heavy is loaded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.complaints import Problem
from tasks.fiction.models import FictionBatch
from tasks.models import JsonObject

__all__ = ["BATCH", "RANK", "REPLIES", "SHAPES", "check", "divide", "is_request", "size_of", "spill"]

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tasks.claims import Claims
    from tasks.fiction.reply import JobReply
    from tasks.ledger.glance import Execute
    from tasks.parts import Cut
    from tasks.plans import Planned
    from tasks.previews import Preview
    from tasks.reports.sections import Section
    from tasks.results import BatchResult
    from tasks.reviews import Case, Revised
    from tasks.sentences import Form

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

    from tasks.fiction.planning import placed_items

    return len(placed_items(batch, now=datetime.now(UTC)))


def spill(batch: FictionBatch, path: Path) -> FictionBatch:
    """Write a job's items, or its projects, to a file and return the batch that names it instead."""
    from tasks.fiction.asked import entries_of
    from tasks.fiction.items_file import write_items

    file, sha256 = write_items(path, entries_of(batch))
    moved: dict[str, object] = {"items": [], "projects": [], "items_file": file, "items_sha256": sha256}
    return batch.model_copy(update=moved)


def divide(batch: FictionBatch, cut: Cut) -> list[tuple[dict[str, Any], int]]:
    """Cut a batch into parts; of each, the fields in which it differs, and its size."""
    from tasks.fiction.dividing import divide_fiction

    return divide_fiction(batch, cut)


def check(batch: FictionBatch, file: str, text: str) -> Iterator[Problem]:
    """Find what is wrong with the items of a batch without making them."""
    from tasks.fiction.checking import check_fiction

    return check_fiction(batch, file, text)


def review(case: Case, connection: Connection) -> Revised | None:
    """Carry out what a person decided of something that waited for review."""
    from tasks.fiction.reviewing import review as carried_out

    return carried_out(case, connection)


def plan(batch: FictionBatch, claims: Claims) -> Planned:
    """Return the items of a batch, how each is foreseen, and how many can be at work side by side."""
    from tasks.fiction.foreseeing import foresee_fiction

    return foresee_fiction(batch, claims)


def preview(batch: FictionBatch, item_id: str | None, most: int) -> tuple[int, Iterator[Preview]]:
    """Count the items of a batch, and show of the first of them or of one what would be asked."""
    from tasks.fiction.previewing import preview_fiction

    return preview_fiction(batch, item_id, most)


def reply(result: BatchResult, batch: FictionBatch) -> JobReply:
    """Put a batch's result in the form of its source's jobs."""
    from tasks.fiction.reply import job_reply

    return job_reply(result, batch)


def sentences() -> Sequence[Form]:
    """Return the forms of plain sentences that stand for batches of this kind."""
    from tasks.fiction.sentences import FORMS

    return FORMS


def sections(execute: Execute, batch_id: str) -> Iterator[Section]:
    """Tell in the reports of a batch's chapters and books."""
    from tasks.fiction.report_section import sections_about

    return sections_about(execute, batch_id)


REPLIES = {"job.json": reply}
"""Documents that lie beside `batch_summary.json`, in the source's own form."""
