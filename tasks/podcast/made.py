"""Which episodes of a show are the next: those of its list that are neither published nor waiting for a person.

Settled once, when a batch begins: a batch that the ledger knows has the episodes that it began with, whatever has been
published since. An episode that failed is among the next ones again.
"""

from __future__ import annotations

from tasks.ledger.looking import earlier_spec
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
    before = earlier_spec("podcast", batch.batch_id or "").get("episodes")
    return batch.model_copy(update={"episodes": before or [one.topic.episode for one in asked(batch)]})
