"""Shows for tests: notes, topics and batches of them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from kinds import quick

import tasks
from flows.podcast import podcast
from tasks.podcast.models import PodcastBatch
from tasks.podcast.show import Show
from tasks.results import BatchResult

TOPICS = [{"episode": 1, "title": "Why bread rises"}, {"episode": 2, "title": "How the tides come and go"}]


WRITTEN: dict[str, Any] = {"model": "quay:writer", "minutes": 2.0, "gates": "standard", "topics": TOPICS[:1]}
"""An episode that the vendor `quay` writes."""


def show(**fields: Any) -> Show:
    """A show of two hosts."""
    return Show(**{"title": "Coast Lights", "description": "Talks about the coast.", **fields})


def notes(folder: Path) -> None:
    """Put the demo's notes below a spec's folder."""
    shutil.copytree(Path(tasks.__path__[0]) / "podcast" / "demo" / "notes", folder / "notes", dirs_exist_ok=True)


def batch_of(folder: Path, **options: Any) -> PodcastBatch:
    """A batch of short episodes without a model, under the gates of drafts."""
    given: dict[str, Any] = {
        **{"batch_id": "b", "base_dir": folder, "show": show(), "topics": TOPICS, "minutes": 0.6},
        **{"model": "none", "gates": "draft", "output_dir": folder / "output"},
    }
    return PodcastBatch(**{**given, **options})


def make(folder: Path, **options: Any) -> BatchResult:
    """Run a batch and return what its flow returns."""
    notes(folder)
    with quick():
        result = podcast(batch_of(folder, **options))
    assert isinstance(result, BatchResult)
    return result


def episode(folder: Path, number: int = 1) -> Path:
    """The folder of an episode."""
    return folder / "output" / "coast-lights" / f"ep_{number:03d}"


def waiting(folder: Path, number: int = 1, batch_id: str = "b") -> Path:
    """The folder of what an episode waits with; of one that is published its own."""
    found = episode(folder, number) / f"waiting-{batch_id}"
    return found if found.is_dir() else episode(folder, number)


def peak(times: list[tuple[float, float]]) -> int:
    """How many of these, each with its start and its seconds, were at work at once at most."""
    steps = sorted([*((start, 1) for start, _ in times), *((start + seconds, -1) for start, seconds in times)])
    now = most = 0
    for _, step in steps:
        now += step
        most = max(most, now)
    return most
