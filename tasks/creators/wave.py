"""A wave: the contexts of several creators for one week, read with one question for each thing there is to know.

First who they are and how their audiences went; then what they can post and what it brought, beside what similar
creators' posts brought and what stands already in their groups. Rows are dealt out by whose they are, and a context
is built of nothing else.
"""

from __future__ import annotations

import json
from asyncio import gather
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any, TypeVar

from tasks.creators import store_reading
from tasks.creators.context import AudienceWeek, Copy, CreatorContext, Profile, Sample, Taken
from tasks.creators.peers import WEEKS, Peers
from tasks.creators.pool import Pool
from tasks.creators.shelf import Announced, Place
from tasks.creators.store import Execute, resolved
from tasks.shape import slim

ResultT = TypeVar("ResultT")
Rows = Sequence[Any]


@dataclass(frozen=True)
class Member:
    """An item of a wave, and whom it has to do with in its batch."""

    place: Place
    members: frozenset[str] = frozenset()
    """Names of those in its group as the batch has it, planned in it or not."""
    together: frozenset[str] = frozenset()
    """Names of those who are planned now together with it."""
    to_come: frozenset[tuple[str, str]] = frozenset()
    """Creators and later weeks that its batch still plans: what was saved of them before does not hold."""

    @classmethod
    def of(cls, place: Place, batch: Announced) -> Member:
        """Describe an item of a batch that was announced."""
        return cls(
            place, frozenset(batch.members(place)), frozenset(batch.together(place)), frozenset(batch.to_come(place))
        )


@dataclass
class _Stock:
    copies: Rows
    in_samples: Rows
    in_schedules: Rows
    samples: Rows


async def read_wave(pool: Pool, peers: Peers, wave: Sequence[Member]) -> list[tuple[str, CreatorContext]]:
    """Return the context of each item of a wave, which is of one week, without its peers."""
    week = wave[0].place.week_start
    names = {one.place.creator for one in wave}
    people, audience = await in_one_look(pool, partial(_who, names=names, week=week))
    profiles = {row["creator_id"]: _profile(row) for row in people}
    ids = resolved(names, ((one.creator_id, one.page_name) for one in profiles.values()))
    groups = {one.group for one in profiles.values()} | {one.place.group for one in wave}
    stock, taken = await gather(
        in_one_look(pool, partial(_stock, wave=wave, groups=groups - {""}, ids=set(profiles))),
        in_one_look(pool, partial(_others, peers=peers, wave=wave, profiles=profiles, groups=groups - {""})),
    )
    return await pool.apart(partial(_deal, wave, profiles, ids, audience, stock, taken))


def read_one(execute: Execute, one: Member) -> CreatorContext:
    """Return the context of one item by itself, without its peers, through a connection that is open already."""
    names, week = {one.place.creator}, one.place.week_start
    people, audience = _who(execute, names=names, week=week)
    profiles = {row["creator_id"]: _profile(row) for row in people}
    ids = resolved(names, ((known.creator_id, known.page_name) for known in profiles.values()))
    groups = {*(known.group for known in profiles.values()), one.place.group} - {""}
    stock = _stock(execute, wave=[one], groups=groups, ids=set(profiles))
    taken = store_reading.saved_posts(execute, one.members, groups, week) if groups else ()
    ((_, context),) = _deal([one], profiles, ids, audience, stock, taken)
    return context


async def in_one_look(pool: Pool, look: Callable[[Execute], ResultT]) -> ResultT:
    """Ask several questions through one connection, so that the answers are of one moment."""
    from tasks.ledger.database import ask  # Who reads at a glance does without all that it loads.

    def looking() -> ResultT:
        with pool.reading() as connection:
            return look(partial(ask, connection))

    return await pool.apart(looking)


def last_uses(rows: Iterable[Any]) -> dict[tuple[str, str], str]:
    """Return the last day of each creator's copy, from rows that may name it more than once."""
    found: dict[tuple[str, str], str] = {}
    for row in rows:
        key = (row["creator_id"], row["copy_id"])
        found[key] = max(found.get(key, ""), row["used_on"])
    return found


def refreshed(copy: Copy, creator_id: str, uses: Mapping[tuple[str, str], str], shared: Mapping[str, str]) -> Copy:
    """Return a copy with the last day that is known now."""
    found = shared.get(copy.copy_id) if copy.is_shared else uses.get((creator_id, copy.copy_id))
    if not found or (copy.last_used_on is not None and copy.last_used_on >= date.fromisoformat(found)):
        return copy
    return copy.model_copy(update={"last_used_on": date.fromisoformat(found)})


def before_it(rows: Rows) -> Rows:
    """Return of `uses_in_schedules` what was before the planned week."""
    return [row for row in rows if not row["later_week"]]


