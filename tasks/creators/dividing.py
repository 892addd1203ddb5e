"""A large batch of creators in parts: those who plan together stay together, as do all weeks of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tasks.creators.groups import group_of
from tasks.creators.known import known_to
from tasks.creators.models import CreatorBatch
from tasks.creators.request import Asked, asked
from tasks.creators.store import resolved
from tasks.creators.weeks import Weeks, next_monday, weeks_of
from tasks.creators.weeks_asked import names_in, refuse_misspelt, wanted
from tasks.ledger.looking import looking
from tasks.parts import Cut, units_by


def divide_creators(batch: CreatorBatch, cut: Cut) -> list[tuple[dict[str, Any], int]]:
    """Return of each part the fields in which it differs from the batch, and how many creators it has."""
    with looking() as glance:
        listing = known_to(batch, glance.execute if glance is not None else None).listing
    ids = resolved(names_in(batch), ((one.creator_id, one.page_name) for one in listing))
    refuse_misspelt(batch, ids, wanted(batch, ids))
    groups = group_of(batch, listing, ids)

    def together(one: Asked) -> tuple[str, str]:
        creator_id = ids.get(one.name, one.name)
        group = groups.get(creator_id)
        return ("group", group) if group else ("creator", creator_id)

    return [(_fields(batch, part, ids), len(part)) for part in cut(units_by(asked(batch), together))]


def _fields(batch: CreatorBatch, part: list[Asked], ids: Mapping[str, str]) -> dict[str, Any]:
    present = {ids.get(one.name, one.name) for one in part}
    here = {group: some for group, some in batch.groups.items() if any(ids.get(one, one) in present for one in some)}
    return {
        "creator": None,
        "creators": [one.name for one in part],
        "items_file": None,
        "items_sha256": None,
        "groups": here,
        "week_start": _weeks(batch, part, present, ids),
    }


def _weeks(batch: CreatorBatch, part: list[Asked], present: set[str], ids: Mapping[str, str]) -> Weeks:
    """Return the weeks of those who are in the part; what a line says of itself goes before."""
    given = batch.week_start
    default = next_monday(batch.asked_on or date.today())
    own: dict[str, date | list[date]] = {
        one.name: weeks_of(one.weeks, (one.name, ids.get(one.name, one.name)), default)
        for one in part
        if one.weeks is not None
    }
    if isinstance(given, dict):
        return {name: weeks for name, weeks in given.items() if ids.get(name, name) in present} | own or None
    if not own or given is None:
        return own or given
    return {one.name: given for one in part} | own
