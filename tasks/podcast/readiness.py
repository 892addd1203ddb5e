"""What stands in the way of an episode, as far as it is known before anybody is asked."""

from __future__ import annotations

from tasks.podcast.models import PodcastBatch, PodcastItem
from tasks.podcast.recording import voices_of
from tasks.podcast.research import Found, check_engine
from tasks.podcast.research.notes import find
from tasks.podcast.researching import claims_for
from tasks.speech.voices import check_voice


def check_voices(item: PodcastItem) -> dict[str, str]:
    """Return whose voice each host has, or raise what is wrong with one."""
    voices = voices_of(item.show)
    for voice in voices.values():
        check_voice(voice)
    return voices


def check_ready(item: PodcastItem, batch: PodcastBatch) -> None:
    """Raise what is wrong with an episode's voices and with the models that are asked for it."""
    from tasks.llm.readiness import unready

    check_voices(item)
    if item.search is not None and not item.approved:
        check_engine(item.search)
    for error in unready(item.models if not item.approved else [], "podcast", batch.budget):
        raise error


def found_for(item: PodcastItem) -> Found | None:
    """Search the notes as a run does; None where a search of the web is asked instead, which costs money. Blocks.

    For an episode whose script a person has approved nothing is searched.
    """
    if item.approved:
        return Found(notes="", passages=[])
    if item.search is not None:
        return None
    return find(item.notes, item.base_dir, item.topic, most=claims_for(item.minutes))
