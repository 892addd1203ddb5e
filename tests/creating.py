"""A creator for tests of the phases: small, the same every time, and with enough of everything to plan a whole week."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tasks.creators.context import AudienceWeek, Copy, CreatorContext, PeerValue, Profile, Sample
from tasks.creators.models import CreatorItem
from tasks.creators.slot_types import SLOT_TYPES

WEEK = date(2030, 3, 4)
"""The Monday of the week that is planned."""
TONES = ("warm", "dry", "playful")
_HOURS = (8, 10, 12, 14, 17, 19, 21)


def profile(creator_id: str = "alma", **fields: Any) -> Profile:
    """A potter with an audience of the tier HIGH."""
    known: dict[str, Any] = {
        "page_name": f"{creator_id.title()} at the wheel",
        "time_zone": "Europe/Lisbon",
        "audience_size": 8_000,
        "niche": "pottery",
        "persona": "warm",
        "base_price": 12.0,
    }
    return Profile(creator_id=creator_id, **known | fields)


def copies(
    creator_id: str = "alma", *, each: int = 4, slot_types: Sequence[str] = tuple(SLOT_TYPES), **fields: Any
) -> list[Copy]:
    """So many texts for each slot type, of mixed tone and success, last used one to fourteen weeks ago or never."""
    made = []
    for slot_type in slot_types:
        for number in range(each):
            random = Random(f"{creator_id}:{slot_type}:{number}")
            used = random.choice([None, *(WEEK - timedelta(days=random.randint(7, 98)) for _ in range(4))])
            known: dict[str, Any] = {
                "text": f"What the {slot_type.replace('_', ' ')} number {number + 1} of {creator_id} is about?",
                "tone": random.choice(TONES),
                "performance": round(random.uniform(35, 95), 1),
                "last_used_on": used,
            }
            made.append(Copy(copy_id=f"{creator_id}-{slot_type}-{number}", slot_type=slot_type, **known | fields))
    return made


def samples(creator_id: str = "alma", *, weeks: int = 12, per_day: int = 3, level: float = 20.0) -> list[Sample]:
    """What the posts of the weeks before brought: with a good evening, a good weekend and better slot types."""
    random = Random(f"{creator_id}:samples")
    names = sorted(SLOT_TYPES)
    made = []
    for back in range(7 * weeks, 0, -1):
        day = WEEK - timedelta(days=back)
        for hour in sorted(random.sample(_HOURS, per_day)):
            slot_type = random.choice(names)
            factor = 0.7 + 0.6 * SLOT_TYPES[slot_type].priority + 0.3 * (hour >= 19) + 0.2 * (day.weekday() >= 4)
            value = round(level * factor * math.exp(random.gauss(0, 0.35)), 2)
            reach = random.randint(2_000, 4_000)
            responses = int(reach * random.uniform(0.02, 0.08))
            made.append(
                Sample(
                    posted_on=day,
                    hour=hour,
                    slot_type=slot_type,
                    copy_id=f"{creator_id}-{slot_type}-{random.randrange(4)}",
                    value=value,
                    reach=reach,
                    responses=responses,
                )
            )
    return made


def audience(*, weeks: int = 12, lapsing_growth: float = 0.0, size: int = 8_000) -> list[AudienceWeek]:
    """The segments week by week, oldest first; `lapsing_growth` is how much more of it lapses each week."""
    made = []
    for back in range(weeks, 0, -1):
        start = WEEK - timedelta(weeks=back)
        lapsing = min(0.9, 0.2 * (1 + lapsing_growth) ** (weeks - back))
        for segment, share in (("new", 0.1), ("regular", 0.9 - lapsing), ("lapsing", lapsing)):
            made.append(AudienceWeek(week_start=start, segment=segment, size=round(size * max(0.0, share))))
    return made


def peers(*, count: int = 6) -> list[PeerValue]:
    """What similar creators' posts brought, by slot type, weekday and hour."""
    made = []
    for slot_type in sorted(SLOT_TYPES):
        for weekday in range(7):
            for hour in (10, 14, 19, 21):
                mean = math.log1p(0.7 + 0.6 * SLOT_TYPES[slot_type].priority + 0.3 * (hour >= 19))
                made.append(
                    PeerValue(
                        slot_type=slot_type,
                        hour=hour,
                        weekday=weekday,
                        count=count,
                        log_sum=count * mean,
                        log_square_sum=count * (mean**2 + 0.04),
                    )
                )
    return made


def context(creator_id: str = "alma", *, rules: dict[str, object] | None = None, **fields: Any) -> CreatorContext:
    """All that is known of a creator; `rules` are where his own differ."""
    known: dict[str, Any] = {
        "profile": profile(creator_id, rules=rules or {}),
        "copies": copies(creator_id),
        "samples": samples(creator_id),
        "audience": audience(),
        "peers": peers(),
    }
    return CreatorContext(**known | fields)


def item(creator_id: str = "alma", **fields: Any) -> CreatorItem:
    """The week of a creator, as a batch of it alone has it."""
    known: dict[str, Any] = {
        "item_id": f"{creator_id}-{WEEK}",
        "creator": creator_id,
        "week_start": WEEK,
        "output_root": Path("output"),
    }
    return CreatorItem(**known | fields)
