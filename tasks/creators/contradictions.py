"""Rules that no week can hold to, however it is planned: each with what contradicts what, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from tasks.creators.clock import DAY_NAMES
from tasks.creators.mix import content_of
from tasks.creators.rules import Rules, Tier
from tasks.creators.slots import wanted_per_day
from tasks.creators.spacing import DayRoom, spacings
from tasks.creators.supply import allowed_types
from tasks.words import count as count_of
from tasks.words import share

_EPSILON = 1e-6

Found = Iterator[tuple[str, str]]
"""What contradicts what, and what to do."""


def contradictions(rules: Rules, tier: Tier, rooms: Sequence[DayRoom]) -> list[tuple[str, str]]:
    """Return what is contradictory in the rules of a creator of this tier, whose days have this room."""
    return in_themselves(rules) or list(_volume(rules, tier, rooms))


def in_themselves(rules: Rules) -> list[tuple[str, str]]:
    """Return what is contradictory in rules whoever they are for."""
    return [each for check in _CHECKS for each in check(rules)]


def _counts(rules: Rules) -> Found:
    if rules.max_per_day is not None and rules.min_per_day > rules.max_per_day:
        yield (
            f"min_per_day ({rules.min_per_day}) is more than max_per_day ({rules.max_per_day})",
            "Lower min_per_day or raise max_per_day.",
        )


def _kinds(rules: Rules) -> Found:
    allowed = allowed_types(rules)
    contents = Counter(map(content_of, allowed))
    if len(allowed) < rules.min_slot_types:
        yield (
            f"excluded_slot_types leaves {count_of(len(allowed), 'slot type')}, and min_slot_types is "
            f"{rules.min_slot_types}",
            "Exclude fewer slot types or lower min_slot_types.",
        )
    if len(allowed) * rules.max_slot_type_share < 1 - _EPSILON:
        yield (
            f"{count_of(len(allowed), 'slot type')} of at most {share(rules.max_slot_type_share, 1)} each fill no week",
            "Raise max_slot_type_share or exclude fewer slot types.",
        )
    reached = sum(min(rules.max_content_type_share, number * rules.max_slot_type_share) for number in contents.values())
    if reached < 1 - _EPSILON:
        yield (
            f"{count_of(len(contents), 'content type')} of at most {share(rules.max_content_type_share, 1)} each fill "
            f"only {share(reached, 1)} of a week",
            "Raise max_content_type_share or exclude fewer slot types.",
        )


def _minutes(rules: Rules) -> Found:
    first, last = rules.jitter_minutes
    if first > last:
        yield f"jitter_minutes ends ({last}) before it begins ({first})", "Write the smaller number first."
    elif first == last == 0:
        yield "jitter_minutes leaves only quarters, on which nothing is posted", "Widen jitter_minutes."
    elif 0 < rules.spacing_minutes < last - first:
        yield (
            f"jitter_minutes is {last - first} minutes wide, and spacing_minutes only {rules.spacing_minutes}",
            "Narrow jitter_minutes or raise spacing_minutes.",
        )
    soonest, latest = rules.follow_up_delay
    if not 0 <= soonest <= latest:
        yield f"follow_up_delay ({soonest} to {latest}) is no span of time", "Write the smaller number first."


def _hours(rules: Rules) -> Found:
    if len(set(rules.avoid_hours)) == 24:
        yield "avoid_hours leaves no hour of the day", "Avoid fewer hours."
    elif rules.prime_hours and set(rules.prime_hours) <= set(rules.avoid_hours):
        yield "all prime_hours are among avoid_hours", "Take them out of one of the two."


def _weights(rules: Rules) -> Found:
    weights = list(rules.weights.model_dump().values())
    if abs(sum(weights) - 1) > 0.001 or min(weights) < 0:
        yield f"weights add up to {sum(weights):.3f} and not to 1, or one is negative", "Make them add up to 1."


def _volume(rules: Rules, tier: Tier, rooms: Sequence[DayRoom]) -> Found:
    closest = spacings(rules)[-1]
    for day, (posts, room) in enumerate(zip(wanted_per_day(tier, rules), rooms, strict=True)):
        most = room.capacity(closest)
        if posts > most:
            yield (
                f"{DAY_NAMES[day]} is to have {count_of(posts, 'post')}, and {most} fit into its hours "
                f"{count_of(closest, 'minute')} apart",
                "Ask for fewer posts a day, avoid fewer hours, or allow less spacing or more posts an hour.",
            )
            return


_CHECKS: tuple[Callable[[Rules], Found], ...] = (_counts, _kinds, _minutes, _hours, _weights)