def by_anyone(uses: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """Return the last day of each copy, whoever used it."""
    found: dict[str, str] = {}
    for (_, copy_id), used_on in uses.items():
        found[copy_id] = max(found.get(copy_id, ""), used_on)
    return found


def _who(execute: Execute, *, names: set[str], week: date) -> tuple[Rows, Rows]:
    first = week - timedelta(weeks=WEEKS)
    return store_reading.profiles(execute, names), store_reading.audiences(execute, names, first, week)


def _stock(execute: Execute, *, wave: Sequence[Member], groups: set[str], ids: set[str]) -> _Stock:
    week = wave[0].place.week_start
    names = ids.union(*(one.members for one in wave))
    return _Stock(
        copies=store_reading.inventory(execute, ids, groups),
        in_samples=store_reading.uses_in_samples(execute, names, groups, week),
        in_schedules=store_reading.uses_in_schedules(execute, names, groups, week),
        samples=store_reading.sample_rows(execute, ids, week - timedelta(weeks=WEEKS), week),
    )


def _others(
    execute: Execute, *, peers: Peers, wave: Sequence[Member], profiles: Mapping[str, Profile], groups: set[str]
) -> Rows:
    week = wave[0].place.week_start
    peers.warm(execute, list(profiles.values()), week)
    members = {name for one in wave for name in one.members}
    return store_reading.saved_posts(execute, members, groups, week) if groups else ()


def _deal(
    wave: Sequence[Member],
    profiles: Mapping[str, Profile],
    ids: Mapping[str, str],
    audience: Rows,
    stock: _Stock,
    taken: Rows,
) -> list[tuple[str, CreatorContext]]:
    """Give each item what is its own."""
    week = wave[0].place.week_start
    samples, segments = _by_creator(stock.samples), _by_creator(audience)
    own, shared = _by_creator(stock.copies), defaultdict(list)
    for row in own.pop("", []):
        shared[row["group_name"]].append(row)
    uses = last_uses([*stock.in_samples, *before_it(stock.in_schedules)])
    later = [row for row in stock.in_schedules if row["later_week"]]
    anyone = by_anyone(uses)
    dealt = []
    for one in wave:
        profile = profiles.get(ids.get(one.place.creator, ""))
        if profile is None:
            dealt.append((one.place.item_id, CreatorContext()))
            continue
        who, groups = profile.creator_id, {profile.group, one.place.group} - {""}
        copies = [*own.get(who, []), *(row for name in sorted(groups) for row in shared.get(name, []))]
        stands = [row for row in later if (row["creator_id"], row["later_week"]) not in one.to_come]
        own_next, any_next = _next_uses(row for row in stands if row["creator_id"] == who), _next_uses(stands)
        context = CreatorContext(
            profile=profile,
            copies=[
                slim(refreshed(_copy(row, week, own_next if row["creator_id"] else any_next), who, uses, anyone))
                for row in copies
            ],
            samples=[_sample(row) for row in samples.get(who, [])],
            audience=[_audience(row) for row in segments.get(who, [])],
            taken=[_taken(row, week) for row in taken if _is_taken(row, profile, groups, one)],
        )
        dealt.append((one.place.item_id, context))
    return dealt


def _by_creator(rows: Rows) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row["creator_id"]].append(row)
    return found


def _is_taken(row: Any, profile: Profile, groups: set[str], one: Member) -> bool:
    names = {row["creator_id"], row["page_name"]}
    is_member = row["group_name"] in groups or bool(names & one.members)
    return is_member and row["creator_id"] != profile.creator_id and not names & one.together


def _profile(row: Any) -> Profile:
    known = {name: row[name] for name in Profile.model_fields if name not in ("group", "rules")}
    known["is_active"] = bool(known["is_active"])
    return Profile(**known, group=row["group_name"], rules=json.loads(row["rules"]))


def _next_uses(rows: Iterable[Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in rows:
        found[row["copy_id"]] = min(found.get(row["copy_id"], row["first_on"]), row["first_on"])
    return found


def _copy(row: Any, week: date, next_uses: Mapping[str, str]) -> Copy:
    used, coming = row["last_used_on"], next_uses.get(row["copy_id"])
    return Copy(
        copy_id=row["copy_id"],
        text=row["text"],
        slot_type=row["slot_type"],
        tone=row["tone"],
        performance=row["performance"],
        price=row["price"],
        last_used_on=used if used and used < str(week) else None,
        next_used_on=date.fromisoformat(coming) if coming is not None else None,
        is_shared=not row["creator_id"],
    )


def _sample(row: Any) -> Sample:
    return slim(Sample(**{name: row[name] for name in Sample.model_fields}))


def _audience(row: Any) -> AudienceWeek:
    return AudienceWeek(**{name: row[name] for name in AudienceWeek.model_fields})


def _taken(row: Any, week: date) -> Taken:
    at = row["starts_at"]
    day = (date.fromisoformat(at[:10]) - week).days
    return Taken(creator_id=row["creator_id"], copy_text_id=row["copy_id"] or "", day=day, hour=int(at[11:13]))
