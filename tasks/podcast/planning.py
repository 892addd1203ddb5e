"""From a batch to its episodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from tasks.claims import Claims
from tasks.errors import rebuilt
from tasks.files import refuse_unwritable
from tasks.ledger.others import Others
from tasks.llm.routing import assign_models
from tasks.parameters import BOUNDLESS
from tasks.podcast.decided import Decided
from tasks.podcast.library import name_of, shelf_of
from tasks.podcast.marks import Bar
from tasks.podcast.models import PodcastBatch, PodcastItem
from tasks.podcast.readiness import check_voices
from tasks.podcast.show import Show
from tasks.podcast.shows import show_of
from tasks.podcast.topics import Asked, asked

Prepare = Callable[[PodcastItem], PodcastItem]
LANE = "episodes"


def plan_podcast(batch: PodcastBatch, claims: Claims) -> tuple[list[PodcastItem], Prepare]:
    """Return a batch's episodes and how each is prepared as it enters."""
    prepare = preparing(batch, claims)

    def enter(item: PodcastItem) -> PodcastItem:
        prepared = prepare(item)
        shelf_of(item).take_possession()
        return prepared

    return items_of(batch), enter


def preparing(batch: PodcastBatch, claims: Claims) -> Prepare:
    """Return what prepares an episode: it fails with its fault, or its audio is nobody else's from then on."""
    decided = Decided(batch)
    others = Others("podcast", batch.batch_id or "", _written_by)

    def prepare(item: PodcastItem) -> PodcastItem:
        if item.fault is not None:
            raise rebuilt(*item.fault)
        check_voices(item)  # Before its script is paid for.
        shelf_of(item).refuse_another()
        for path in outputs_of(item):
            claims.claim(path, item.item_id)
            refuse_unwritable(path)
            others.refuse_busy(item, path)
        return decided.applied(item)

    return prepare


def items_of(batch: PodcastBatch) -> list[PodcastItem]:
    """Make the episodes of a batch, in the order of its list, each with the models that are asked for it."""
    items = episodes_of(batch)
    assign_models(batch, items)
    return items


def episodes_of(batch: PodcastBatch) -> list[PodcastItem]:
    """Name the episodes of a batch; who is asked for them is left open."""
    show = show_of(batch)
    items = [_item(batch, one, show) for one in asked(batch)]
    _name_apart(items)
    return items


def outputs_of(item: PodcastItem) -> Iterator[str]:
    """Name what an episode makes, so that no other makes it too: its audio, and where that lies until it has passed."""
    shelf = shelf_of(item)
    yield str(shelf.audio(item.number))
    yield str(shelf.take(item.number, item.batch_id))


def _written_by(spec: str) -> Iterator[tuple[str, Iterator[str]]]:
    batch = PodcastBatch.model_validate_json(spec, context=BOUNDLESS)
    return ((item.item_id, outputs_of(item)) for item in episodes_of(batch))


def _item(batch: PodcastBatch, one: Asked, show: Show) -> PodcastItem:
    error = one.fault
    return PodcastItem(
        item_id=name_of(one.topic.episode),
        batch_id=batch.batch_id or "",
        lane=LANE,
        topic=one.topic,
        show=show,
        minutes=batch.minutes,
        notes=batch.notes,
        search=batch.search,
        bar=Bar(profile=batch.gates, marks=batch.quality),
        fault=(error.code, error.message, error.remedy) if error is not None else None,
        retries=batch.retries,
        retry_delay=batch.retry_delay,
        seed=batch.seed,
        base_dir=batch.base_dir,
        output_root=batch.output_dir or batch.base_dir,
    )


def _name_apart(items: list[PodcastItem]) -> None:
    """Give what is asked for twice a name of its own, under which it fails."""
    seen: Counter[str] = Counter()
    for item in items:
        seen[item.item_id] += 1
        if seen[item.item_id] > 1:
            item.item_id = f"{item.item_id}#{seen[item.item_id]}"
