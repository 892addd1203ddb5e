"""The phases in their order make a week that holds to its rules, for any creator that preflight lets through."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from creating import WEEK, context, copies, item, profile
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.creators import assembly, authenticity, copy_choice, followups, preflight, slots, timing, variety
from tasks.creators.context import CreatorContext, rules_for
from tasks.creators.findings import AudienceRisk, Forecast, Performance, Risk
from tasks.creators.models import CreatorItem
from tasks.creators.slot_types import SLOT_TYPES
from tasks.creators.violations import violations_of
from tasks.creators.week_plan import WeekPlan

FORECAST = Forecast(
    level=20.0,
    by_slot_type={name: 0.6 + slot.priority for name, slot in SLOT_TYPES.items()},
    by_day=[1.0, 0.9, 1.0, 1.0, 1.1, 1.2, 1.1],
    by_hour=[1.0] * 17 + [1.4, 1.5, 1.6, 1.6, 1.5, 1.2, 1.0],
    spread=0.4,
    level_error=0.1,
    confidence=0.8,
    samples=250,
)


def planned(work: CreatorItem, known: CreatorContext, performance: Performance, risk: AudienceRisk) -> WeekPlan:
    preflight.check(work, known)
    plan = variety.enforce(work, known, slots.allocate(work, known, performance, risk))
    plan = timing.place(work, known, copy_choice.select(work, known, plan, FORECAST), FORECAST)
    formed = authenticity.vary(work, known, followups.add(work, known, plan))
    return assembly.assemble(work, known, formed, FORECAST)


@settings(max_examples=30, deadline=None)
@given(
    creator=st.sampled_from(["alma", "berta"]),
    audience=st.sampled_from([500, 3_000, 8_000, 40_000]),
    zone=st.sampled_from(["Europe/Lisbon", "Asia/Tokyo", "Australia/Lord_Howe"]),
    week=st.integers(0, 30),
    each=st.integers(1, 6),
    slot_types=st.sets(st.sampled_from(sorted(SLOT_TYPES)), min_size=1),
    own=st.fixed_dictionaries(
        {},
        optional={
            "max_per_day": st.integers(1, 8),
            "spacing_minutes": st.sampled_from([30, 60, 120]),
            "max_per_hour": st.integers(1, 2),
            "excluded_slot_types": st.lists(st.sampled_from(sorted(SLOT_TYPES)), max_size=5),
            "avoid_hours": st.just([0, 1, 2, 3, 4, 5, 6, 22, 23]),
            "reuse_days": st.just([14, 7, 0]),
        },
    ),
    risk=st.sampled_from(Risk),
    saturation=st.floats(0, 100),
    seed=st.integers(0, 2),
)
def test_every_week_holds_to_its_rules_and_is_the_same_the_second_time(
    creator: str,
    audience: int,
    zone: str,
    week: int,
    each: int,
    slot_types: set[str],
    own: dict[str, Any],
    risk: Risk,
    saturation: float,
    seed: int,
) -> None:
    excluded = set(own.get("excluded_slot_types", []))
    texts = copies(creator, each=each, slot_types=sorted(slot_types - excluded) or ["tip"], performance=60.0)
    own = own | {"excluded_slot_types": sorted(excluded - {"tip"})}
    known = context(creator, profile=profile(creator, audience_size=audience, time_zone=zone, rules=own), copies=texts)
    work = item(creator, week_start=WEEK + timedelta(weeks=week), seed=seed)
    found = Performance(windows=[], saturation=saturation, opportunity=100 - saturation, confidence=0.8)
    plan = planned(work, known, found, AudienceRisk(score=50, risk=risk))
    assert violations_of(plan, known, rules_for(known.known, work.rules), work.week_start) == []
    assert all(post.low < post.value < post.high and post.label for post in plan.posts)
    assert plan == planned(work, known, found, AudienceRisk(score=50, risk=risk))
