"""Pasts of invented creators with a truth that is known: what forecasts are tried on.

Made otherwise than the sample roster, and in several worlds, so that a forecast that does well here was not fitted
to a formula.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import exp, log, log1p

from tasks.creators.context import CreatorContext, PeerValue, Profile, Sample
from tasks.creators.models import CreatorItem
from tasks.creators.slot_types import SLOT_TYPES

MONDAY = date(2026, 3, 2)
"""The week after the last of every past."""
NAMES = tuple(SLOT_TYPES)


@dataclass(frozen=True)
class World:
    """How values come about. All figures are of logarithms, a week."""

    drift: float = 0.06
    trend: float = 0.0
    shock: float = 0.08
    jump: float = 0.0
    """A level changes by this once, in one of the last six weeks."""
    spread: float = 0.8
    own: float = 0.2
    """How far a creator's factors lie from those of all."""
    freaks: float = 0.0
    """Share of posts that bring ten times as much."""
    nothing: float = 0.0
    """Share of posts that bring nothing."""
    posts: int = 28
    """A week."""


WORLDS = {
    "calm": World(drift=0.02, shock=0.03),
    "usual": World(),
    "trend": World(trend=0.06),
    "jump": World(jump=0.7),
    "heavy tails": World(spread=1.1, freaks=0.02),
    "many zeros": World(nothing=0.15),
    "few posts": World(posts=8),
}


def item(week_start: date = MONDAY) -> CreatorItem:
    """Return what is asked for a week."""
    return CreatorItem(item_id="harbour", batch_id="trial", creator="harbour", week_start=week_start)


def crowd(world: World, creators: int, weeks: int, seed: int) -> list[list[Sample]]:
    """Return so many creators' samples of so many weeks up to `MONDAY`."""
    rng = random.Random(f"{world}:{seed}")
    common = ({name: rng.gauss(0, 0.3) for name in NAMES}, [rng.gauss(0, 0.1) for _ in range(7)], _hours(rng))
    return [_past(world, rng, common, weeks) for _ in range(creators)]


def context_of(own: Sequence[Sample], others: Sequence[Sequence[Sample]], price: float = 10.0) -> CreatorContext:
    """Return what is known of a creator with these samples among these others."""
    profile = Profile(creator_id="harbour", page_name="harbour", time_zone="UTC", base_price=price)
    return CreatorContext(profile=profile, samples=list(own), peers=peers_of(others))


def peers_of(others: Sequence[Sequence[Sample]]) -> list[PeerValue]:
    """Sum up what others' posts brought."""
    sums: dict[tuple[str, int, int], list[float]] = {}
    for samples in others:
        level = sum(sample.value for sample in samples) / max(len(samples), 1)
        for sample in samples if level > 0 else ():
            found = sums.setdefault((sample.slot_type, sample.hour, sample.posted_on.weekday()), [0, 0.0, 0.0])
            squashed = log1p(sample.value / level)
            for index, more in enumerate((1, squashed, squashed * squashed)):
                found[index] += more
    return [
        PeerValue(slot_type=slot, hour=hour, weekday=day, count=int(n), log_sum=total, log_square_sum=squares)
        for (slot, hour, day), (n, total, squares) in sums.items()
    ]


def without_spread(world: World) -> World:
    """Return the world with no chance in it: each post brings exactly what it is worth."""
    return replace(world, drift=0.0, shock=0.0, spread=0.0, freaks=0.0, nothing=0.0)


def _hours(rng: random.Random) -> list[float]:
    best = rng.choice((13, 18, 20))
    return [-0.06 * min(abs(hour - best), 24 - abs(hour - best)) + rng.gauss(0, 0.05) for hour in range(24)]


def _past(
    world: World, rng: random.Random, common: tuple[dict[str, float], list[float], list[float]], weeks: int
) -> list[Sample]:
    slots = {name: common[0][name] + rng.gauss(0, world.own) for name in rng.sample(NAMES, 15)}
    days = [day + rng.gauss(0, world.own / 2) for day in common[1]]
    hours = [hour + rng.gauss(0, world.own / 2) for hour in common[2]]
    used = sorted(rng.sample(range(8, 24), 8))
    level, trend = rng.gauss(log(40), 1.0), rng.gauss(world.trend, world.trend / 3)
    jump_at, jump = weeks - rng.randint(1, 6), rng.choice((-1, 1)) * world.jump
    samples: list[Sample] = []
    for week in range(weeks):
        level += rng.gauss(trend, world.drift) + (jump if week == jump_at else 0.0)
        stood = level + rng.gauss(0, world.shock)
        first = MONDAY - timedelta(weeks=weeks - week)
        for _ in range(max(1, round(world.posts * rng.uniform(0.8, 1.2)))):
            slot, day, hour = rng.choice(sorted(slots)), rng.randrange(7), rng.choice(used)
            middle = stood + slots[slot] + days[day] + hours[hour]
            value = _value(world, rng, middle)
            samples.append(Sample(posted_on=first + timedelta(days=day), hour=hour, slot_type=slot, value=value))
    return sorted(samples, key=lambda sample: (sample.posted_on, sample.hour))


def _value(world: World, rng: random.Random, middle: float) -> float:
    if rng.random() < world.nothing:
        return 0.0
    freak = 10.0 if rng.random() < world.freaks else 1.0
    return freak * exp(middle + rng.gauss(0, world.spread) - world.spread**2 / 2)
