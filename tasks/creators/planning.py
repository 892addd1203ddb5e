"""What a batch of creators consists of, and in which order they enter.

Up to ten enter as they are asked for, members of a group one after the other. More are cut into chunks that are likely
to end together, and the entrance takes one of each in turn. All first weeks go before all second ones, which have to
know what the first have used.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from tasks.claims import Claims
from tasks.creators import shelf, store_reading
from tasks.creators.chunks import MOST, Chunk, Unit, cut, in_rows, in_turn
from tasks.creators.costs import Costs
from tasks.creators.files import schedule_paths
from tasks.creators.models import CreatorBatch, CreatorItem
from tasks.creators.pool import pool
from tasks.creators.rules import GateProfile
from tasks.creators.store import Execute, Listed, listed
from tasks.creators.weeks_asked import items_of
from tasks.errors import rebuilt
from tasks.llm.names import LOCAL
from tasks.llm.routing import assign_models, is_default
from tasks.reviews import made_anew

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
    return laid.items, preparing(batch, laid.items, claims, execute)


def lay(batch: CreatorBatch, listing: Sequence[Listed], execute: Execute | None) -> Laid:
    """Make a batch's items, give them their models and put them in order; nothing is written."""
    items = items_of(batch, listing)
    assign_models(batch, items)
    costs = Costs(listing, execute)
    units = units_of(items, costs)
    chunks = cut(units) if sum(len(unit.names) for unit in units) > MOST else []
    turns = list(in_rows(in_turn(chunks) if chunks else units, pool().at_once(batch.max_parallel)))
    return Laid(in_order(items, turns if chunks or len(units) < len(turns) else []), chunks, costs)


def units_of(items: Sequence[CreatorItem], costs: Costs) -> list[Unit]:
    """Put together what stays together: a creator's weeks, and a group."""
    weeks: dict[str, int] = {}
    together: dict[str, list[str]] = {}
    for item in items:
        if item.fault is None:
            weeks[item.creator] = weeks.get(item.creator, 0) + 1
            names = together.setdefault(f"group {item.group}" if item.group else f"one {item.creator}", [])
            if item.creator not in names:
                names.append(item.creator)
    return [Unit(tuple(names), sum(weeks[name] * costs.seconds(name) for name in names)) for names in together.values()]


def in_order(items: Sequence[CreatorItem], turns: Sequence[str]) -> list[CreatorItem]:
    """Return the items as they enter: by week, then by whose turn it is."""
    turn = {name: number for number, name in enumerate(turns)}
    week: dict[str, int] = {}
    for item in sorted(items, key=lambda item: item.week_start):
        week[item.item_id] = week.get(item.after, -1) + 1 if item.after else 0
    # Stable: who has no turn stays where he was asked for.
    return sorted(items, key=lambda item: (week[item.item_id], turn.get(item.creator, len(turn))))


def preparing(batch: CreatorBatch, items: Sequence[CreatorItem], claims: Claims, execute: Execute | None) -> Prepare:
    """Return what claims an item's files as it enters, and refuses one that something was wrong with from the start.

    The seed of a week moves by how often persons have rejected it, in whatever batch. The gates that nobody has chosen
    follow from its model, and so, like that, are no part of what is asked for.
    """
    said = _rejected(items, execute)

    def prepare(item: CreatorItem) -> CreatorItem:
        if item.fault is not None:
            raise rebuilt(*item.fault)
        for path in schedule_paths(item.output_root, item.creator, item.week_start):
            claims.claim(path, item.item_id)
        moved: dict[str, object] = {}
        if batch.gates is None and is_default(item) and item.models[0].startswith(f"{LOCAL}:"):
            moved["gates"] = GateProfile.DRAFT
        moved |= made_anew(batch.seed, said.get((item.creator, str(item.week_start)), ()))
        return item.model_copy(update=moved) if moved else item

    return prepare


def _rejected(items: Sequence[CreatorItem], execute: Execute | None) -> dict[tuple[str, str], list[str]]:
    """Return by creator and week what persons have said who rejected it, once for each time."""
    weeks = {item.week_start for item in items}
    found: dict[tuple[str, str], list[str]] = {}
    for row in store_reading.rejections(execute, weeks) if execute is not None else ():
        found.setdefault((row["creator_id"], row["week_start"]), []).append(row["note"])
    return found
