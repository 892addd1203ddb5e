"""A large batch of episodes in parts: what is asked for under one number stays together, so that it is seen twice."""

from __future__ import annotations

from typing import Any

from tasks.parts import Cut, units_by
from tasks.podcast.models import PodcastBatch
from tasks.podcast.topics import asked


def divide_podcast(batch: PodcastBatch, cut: Cut) -> list[tuple[dict[str, Any], int]]:
    """Return of each part the fields in which it differs from the batch, and how many episodes it has."""
    blank: dict[str, Any] = {"starting_episode": None, "batch_size": None, "upcoming": None}
    topics = [one.topic for one in asked(batch)]
    parts = cut(units_by(topics, lambda topic: topic.episode))
    if batch.episodes:  # By number, since one that the list does not have is to fail as such.
        return [({**blank, "episodes": [one.episode for one in part]}, len(part)) for part in parts]
    return [({**blank, "topics": part, "topics_file": None}, len(part)) for part in parts]
