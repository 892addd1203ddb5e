"""The rules of a week: how many posts, of which kinds, how far apart, how fresh.

The numbers are those that users of such schedules know, as defaults; a spec or a creator's own row changes them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field

from tasks.creators.slot_types import SLOT_TYPES
from tasks.shape import Shape

Hour = Annotated[int, Field(ge=0, le=23)]
Share = Annotated[float, Field(gt=0, le=1)]


class Tier(StrEnum):
    """How much a creator posts, by the size of the audience."""

    LOW = "LOW"
    MID = "MID"
    HIGH = "HIGH"
    ULTRA = "ULTRA"

    @classmethod
    def of(cls, audience_size: int) -> Tier:
        """Return the tier of an audience."""
        bounds = ((1_000, cls.LOW), (5_000, cls.MID), (15_000, cls.HIGH))
        return next((tier for below, tier in bounds if audience_size < below), cls.ULTRA)


class GateProfile(StrEnum):
    """Which scores a schedule must reach.

    standard: both judges count. draft: what a small model says as the second judge is shown and does not count.
    """

    STANDARD = "standard"
    DRAFT = "draft"


USUAL = {Tier.LOW: 3, Tier.MID: 4, Tier.HIGH: 5, Tier.ULTRA: 6}
"""Posts a day by tier, where nobody says otherwise."""


def _of_all_tiers(given: dict[Tier, int]) -> dict[Tier, int]:
    return USUAL | given


def posts_in(share: float, posts: int) -> int:
    """Return how many of so many posts a share is, at most; one reckoned from a number of posts allows that number."""
    return int(share * posts + 1e-6)


class Weights(Shape):
    """What a copy's score for a slot is made of; together 1."""

    model_config = ConfigDict(extra="forbid")

    performance: float = 0.35
    freshness: float = 0.25
    slot_priority: float = 0.20
    persona: float = 0.10
    diversity: float = 0.10


class Rules(Shape):
    """What a week must hold to. Hours are the creator's own, days begin with Monday."""

    model_config = ConfigDict(extra="forbid")

    posts_per_day: Annotated[dict[Tier, Annotated[int, Field(ge=1, le=20)]], AfterValidator(_of_all_tiers)] = USUAL
    """Posts a day by tier, follow-ups apart; a tier that is left out has as many as usual."""
    day_adjust: Annotated[list[int], Field(min_length=7, max_length=7)] = [-1, 0, 0, 0, 1, 1, 0]
    """Posts more or fewer on each day of the week, Monday first."""
    max_per_day: Annotated[int, Field(ge=1, le=40)] | None = None
    """Most posts on one day, follow-ups apart; a creator's own bound."""
    min_per_day: Annotated[int, Field(ge=0, le=40)] = 1
    """Fewest posts on one day."""
    min_slot_types: Annotated[int, Field(ge=1, le=len(SLOT_TYPES))] = 12
    """Different slot types in a week, at least."""
    max_slot_type_share: Share = 0.20
    """Largest share of the week's posts of one slot type."""
    max_content_type_share: Share = 0.25
    """Largest share of the week's posts of one content type."""
    excluded_slot_types: list[str] = []
    """Slot types that this creator never uses."""
    prime_hours: list[Hour] = [10, 14, 19, 21]
    """Hours preferred where nothing else is known."""
    avoid_hours: list[Hour] = [3, 4, 5, 6]
    """Hours in which nothing is posted."""
    spacing_minutes: Annotated[int, Field(ge=0, le=720)] = 45
    """Time between two posts, at least; a follow-up's distance from its own post is its delay."""
    max_per_hour: Annotated[int, Field(ge=1, le=20)] = 2
    """Posts in one hour of the clock at most, follow-ups included."""
    jitter_minutes: tuple[int, int] = (-7, 8)
    """How far a post may lie from its planned quarter, so that times look natural; never on a quarter itself."""
    min_copy_performance: Annotated[float, Field(ge=0, le=100)] = 40.0
    """Copy that has done worse is not used."""
    reuse_days: list[Annotated[int, Field(ge=0)]] = [30, 20, 10, 0]
    """Days since a copy was last used, at least; where nothing fits the next one holds."""
    spacing_relaxed: list[Annotated[int, Field(ge=0)]] = [30, 15]
    """What spacing is relaxed to, in this order, where a day's posts do not fit."""
    follow_up_share: Annotated[float, Field(ge=0, le=1)] = 0.80
    """Share of the posts with follow-ups that get one."""
    follow_ups_per_day: Annotated[int, Field(ge=0, le=20)] = 5
    follow_up_delay: tuple[int, int] = (20, 60)
    """Minutes from a post to its follow-up, from and to."""
    weights: Weights = Weights()
    """How copy is scored."""
    copy_lift: Annotated[float, Field(ge=0, le=1)] = 0.30
    """Share of a post's value by which the best copy beats the middling one, and the worst falls behind it."""
    peak_share: Share = 0.5
    """Of the members of a group, how many (rounded up) may post in the same peak hour of a day."""
