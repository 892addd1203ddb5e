"""Which episodes of a show are the next: those of its list that are neither published nor waiting for a person.

Settled once, when a batch begins: a batch that the ledger knows has the episodes that it began with, whatever has been
published since. An episode that failed is among the next ones again.
"""

from __future__ import annotations

import json

from tasks.ledger.looking import looking
from tasks.podcast.library import GATES, Shelf
from tasks.podcast.models import PodcastBatch
from tasks.podcast.shows import show_of


def is_made(batch: PodcastBatch, number: int) -> bool:
    """Say whether an episode is published, or waits to be."""
    shelf = Shelf(batch.base_dir / (batch.output_dir or ""), show_of(batch).title)
    return shelf.audio(number).exists() or any(shelf.episode(number).glob(f"waiting-*/{GATES}"))


def settled(batch: PodcastBatch) -> PodcastBatch:
    """Return a named batch with the numbers of its episodes; NOTHING_UPCOMING where the list has no further ones."""
    from tasks.podcast.topics import asked

    if batch.upcoming is None or batch.episodes:
        return batch
    numbers = _before(batch.batch_id or "") or [one.topic.episode for one in asked(batch)]
    return batch.model_copy(update={"episodes": numbers})


def _before(batch_id: str) -> list[int]:
    with looking() as glance:
        query = "SELECT spec FROM batch WHERE batch_id = ? AND kind = 'podcast'"
        rows = glance.execute(query, (batch_id,)) if glance is not None else ()
    numbers: list[int] = json.loads(rows[0]["spec"]).get("episodes", []) if rows else []
    return numbers
