"""From a batch to its items: whose week each is, who plans together, and what is wrong with it from the start."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tasks.creators.groups import group_faults, group_of
from tasks.creators.models import CreatorBatch, CreatorItem
from tasks.creators.request import Asked, asked
from tasks.creators.rules import GateProfile
from tasks.creators.store import Listed, resolved
from tasks.creators.weeks import next_monday, week_fault, weeks_of
from tasks.errors import PressroomError, fault


@dataclass(frozen=True)
class Wanted:
    """One week of one creator, as a batch asks for it."""

    asked: Asked
    creator_id: str
    """What the name stands for; the name itself where the roster does not know it."""
    week: date
    number: int
    """Which of his weeks it is, from 0."""
    fault: PressroomError | None = None


def wanted(batch: CreatorBatch, ids: Mapping[str, str]) -> list[Wanted]:
    """Return all weeks that a batch asks for, in order; `ids` says whose name is whose."""
    today = batch.asked_on or date.today()
    seen: set[tuple[str, date]] = set()
    named: dict[str, list[str]] = {}
    for name, creator_id in ids.items():
        named.setdefault(creator_id, []).append(name)
    found = []
    for one in asked(batch):
        creator_id = ids.get(one.name, one.name)
        given = one.weeks if one.weeks is not None else batch.week_start
        names = (one.name, creator_id, *named.get(creator_id, ()))
        for number, week in enumerate(sorted(weeks_of(given, names, next_monday(today)))):
            error = week_fault(one.name, week, today)
            if (creator_id, week) in seen:
                error = fault("CREATOR_DUPLICATED", creator=one.name, week=week)
            seen.add((creator_id, week))
            found.append(Wanted(one, creator_id, week, number, error))
    return found


def names_in(batch: CreatorBatch) -> list[str]:
    """Return every name that a batch says: of creators, of members of groups, and of those whose weeks are given."""
    weeks = list(batch.week_start) if isinstance(batch.week_start, dict) else []
    return [*(one.name for one in asked(batch)), *(name for some in batch.groups.values() for name in some), *weeks]


def items_of(batch: CreatorBatch, listing: Sequence[Listed]) -> list[CreatorItem]:
    """Make the items of a batch, in the order in which they are asked for; what concerns all of them is refused."""
    ids = resolved(names_in(batch), ((one.creator_id, one.page_name) for one in listing))
    weeks = wanted(batch, ids)
    refuse_misspelt(batch, ids, weeks)
    has_weeks = any(one.number for one in weeks)
    groups = group_of(batch, listing, ids)
    taken: set[str] = set()
    items = []
    for one in weeks:
        name = _unique(f"{one.creator_id}@{one.week}" if has_weeks else one.creator_id, taken)
        items.append(_item(batch, one, name, groups.get(one.creator_id, "")))
    _link_weeks(items)
    _gather(items)
    return items


def refuse_misspelt(batch: CreatorBatch, ids: Mapping[str, str], weeks: Iterable[Wanted]) -> None:
    """Refuse names in `groups` and `week_start` that stand for nobody, since what was meant would not be done."""
    names = {name for one in weeks for name in (one.asked.name, one.creator_id)}
    for _, _, error in group_faults(batch, ids, names):
        raise error
    for _, error in misnamed_weeks(batch, ids, names):
        raise error


def misnamed_weeks(
    batch: CreatorBatch, ids: Mapping[str, str], names: set[str]
) -> Iterator[tuple[str, PressroomError]]:
    """Yield who has weeks of his own and is not asked for, or has them twice, under his id and his page name."""
    told: dict[str, str] = {}
    for name in batch.week_start if isinstance(batch.week_start, dict) else ():
        other = told.setdefault(ids.get(name, name), name)
        if name not in names and ids.get(name) not in names:
            yield name, fault("INVALID_INPUT", what=f"`week_start` names {name!r}, for whom the batch does not ask.")
        elif other != name:
            what = f"`week_start` names {name!r} and {other!r}, who are the same creator."
            yield name, fault("INVALID_INPUT", what=what)


def _item(batch: CreatorBatch, one: Wanted, item_id: str, group: str) -> CreatorItem:
    error = one.fault
    return CreatorItem(
        item_id=item_id,
        batch_id=batch.batch_id or "",
        creator=one.creator_id,
        week_start=one.week,
        group=group,
        fault=(error.code, error.message, error.remedy) if error is not None else None,
        rules=batch.rules,
        gates=batch.gates or GateProfile.STANDARD,
        quality=batch.quality,
        seed=batch.seed,
        output_root=batch.output_dir or batch.base_dir,
    )


def _unique(name: str, taken: set[str]) -> str:
    unique, number = name, 1
    while unique in taken:
        number += 1
        unique = f"{name}#{number}"
    taken.add(unique)
    return unique


def _link_weeks(items: Sequence[CreatorItem]) -> None:
    """Let each week know the one before it of the same creator."""
    last: dict[str, CreatorItem] = {}
    for item in sorted(items, key=lambda item: item.week_start):
        if item.fault is None:
            item.after = last[item.creator].item_id if item.creator in last else ""
            last[item.creator] = item


def _gather(items: Sequence[CreatorItem]) -> None:
    """Let members of a group meet who are planned for the same week; nobody waits for himself alone."""
    meeting: dict[str, list[CreatorItem]] = {}
    for item in items:
        if item.group and item.fault is None:
            meeting.setdefault(f"{item.group}@{item.week_start}", []).append(item)
    for name, members in meeting.items():
        for item in members if len(members) > 1 else ():
            item.gathering = name
