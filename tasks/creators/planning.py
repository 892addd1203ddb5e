"""What a batch of creators consists of, and in which order they enter.

Up to ten enter as they are asked for. More are cut into chunks that are likely to end together, and the entrance takes
one of each in turn. All first weeks go before all second ones, which have to know what the first have used.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from tasks.claims import Claims
from tasks.creators import shelf
from tasks.creators.chunks import MOST, Chunk, Unit, cut, in_turn
from tasks.creators.costs import Costs
from tasks.creators.files import schedule_paths
from tasks.creators.models import CreatorBatch, CreatorItem
from tasks.creators.pool import pool
from tasks.creators.store import Execute, Listed, listed
from tasks.creators.weeks_asked import items_of
from tasks.errors import FAULTS
from tasks.llm.routing import assign_models, options_of

Prepare = Callable[[CreatorItem], CreatorItem]


class Laid(NamedTuple):
    """A batch's items in the order of entry, and the chunks they were taken from; none for a short list."""

    items: list[CreatorItem]
    chunks: list[Chunk]
    costs: Costs


def plan_creators(batch: CreatorBatch, claims: Claims) -> tuple[list[CreatorItem], Prepare]:
    """Import the roster that a batch brings, and return its items and how each is prepared."""
    if batch.roster is not None:
        from tasks.creators.roster_csv import import_roster

        import_roster(batch.base_dir / batch.roster, today=batch.asked_on)
    execute = pool().execute
    laid = lay(batch, listed(execute), execute)
    shelf.announce(batch.batch_id or "", [item for item in laid.items if item.fault is None], batch.groups)
    return laid.items, preparing(claims)


def lay(batch: CreatorBatch, listing: Sequence[Listed], execute: Execute | None) -> Laid:
    """Make a batch's items, give them their models and put them in order; nothing is written."""
    items = items_of(batch, listing)
    assign_models(batch, items)
    costs = Costs(listing, execute, has_models=options_of(batch).use != ["none"])
    chunks = chunked(items, costs)
    return Laid(in_order(items, chunks), chunks, costs)


def chunked(items: Sequence[CreatorItem], costs: Costs) -> list[Chunk]:
    """Cut a list of more than ten creators into chunks; a creator's weeks and a group stay together."""
    weeks: dict[str, int] = {}
    together: dict[str, list[str]] = {}
    for item in items:
        if item.fault is None:
            weeks[item.creator] = weeks.get(item.creator, 0) + 1
            key = f"group {item.group}" if item.group else f"one {item.creator}"
            together.setdefault(key, [])
            if item.creator not in together[key]:
                together[key].append(item.creator)
    if len(weeks) <= MOST:
        return []
    units = [
        Unit(tuple(names), sum(weeks[name] * costs.of(name).seconds for name in names)) for names in together.values()
    ]
    return cut(units)


def in_order(items: Sequence[CreatorItem], chunks: Sequence[Chunk]) -> list[CreatorItem]:
    """Return the items as they enter."""
    turn = {name: number for number, name in enumerate(in_turn(chunks))}
    week: dict[str, int] = {}
    for item in sorted(items, key=lambda item: item.week_start):
        week[item.item_id] = week.get(item.after, -1) + 1 if item.after else 0
    # Stable: who is in no chunk stays where he was asked for.
    return sorted(items, key=lambda item: (week[item.item_id], turn.get(item.creator, len(turn))))


def preparing(claims: Claims) -> Prepare:
    """Return what claims an item's files as it enters, and refuses one that something was wrong with from the start."""

    def prepare(item: CreatorItem) -> CreatorItem:
        if item.fault is not None:
            code, message, remedy = item.fault
            raise FAULTS[code].kind(code, message, remedy)
        for path in schedule_paths(item.output_root, item.creator, item.week_start):
            claims.claim(path, item.item_id)
        return item

    return prepare
