"""Research: what the show's notes say of a topic, as claims with their sources."""

from __future__ import annotations

import math

from anyio import to_thread

from tasks.podcast.episode import Dossier, Topic
from tasks.podcast.models import PodcastItem
from tasks.podcast.research import Found, dossier_of, find_apart
from tasks.podcast.research.web import search_web
from tasks.shape import Shape
from tasks.work import current_work

CLAIMS_A_MINUTE = 8
"""Claims that there is room for where nothing else is said: some sentences take less than eight seconds."""
LEAST, MOST = 12, 80


class Wanted(Shape):
    """All that what a search of the web finds depends on."""

    engine: str
    topic: Topic
    most: int


async def find(item: PodcastItem) -> Found:
    """Find the passages that an episode is made from; what a search of the web was paid for is kept."""
    most, engine = claims_for(item.minutes), item.search
    if engine is None:
        return await find_apart(item.notes, item.base_dir, item.topic, most=most)
    return await current_work().kept(
        "search_web", wanted_of(item), Found, lambda: search_web(item, engine, item.topic, most=most)
    )


def wanted_of(item: PodcastItem) -> Wanted:
    """Return what is searched the web for."""
    return Wanted(engine=item.search or "", topic=item.topic, most=claims_for(item.minutes))


async def gather(item: PodcastItem, found: Found) -> Dossier:
    """Put together what may be claimed, in the sources' own words."""
    return await to_thread.run_sync(claims_from, item, found)


def claims_from(item: PodcastItem, found: Found) -> Dossier:
    """Do the same where nothing else waits."""
    dossier = dossier_of(item.topic, found, most=claims_for(item.minutes), language=item.show.language)
    return dossier.model_copy(update={"unread": found.warnings})


def claims_for(minutes: float) -> int:
    """Return how many claims an episode of so many minutes has room for."""
    return min(MOST, max(LEAST, math.ceil(minutes * CLAIMS_A_MINUTE)))
