"""What the command line knows of the creators kind before anything heavy is loaded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.complaints import Problem
from tasks.creators.models import CreatorBatch
from tasks.creators.request_options import SYNONYMS
from tasks.models import JsonObject

__all__ = [
    "BATCH",
    "RANK",
    "REPLIES",
    "SHAPES",
    "SYNONYMS",
    "check",
    "divide",
    "is_request",
    "plan",
    "size_of",
    "spill",
]

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tasks.claims import Claims
    from tasks.creators.reply import BatchResponse
    from tasks.ledger.glance import Execute
    from tasks.parts import Cut
    from tasks.plans import Planned
    from tasks.previews import Preview
    from tasks.reports.sections import Section
    from tasks.results import BatchResult
    from tasks.reviews import Case, Revised
    from tasks.sentences import Form

RANK = 10
"""After the documents: it needs a roster."""

BATCH = CreatorBatch
"""The model that a spec of this kind is read into."""

SHAPES: dict[str, JsonObject] = {
    "batch": {
        "batch_mode": True,
        "creators": ["alma", "bela", "cora"],
        "parallelism": 3,
        "week_start": "2030-03-04",
        "fail_fast": False,
        "timeout_per_creator": 300,
    },
    "one": {"batch_mode": False, "creators": ["alma"], "week_start": "2030-03-04"},
    "creator": {"creator": "alma", "batch_mode": False},
    "weeks": {
        "batch_mode": True,
        "creators": ["alma", "bela"],
        "week_start": {"alma": ["2030-03-04", "2030-03-11"], "bela": "2030-03-04"},
        "groups": {"quay": ["alma", "bela"]},
    },
}
"""An example of every form of a request, by its name."""


def is_request(data: JsonObject) -> bool:
    """Say whether an object without a `kind` asks for schedules as their source does."""
    return "batch_mode" in data or isinstance(data.get("creators"), list) or isinstance(data.get("creator"), str)


def size_of(batch: CreatorBatch) -> int:
    """Count the weeks a batch asks for."""
    from tasks.creators.known import number_of_weeks

    return number_of_weeks(batch)


def settle(batch: CreatorBatch) -> CreatorBatch:
    """Write down what is left to the day of asking, so that a resume in another week means the same weeks."""
    from tasks.creators.settling import settled

    return settled(batch)


def spill(batch: CreatorBatch, path: Path) -> CreatorBatch:
    """Write all creators to a file and return the batch that names it instead."""
    from tasks.creators.request import weeks_left, write_asked

    file, sha256 = write_asked(batch, path.parent, path.stem)
    moved: dict[str, object] = {"creators": [], "creator": None, "items_file": file, "items_sha256": sha256}
    return batch.model_copy(update=moved | {"week_start": weeks_left(batch)})


def divide(batch: CreatorBatch, cut: Cut) -> list[tuple[dict[str, Any], int]]:
    """Cut a batch into parts; of each, the fields in which it differs, and its size."""
    from tasks.creators.dividing import divide_creators

    return divide_creators(batch, cut)


def check(batch: CreatorBatch, file: str, text: str) -> Iterator[Problem]:
    """Find what is wrong with the weeks of a batch without planning them."""
    from tasks.creators.checking import check_creators

    return check_creators(batch, file, text)


def plan(batch: CreatorBatch, claims: Claims) -> Planned:
    """Return the weeks of a batch, how each is foreseen, and the chunks they are cut into."""
    from tasks.creators.foreseeing import foresee_creators

    return foresee_creators(batch, claims)


def preview(batch: CreatorBatch, item_id: str | None, most: int) -> tuple[int, Iterator[Preview]]:
    """Show what would be made: whose weeks, when, by which models, in which chunks."""
    from tasks.creators.previewing import preview_creators

    return preview_creators(batch, item_id, most)


def reply(result: BatchResult, batch: CreatorBatch) -> BatchResponse:
    """Put a batch's result in the form that those who asked for schedules know."""
    from tasks.creators.reply import batch_response

    return batch_response(result, batch)


def sentences() -> Sequence[Form]:
    """Return the forms of plain sentences that stand for batches of this kind."""
    from tasks.creators.sentences import FORMS

    return FORMS


def review(case: Case, connection: Connection) -> Revised | None:
    """Carry out what a person decided of a schedule that waited for review."""
    from tasks.creators.reviewing import review as carried_out

    return carried_out(case, connection)


def sections(execute: Execute, batch_id: str) -> Iterator[Section]:
    """Tell in the reports of the schedules that a batch has made."""
    from tasks.creators.report_section import sections_about

    return sections_about(execute, batch_id)


REPLIES = {"batch_response.json": reply}
"""Documents that lie beside `batch_summary.json`, in the source's own form."""
