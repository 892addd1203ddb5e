"""What the command line knows of the podcast kind before anything heavy is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

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
    "is_request",
    "remarks",
    "sections",
    "settle",
    "size_of",
    "spill",
]

if TYPE_CHECKING:
    from tasks.ledger.glance import Execute
    from tasks.podcast.reply import BatchReply, BatchSummary
    from tasks.reports.sections import Section
    from tasks.results import BatchResult

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
    from tasks.podcast.topics import asked

    return len(asked(batch))


def spill(batch: PodcastBatch, path: Path) -> PodcastBatch:
    """Write a batch's topics to a file and return the batch that names it instead."""
    from tasks.podcast.topics import write_topics

    return batch.model_copy(update={"topics": [], "topics_file": write_topics(path, batch.topics)})


def check(batch: PodcastBatch, file: str, text: str) -> Iterator[Problem]:
    """Find what is wrong with the episodes of a batch without making them."""
    from tasks.podcast.checking import check_podcast

    return check_podcast(batch, file, text)


def settle(batch: PodcastBatch) -> PodcastBatch:
    """Return a named batch whose budget holds its caps."""
    return batch.model_copy(update={"budget": capped(batch.budget, batch.caps)})


def remarks(batch: PodcastBatch) -> Iterator[Remark]:
    """Say where caps and limits do not fit together, though nothing is wrong."""
    return remarks_on(batch.caps, batch.at_once.script, batch.at_once.audio)


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
