"""Loading: what is known of one creator for one week, handed out of what was read ahead for many.

A creator whose week before is planned in the same batch waits until that one is over, because its posts use up copy;
so do later weeks of a group, whose members share some.
"""

from __future__ import annotations

import os
from functools import lru_cache, partial
from time import monotonic

from tasks.creators import store_reading
from tasks.creators.context import CreatorContext, Sample
from tasks.creators.models import SECONDS_PER_CREATOR, CreatorItem
from tasks.creators.peers import Peers
from tasks.creators.pool import pool
from tasks.creators.shelf import Announced, Place, shelf
from tasks.creators.store import Execute
from tasks.creators.wave import Member, before_it, by_anyone, in_one_look, last_uses, read_wave, refreshed
from tasks.settings import Settings, settings
from tasks.work import current_work

PATIENCE_SECONDS = SECONDS_PER_CREATOR
"""How long a week waits for each of those before it, where a creator's own time is no longer; then it is planned with
what is known of them."""
LOOK_SECONDS = 2.0
"""How often to look whether an earlier week has failed, of which nobody tells."""


async def load(item: CreatorItem) -> CreatorContext:
    """Return what is known of an item's creator; a context without profile where the roster does not know him."""
    batch = shelf().batch(item.batch_id or current_work().batch_id)
    place = Place.of(item)
    earlier = batch.earlier(place)
    if earlier:
        with current_work().outside_its_time():
            await wait_for(batch, earlier, patience=max(PATIENCE_SECONDS, item.deadline_seconds or 0.0))
    context = await _context(batch, place)
    if context.profile is None:
        return context
    if earlier:
        context = await in_one_look(pool(), partial(_see_earlier, context=context, place=place, batch=batch))
    return await pool().apart(partial(_with_peers, context, item))


async def names() -> list[str]:
    """Return what everybody in the roster is called."""
    return await in_one_look(pool(), store_reading.names)


async def _context(batch: Announced, place: Place) -> CreatorContext:
    if (found := shelf().take(batch.batch_id, place.item_id)) is not None:
        return found
    async with batch.reading:
        if (found := shelf().take(batch.batch_id, place.item_id)) is not None:
            return found
        if batch.finished_before is None and len(batch.order) > 1:
            look = partial(store_reading.finished_items, batch_id=batch.batch_id)
            batch.finished_before = await in_one_look(pool(), look)
        wave = [Member.of(one, batch) for one in shelf().wave(batch, place)]
        (_, own), *others = await read_wave(pool(), _peers(), wave)
        shelf().put(batch.batch_id, others)
        return own


async def wait_for(batch: Announced, earlier: set[str], *, patience: float) -> None:
    """Wait until these are over, for a bounded time after the last that was: they, too, wait for each other."""
    missing, ends_at = earlier - batch.saved, monotonic() + patience
    while missing and monotonic() < ends_at:
        news, before = batch.news, len(missing)
        look = partial(store_reading.ended_items, batch_id=batch.batch_id, item_ids=missing)
        missing -= await in_one_look(pool(), look)
        missing -= batch.saved
        if missing:
            await current_work().sleep(LOOK_SECONDS, news)
            missing -= batch.saved
        if len(missing) < before:
            ends_at = monotonic() + patience


def _see_earlier(execute: Execute, *, context: CreatorContext, place: Place, batch: Announced) -> CreatorContext:
    """Look again when copy was last used: what was read ahead is older than the schedules that were waited for."""
    who = context.known.creator_id
    groups = {context.known.group, place.group} - {""}
    names = {who, *batch.members(place)}
    uses = last_uses(before_it(store_reading.uses_in_schedules(execute, names, groups, place.week_start)))
    anyone = by_anyone(uses)
    return context.model_copy(update={"copies": [refreshed(copy, who, uses, anyone) for copy in context.copies]})


def _with_peers(context: CreatorContext, item: CreatorItem) -> CreatorContext:
    own: list[Sample] = context.samples
    found = _peers().of(pool().execute, context.known, own, item.week_start)
    return context.model_copy(update={"peers": found})


@lru_cache(maxsize=1)
def _peers_of(_settings: Settings, _process: int) -> Peers:
    return Peers()


def _peers() -> Peers:
    return _peers_of(settings(), os.getpid())
