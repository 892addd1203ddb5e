"""Rules that no week can hold to, found before anything is planned: those of a spec, and a creator's own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from tasks.creators.clock import clock_of
from tasks.creators.context import Profile
from tasks.creators.contradictions import contradictions, in_themselves
from tasks.creators.preflight import accepted, contradictory, own_rules
from tasks.creators.rules import Rules
from tasks.creators.spacing import rooms_of
from tasks.creators.store import Listed
from tasks.creators.weeks_asked import Wanted
from tasks.errors import PressroomError

Found = tuple[tuple[str, str], ...]


def rule_faults(
    rules: Rules, weeks: Iterable[Wanted], known: Mapping[str, Listed]
) -> Iterator[tuple[Wanted | None, PressroomError]]:
    """Yield each contradiction once, with whose it is: a creator's own rules, or none's, where it is the batch's.

    Of a creator who cannot be planned for only the batch's rules are looked at, since his own may go with him.
    """
    of_batch = tuple(in_themselves(rules))
    told: set[object] = set()
    for one in weeks:
        profile = _profile(known.get(one.creator_id))
        try:
            found = of_batch if profile is None else _found(profile, rules, one)
        except PressroomError as error:
            if one.creator_id not in told:
                told.add(one.creator_id)
                yield one, error
            continue
        is_own = profile is not None and profile.rules and not set(found) <= set(of_batch)
        mark: object = (one.creator_id, found) if is_own else found
        if found and mark not in told:
            told.add(mark)
            yield (
                (one if is_own else None),
                contradictory(_whose(one, is_own=bool(is_own), found=found, rules=of_batch), found),
            )


def effective_rules(known: Listed, rules: Rules) -> Rules | None:
    """Return the rules that hold for a creator; None for one who cannot be planned, or whose own are none."""
    profile = _profile(known)
    try:
        return own_rules(profile, rules) if profile is not None else None
    except PressroomError:
        return None


def _whose(one: Wanted, *, is_own: bool, found: Found, rules: Found) -> str:
    if is_own:
        return repr(one.creator_id)
    return "the batch" if found == rules else f"the batch, for {one.creator_id!r}"


def _found(profile: Profile, rules: Rules, one: Wanted) -> Found:
    effective = own_rules(profile, rules)
    monday = one.week - timedelta(days=one.week.weekday())
    return tuple(contradictions(effective, profile.tier, rooms_of(effective, clock_of(profile.time_zone, monday))))


def _profile(known: Listed | None) -> Profile | None:
    """Return what rules depend on, of a creator who can be planned for."""
    if known is None:
        return None
    profile = Profile(
        creator_id=known.creator_id,
        page_name=known.page_name,
        time_zone=known.time_zone,
        is_active=known.is_active,
        audience_size=known.audience_size,
        rules=_own(known.rules),
    )
    try:
        return accepted(known.creator_id, profile)
    except PressroomError:
        return None


def _own(text: str) -> dict[str, object]:
    """Read rules; what is wrong with those in a file is found by who checks it."""
    try:
        given = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return given if isinstance(given, dict) else {}
