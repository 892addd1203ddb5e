"""What would happen to each episode of a batch: the hook `plan` of this kind.

Reads what a run would read, notes among it, and goes through the stages as far as finished work says what each made.
From the first that has to ask on, what comes after is not known, only that it follows, and what it may take at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from tasks.claims import Claims
from tasks.foresight import Foresight
from tasks.llm.questions import is_small
from tasks.plans import Planned, StagePlan
from tasks.podcast.approved import read_approved
from tasks.podcast.foreseen_caps import ForeseenCaps
from tasks.podcast.foreseen_stages import ForeseenEpisode
from tasks.podcast.models import PodcastBatch, PodcastItem
from tasks.podcast.planning import items_of, preparing
from tasks.podcast.presets import PRESETS, preset_for
from tasks.podcast.readiness import check_ready, found_for
from tasks.words import count


def foresee_podcast(batch: PodcastBatch, claims: Claims) -> Planned:
    """Return the episodes of a batch, how each is foreseen, and what its preset is expected to take."""
    items, prepare, caps = items_of(batch), preparing(batch, claims), ForeseenCaps(batch.caps)

    def foresee(item: PodcastItem, foresight: Foresight) -> list[StagePlan]:
        item = prepare(item)
        check_ready(item, batch)
        approved = read_approved(item) if item.approved else None
        episode = ForeseenEpisode(item, foresight, approved)
        episode.go_through(found_for(item))
        caps.add(item.item_id, episode.plans)
        return episode.plans

    return Planned(items, foresee, chain(notes_on(batch, items), caps.notes()))


def notes_on(batch: PodcastBatch, items: Sequence[PodcastItem]) -> Iterator[str]:
    """Say how a batch is run and what such a one is expected to take, by its preset, and what is counted beside."""
    episodes = len(items)
    preset = batch.preset or preset_for(episodes)
    expected = PRESETS[preset]
    share = episodes / expected.episodes
    hours = " to ".join(f"{one * share:.3g}" for one in expected.hours)
    asks_vendors = any(item.models and not is_small(item) for item in items)
    usd = f" and {' to '.join(f'{one * share:.2f}' for one in expected.usd)} USD" if asks_vendors else ""
    yield (
        f"Preset {preset.value} ({expected.strategy.value}): {count(episodes, 'episode')} "
        f"{'is' if episodes == 1 else 'are'} expected to take {hours} hours{usd}."
    )
    if batch.quality.repairs and asks_vendors:
        yield (
            f"What a gate names is written again up to {count(batch.quality.repairs, 'time')}; "
            "tokens and money count all of them."
        )
