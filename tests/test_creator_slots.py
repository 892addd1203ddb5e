"""A week has as many posts as audience, weekday and weariness say, of kinds that there is copy for."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from creating import WEEK, context, copies, item, profile
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tasks.creators.context import Sample
from tasks.creators.findings import AudienceRisk, Performance, Risk
from tasks.creators.rules import Rules
from tasks.creators.slot_types import SLOT_TYPES
from tasks.creators.slots import allocate
from tasks.creators.variety import enforce
from tasks.creators.violations import violations_of
from tasks.creators.week_plan import PlannedPost, WeekPlan

VARIETY = {"min_slot_types", "max_slot_type_share", "max_content_type_share", "excluded_slot_types"}
CALM = AudienceRisk(score=10, risk=Risk.LOW)


def performance(saturation: float = 50, opportunity: float = 50, confidence: float = 0.8) -> Performance:
    return Performance(windows=[], saturation=saturation, opportunity=opportunity, confidence=confidence)


def per_day(plan: WeekPlan) -> list[int]:
    return [sum(post.day == day for post in plan.posts) for day in range(7)]


def types(plan: WeekPlan) -> Counter[str]:
    return Counter(post.slot_type for post in plan.posts)


def post(number: int, day: int, slot_type: str) -> PlannedPost:
    return PlannedPost(
        post_id=f"{day}-{number:02d}", day=day, slot_type=slot_type, content_type=SLOT_TYPES[slot_type].content_type
    )


@pytest.mark.parametrize(
    ("audience", "rules", "counts"),
    [
        (999, {}, [2, 3, 3, 3, 4, 4, 3]),
        (1_000, {}, [3, 4, 4, 4, 5, 5, 4]),
        (5_000, {}, [4, 5, 5, 5, 6, 6, 5]),
        (15_000, {}, [5, 6, 6, 6, 7, 7, 6]),
        (15_000, {"max_per_day": 6, "min_per_day": 6}, [6] * 7),
        (999, {"day_adjust": [-3, 0, 0, 0, 0, 0, 2]}, [1, 3, 3, 3, 3, 3, 5]),
        (15_000, {"avoid_hours": list(range(1, 24)), "spacing_relaxed": []}, [1] * 7),
    ],
)
def test_audience_and_weekday_say_how_many_posts_a_day_has(
    audience: int, rules: dict[str, object], counts: list[int]
) -> None:
    known = context(profile=profile(audience_size=audience, rules=rules))
    assert per_day(allocate(item(), known, performance(), CALM)) == counts


@pytest.mark.parametrize(
    ("found", "risk", "move"),
    [
        (performance(saturation=60), Risk.LOW, -1),
        (performance(saturation=60, confidence=0.4), Risk.LOW, 0),
        (performance(saturation=20, opportunity=70), Risk.LOW, 1),
        (performance(saturation=20, opportunity=70), Risk.MODERATE, 0),
        (performance(saturation=20, opportunity=70), Risk.HIGH, -1),
        (performance(saturation=80), Risk.CRITICAL, -1),
    ],
)
def test_weariness_and_opportunity_move_each_day_by_one_post_at_most(found: Performance, risk: Risk, move: int) -> None:
    plan = allocate(item(), context(), found, AudienceRisk(score=50, risk=risk))
    assert per_day(plan) == [4 + move, 5 + move, 5 + move, 5 + move, 6 + move, 6 + move, 5 + move]
    assert ("because" in plan.strategy[2].why) == (move != 0)


def test_kinds_are_those_with_copy_no_oftener_than_it_reaches_and_what_brings_more_comes_more_often() -> None:
    known = context(copies=copies(each=2, performance=60.0, last_used_on=None), samples=[])
    assert max(types(allocate(item(), known, performance(), CALM)).values()) == 2
    good = [Sample(posted_on=WEEK, hour=9, slot_type=name, value=value) for name, value in (("tip", 50), ("story", 5))]
    known = context(copies=copies(each=9, performance=60.0, last_used_on=None), samples=good * 30)
    counts = types(allocate(item(), known, performance(), CALM))
    assert counts["tip"] > counts["story"]
    few = ("tip", "photo", "poll", "offer", "teaser", "story")
    known = context(copies=copies(slot_types=few, performance=60.0))
    assert set(types(allocate(item(), known, performance(), CALM))) == set(few)


def test_each_day_is_led_by_something_and_days_in_a_row_have_little_in_common() -> None:
    plan = allocate(item(), context(copies=copies(each=8)), performance(), CALM)
    assert len({strategy.focus for strategy in plan.strategy}) >= 4
    assert plan.strategy[5].why.startswith("5 posts a day for an audience of 8,000 (HIGH), +1 on Saturdays; ")
    days = [[post.slot_type for post in plan.posts if post.day == day] for day in range(7)]
    for strategy, names in zip(plan.strategy, days, strict=True):
        contents = Counter(SLOT_TYPES[name].content_type for name in names)
        assert contents[strategy.focus] == max(contents.values())
    assert all(len(set(names)) == len(names) for names in days)
    assert all(len({*first} & {*second}) <= 2 for first, second in pairwise(days))


@settings(max_examples=120, deadline=None)
@given(
    week=st.lists(st.tuples(st.integers(0, 6), st.sampled_from(sorted(SLOT_TYPES))), max_size=50),
    with_copy=st.sets(st.sampled_from(sorted(SLOT_TYPES))),
    excluded=st.sets(st.sampled_from(sorted(SLOT_TYPES)), max_size=21),
    least=st.integers(1, 22),
    of_type=st.floats(0.03, 1),
    of_content=st.floats(0.1, 1),
)
@example([(0, "announcement")] * 5, {"announcement", "bundle", "live_session", "live_recap"}, set(), 1, 0.25, 1.0)
@example([(0, "live_session")] * 2, {"live_session", "live_recap"}, set(), 2, 1.0, 1.0)
def test_any_week_holds_to_the_rules_of_variety_or_says_what_was_relaxed(
    week: list[tuple[int, str]],
    with_copy: set[str],
    excluded: set[str],
    least: int,
    of_type: float,
    of_content: float,
) -> None:
    rules = Rules(
        min_slot_types=least,
        max_slot_type_share=of_type,
        max_content_type_share=of_content,
        excluded_slot_types=sorted(excluded),
    )
    known = context(copies=copies(slot_types=sorted(with_copy), each=1, performance=60.0), samples=[])
    plan = WeekPlan(posts=[post(number, day, name) for number, (day, name) in enumerate(week)])
    repaired = enforce(item(rules=rules), known, plan)
    assert per_day(repaired) == per_day(plan)
    assert [each for each in violations_of(repaired, known, rules, WEEK) if each.rule in VARIETY] == []
    changed = sum(first != second for first, second in zip(plan.posts, repaired.posts, strict=True))
    assert changed <= len(repaired.repairs)
    if not [each for each in violations_of(plan, known, rules, WEEK) if each.rule in VARIETY]:
        assert all("there is no copy" in why or "comes on a day after" in why for why in repaired.repairs)


def test_a_repair_is_as_small_as_it_can_be_and_said() -> None:
    names = [name for name in SLOT_TYPES if SLOT_TYPES[name].content_type != "live"][:14]
    plan = WeekPlan(posts=[post(1, day, names[day]) for day in range(7)] + [post(2, 6, "photo"), post(3, 6, "photo")])
    rules = Rules(min_slot_types=1, max_slot_type_share=0.25, max_content_type_share=1.0)
    repaired = enforce(item(rules=rules), context(), plan)
    assert len(repaired.repairs) == 1
    assert repaired.repairs[0].startswith("Sunday: photo became ")
    assert repaired.repairs[0].endswith(", because it had 3 of 9 posts and may have 2.")


@pytest.mark.parametrize(
    ("posts", "fields", "relaxed"),
    [
        (20, {"max_slot_type_share": 0.2}, {}),
        (7, {}, {"min_slot_types": "7 slot types", "max_content_type_share": "28.6 %: 2 of 7 posts"}),
        (
            3,
            {"min_slot_types": 1},
            {"max_slot_type_share": "33.3 %: 1 of 3 posts", "max_content_type_share": "33.3 %: 1 of 3 posts"},
        ),
        (
            20,
            {"slot_types": ("tip", "photo", "poll", "offer")},
            {"min_slot_types": "4 slot types", "max_slot_type_share": "25 %: 5 of 20 posts"},
        ),
    ],
)
def test_small_weeks_and_little_copy_say_what_holds(
    posts: int, fields: dict[str, Any], relaxed: dict[str, str]
) -> None:
    slot_types = fields.pop("slot_types", tuple(SLOT_TYPES))
    plan = WeekPlan(posts=[post(number, number % 7, "tip") for number in range(posts)])
    known = context(copies=copies(slot_types=slot_types, performance=60.0))
    done = enforce(item(rules=Rules(**fields)), known, plan)
    assert {each.rule: each.held for each in done.relaxed} == relaxed
