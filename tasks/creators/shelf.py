"""The shelf: what was read ahead for the creators of a batch, until each is handed out to the one whose it is.

A batch announces its items; the first that asks is read together with those that come next, a wave of them, since
one question about 25 creators costs hardly more than one about a single one. What is handed out is dropped, what
nobody fetched goes when others need the room or it is two hours old: 10,000 creators take no more memory than 50.
"""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import islice
from time import monotonic
from typing import NamedTuple

from tasks.creators.context import CreatorContext
from tasks.creators.models import CreatorItem
from tasks.settings import Settings
from tasks.settings import settings as settings_of_process

WAVE = 25
"""Creators read at once."""
KEPT_SECONDS = 7_200.0
MOST_KEPT = 2 * WAVE
_MOST_BATCHES = 4


class Place(NamedTuple):
    """An item in its batch's order, with what others need to know of it."""

    item_id: str
    creator: str
    week_start: date
    group: str
    gathering: str
    after: str

    @classmethod
    def of(cls, item: CreatorItem) -> Place:
        """Describe an item."""
        return cls(item.item_id, item.creator, item.week_start, item.group, item.gathering, item.after)


class Announced:
    """A batch in this process: its items in the order of entry, and which of them have saved their schedules."""

    def __init__(
        self, batch_id: str, items: Iterable[CreatorItem] = (), groups: Mapping[str, Collection[str]] | None = None
    ) -> None:
        """`groups` are those that the batch declares, with all their members: some may not be planned in it."""
        self.batch_id = batch_id
        self._declared = groups or {}
        self.order = [Place.of(item) for item in items]
        self.position = {place.item_id: number for number, place in enumerate(self.order)}
        self.saved: set[str] = set()
        self.finished_before: set[str] | None = None
        """Items whose schedules an earlier run has saved; None until somebody has looked."""
        self.reading = asyncio.Lock()
        """One wave is read at a time. Belongs to the batch, as does the loop on which it runs."""
        self.news = asyncio.Event()
        """Set when the next schedule is saved."""
        self._by_creator = _by(self.order, lambda place: place.creator)
        self._by_group = _by(self.order, lambda place: place.group)
        self._by_gathering = _by(self.order, lambda place: place.gathering)

    def earlier(self, one: Place) -> set[str]:
        """Return the items whose schedules this one must see: earlier weeks of the creator and of his group."""
        near = self._by_creator.get(one.creator, []) + self._by_group.get(one.group, [])
        found = {place.item_id for place in near if place.week_start < one.week_start}
        return (found | {one.after}) - {one.item_id, ""}

    def to_come(self, one: Place) -> set[tuple[str, str]]:
        """Return whose later weeks are still to be planned, of the creator and of his group, and which weeks."""
        done = self.saved | (self.finished_before or set())
        near = self._by_creator.get(one.creator, []) + self._by_group.get(one.group, [])
        later = (place for place in near if place.week_start > one.week_start and place.item_id not in done)
        return {(place.creator, str(place.week_start)) for place in later}

    def members(self, one: Place) -> set[str]:
        """Return who is in an item's group as the batch has it, by the names that it uses for them."""
        return {place.creator for place in self._by_group.get(one.group, [])}.union(self._declared.get(one.group, ()))

    def together(self, one: Place) -> set[str]:
        """Return who is planned now together with an item, by the names they were asked for by."""
        near = self._by_group.get(one.group, []) + self._by_gathering.get(one.gathering, [])
        before = self.finished_before or set()
        return {place.creator for place in near if place.week_start == one.week_start and place.item_id not in before}

    def next_to(self, one: Place) -> Iterator[Place]:
        """Return the items of the same week that enter after this one and are still to be planned."""
        before = self.finished_before or set()
        for place in islice(self.order, self.position.get(one.item_id, len(self.order)) + 1, None):
            if place.week_start == one.week_start and place.item_id not in before:
                yield place


def _by(places: Iterable[Place], key: Callable[[Place], str]) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for place in places:
        if name := key(place):
            found.setdefault(name, []).append(place)
    return found


class Shelf:
    """What is announced and read ahead in this process."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._batches: OrderedDict[str, Announced] = OrderedDict()
        self._kept: OrderedDict[tuple[str, str], tuple[float, CreatorContext]] = OrderedDict()

    def announce(
        self, batch_id: str, items: Iterable[CreatorItem], groups: Mapping[str, Collection[str]] | None = None
    ) -> None:
        """Say which items a batch has, in the order in which they enter; what stood here of an earlier run goes."""
        self._kept = OrderedDict((key, kept) for key, kept in self._kept.items() if key[0] != batch_id)
        self._batches.pop(batch_id, None)
        self._batches[batch_id] = Announced(batch_id, items, groups)
        while len(self._batches) > _MOST_BATCHES:
            self._batches.popitem(last=False)

    def batch(self, batch_id: str) -> Announced:
        """Return a batch; one that was not announced has no items, and each of its creators is read alone."""
        return self._batches.get(batch_id) or Announced(batch_id)

    def saved(self, batch_id: str, item_id: str) -> None:
        """Hear, on the batch's loop, that an item's schedule was saved: a later week may have waited for it."""
        batch = self.batch(batch_id)
        batch.saved.add(item_id)
        news, batch.news = batch.news, asyncio.Event()
        news.set()

    def wave(self, batch: Announced, one: Place) -> list[Place]:
        """Return what to read for an item: itself, and those of the same week that come next and are not here yet."""
        later = (place for place in batch.next_to(one) if (batch.batch_id, place.item_id) not in self._kept)
        return [one, *islice(later, WAVE - 1)]

    def put(self, batch_id: str, read: Sequence[tuple[str, CreatorContext]]) -> None:
        """Keep what was read, by item."""
        now = self._clock()
        for item_id, context in read:
            self._kept[batch_id, item_id] = (now, context)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)

    def take(self, batch_id: str, item_id: str) -> CreatorContext | None:
        """Hand out what was read for an item and keep it no longer; None where there is nothing fresh."""
        read_at, context = self._kept.pop((batch_id, item_id), (0.0, None))
        return context if context is not None and self._clock() - read_at < KEPT_SECONDS else None

    def __len__(self) -> int:
        """How many contexts it holds."""
        return len(self._kept)


@lru_cache(maxsize=1)
def _shelf(_settings: Settings, _process: int) -> Shelf:
    return Shelf()


def shelf() -> Shelf:
    """The shelf of this process."""
    return _shelf(settings_of_process(), os.getpid())


def announce(batch_id: str, items: Iterable[CreatorItem], groups: Mapping[str, Collection[str]] | None = None) -> None:
    """Say which items a batch has, in the order in which they enter, and which groups it declares."""
    shelf().announce(batch_id, items, groups)


def saved(batch_id: str, item_id: str) -> None:
    """Hear that an item's schedule was saved; called on the batch's loop."""
    shelf().saved(batch_id, item_id)
