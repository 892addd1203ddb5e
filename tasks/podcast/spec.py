"""What the command line knows of the podcast kind before anything heavy is loaded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.complaints import Problem, Remark
from tasks.models import JsonObject
from tasks.podcast.caps import capped, remarks_on
from tasks.podcast.models import PodcastBatch

__all__ = [
    "BATCH",
    "RANK",
    "REPLIES",
    "SHAPES",
    "check",
    "divide",
    "is_request",
    "remarks",
    "sections",
    "settle",
    "size_of",
    "spill",
]

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tasks.claims import Claims
    from tasks.ledger.glance import Execute
    from tasks.parts import Cut
    from tasks.plans import Planned
    from tasks.podcast.reply import BatchReply, BatchSummary
    from tasks.previews import Preview
    from tasks.reports.sections import Section
    from tasks.results import BatchResult
    from tasks.reviews import Case, Revised
    from tasks.sentences import Form

RANK = 30
"""After fiction: it needs voices as well."""

BATCH = PodcastBatch
"""The model that a spec of this kind is read into."""

SHAPES: dict[str, JsonObject] = {
    "episodes": {"show": "show.yaml", "topics_file": "topics.csv", "episodes": "1-10"},
    "batch": {"show": "show.yaml", "topics_file": "topics.csv", "starting_episode": 1, "batch_size": 10},
}
"""An example of every form of a request, by its name."""


def is_request(data: JsonObject) -> bool:
    """Say whether an object without a `kind` asks for episodes."""
    return "show" in data and bool({"topics", "topics_file"} & data.keys())


def size_of(batch: PodcastBatch) -> int:
    """Count the episodes a batch asks for."""
    from tasks.podcast.topics import size_of as counted

    return counted(batch)


def spill(batch: PodcastBatch, path: Path) -> PodcastBatch:
    """Write a batch's topics to a file and return the batch that names it instead."""
    from tasks.podcast.topics import write_topics

    return batch.model_copy(update={"topics": [], "topics_file": write_topics(path, batch.topics)})


def divide(batch: PodcastBatch, cut: Cut) -> list[tuple[dict[str, Any], int]]:
    """Cut a batch into parts; of each, the fields in which it differs, and its size."""
    from tasks.podcast.dividing import divide_podcast

    return divide_podcast(batch, cut)


def check(batch: PodcastBatch, file: str, text: str) -> Iterator[Problem]:
    """Find what is wrong with the episodes of a batch without making them."""
    from tasks.podcast.checking import check_podcast

    return check_podcast(batch, file, text)


def review(case: Case, connection: Connection) -> Revised | None:
    """Carry out what a person decided of an episode that waited for review."""
    from tasks.podcast.reviewing import review as carried_out

    return carried_out(case, connection)


def plan(batch: PodcastBatch, claims: Claims) -> Planned:
    """Return the episodes of a batch, how each is foreseen, and what its preset is expected to take."""
    from tasks.podcast.foreseeing import foresee_podcast

    return foresee_podcast(batch, claims)


def preview(batch: PodcastBatch, item_id: str | None, most: int) -> tuple[int, Iterator[Preview]]:
    """Count the episodes of a batch, and show of the first of them or of one what was found and would be asked."""
    from tasks.podcast.previewing import preview_podcast

    return preview_podcast(batch, item_id, most)


def sentences() -> Sequence[Form]:
    """Return the forms of plain sentences that stand for batches of this kind."""
    from tasks.podcast.spoken_requests import FORMS

    return FORMS


def settle(batch: PodcastBatch) -> PodcastBatch:
    """Return a named batch whose budget holds its caps, and which knows its episodes where it asks for the next."""
    from tasks.podcast.made import settled

    return settled(batch).model_copy(update={"budget": capped(batch.budget, batch.caps)})


def remarks(batch: PodcastBatch) -> Iterator[Remark]:
    """Say where caps and limits do not fit together, and what of the notes is not read, though nothing is wrong."""
    from tasks.podcast.checking import remarks_on_notes

    yield from remarks_on(batch.caps, batch.at_once.script, batch.at_once.audio)
    yield from remarks_on_notes(batch)


def sections(execute: Execute, batch_id: str) -> Iterator[Section]:
    """Tell the dashboard of a batch, the scores of its episodes, and what was expected of it."""
    from tasks.podcast.report_section import sections_about

    return sections_about(execute, batch_id)


def reply(result: BatchResult, batch: PodcastBatch) -> BatchReply:
    """Put a batch's result in the form of its source."""
    from tasks.podcast.reply import batch_reply

    return batch_reply(result, batch)


def summary(result: BatchResult, batch: PodcastBatch) -> BatchSummary:
    """Put the same beside what such a batch was expected to take."""
    from tasks.podcast.reply import batch_summary

    return batch_summary(result, batch)


REPLIES = {"batch_result.json": reply, "{batch_id}_summary.json": summary}
"""Documents that lie beside `batch_summary.json`, in the source's own form."""
