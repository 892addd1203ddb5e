"""Every post gets a time that exists, keeps its distance and looks like no clockwork; or what gave way is said."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from creating import WEEK, context, item, profile
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.creators.clock import clock_of
from tasks.creators.findings import Forecast
from tasks.creators.rules import Rules
from tasks.creators.spacing import rooms_of, spacings
from tasks.creators.timing import place, set_minutes
from tasks.creators.violations import violations_of
from tasks.creators.week_plan import PlannedPost, WeekPlan
from tasks.errors import PressroomError

TIMES = {"time", "avoid_hours", "quarter", "max_per_hour", "spacing_minutes"}
PUT_FORWARD = WEEK + timedelta(weeks=3)
"""The week whose Sunday has no hour from 1 to 2 in Lisbon, and none from 2 to 3 in Berlin."""


ALMA = context(copies=[], samples=[], peers=[], audience=[])


def forecast(by_hour: list[float] | None = None) -> Forecast:
    return Forecast(
        level=10.0,
        by_slot_type={"offer": 2.0, "tip": 0.5},
        by_day=[1.0] * 7,
        by_hour=by_hour or [1.0] * 24,
        spread=0.4,
        level_error=0.1,
        confidence=0.8,
        samples=100,
    )


def week(counts: list[int], hours: list[list[int]] | None = None) -> WeekPlan:
    posts = []
    for day, count in enumerate(counts):
        for number in range(count):
            slot_type, content_type = ("offer", "offer") if number == 1 else ("tip", "text")
            hour = hours[day][number] if hours else None
            name = f"{day}-{number + 1:02d}"
            posts.append(PlannedPost(post_id=name, day=day, slot_type=slot_type, content_type=content_type, hour=hour))
    return WeekPlan(posts=posts)


def hours_of(plan: WeekPlan, day: int) -> list[int | None]:
    return [post.hour for post in plan.posts if post.day == day]


@settings(max_examples=60, deadline=None)
@given(
    counts=st.lists(st.integers(0, 14), min_size=7, max_size=7),
    avoid=st.sets(st.integers(0, 23), max_size=14),
    spacing=st.sampled_from([0, 20, 45, 90, 200]),
    per_hour=st.integers(1, 3),
    by_hour=st.none() | st.lists(st.floats(0.2, 3), min_size=24, max_size=24),
    zone=st.sampled_from(["Europe/Lisbon", "Europe/Berlin", "Australia/Lord_Howe"]),
    seed=st.integers(0, 3),
)
def test_times_hold_to_the_rules_or_say_what_was_relaxed(
    counts: list[int],
    avoid: set[int],
    spacing: int,
    per_hour: int,
    by_hour: list[float] | None,
    zone: str,
    seed: int,
) -> None:
    rules = Rules(avoid_hours=sorted(avoid), spacing_minutes=spacing, max_per_hour=per_hour)
    known = ALMA.model_copy(update={"profile": profile(time_zone=zone)})
    work = item(rules=rules, seed=seed, week_start=PUT_FORWARD)
    last = spacings(rules)[-1]
    capacity = [room.capacity(last) for room in rooms_of(rules, clock_of(zone, PUT_FORWARD))]
    try:
        placed = place(work, known, week(counts), forecast(by_hour))
    except PressroomError:
        assert any(count > most for count, most in zip(counts, capacity, strict=True))
        return
    assert [sum(post.day == day for post in placed.posts) for day in range(7)] == counts
    broken = [each for each in violations_of(placed, known, rules, PUT_FORWARD) if each.rule in TIMES]
    assert broken == []
    for each in placed.relaxed:
        assert (each.phase, each.rule) == ("timing", "spacing_minutes")
        assert each.bound in rules.spacing_relaxed
    assert placed == place(work, known, week(counts), forecast(by_hour))


@settings(max_examples=60, deadline=None)
@given(
    hours=st.lists(st.lists(st.integers(7, 23), max_size=4, unique=True), min_size=7, max_size=7),
    spacing=st.sampled_from([45, 60]),
)
def test_hours_that_are_an_hour_apart_are_kept_and_no_spacing_is_relaxed(hours: list[list[int]], spacing: int) -> None:
    work = item(rules=Rules(spacing_minutes=spacing))
    timed = set_minutes(work, ALMA, week([len(each) for each in hours], hours))
    assert [hours_of(timed, day) for day in range(7)] == [sorted(each) for each in hours]
    assert all(post.minute_of_day is not None and post.minute_of_day // 60 == post.hour for post in timed.posts)
    assert timed.relaxed == []


def test_where_nothing_is_known_prime_hours_lead_and_days_in_a_row_differ() -> None:
    placed = place(item(), context(), week([4] * 7), forecast())
    days = [hours_of(placed, day) for day in range(7)]
    assert days[0] == [10, 14, 19, 21]
    assert all(first != second for first, second in pairwise(days))
    assert all(len({*day} & {10, 14, 19, 21}) >= 3 for day in days)


def test_what_the_forecast_knows_of_hours_goes_before_prime_hours_and_the_best_hour_to_what_is_worth_most() -> None:
    by_hour = [0.5] * 24
    by_hour[12], by_hour[16], by_hour[8] = 3.0, 2.0, 1.5
    placed = place(item(), context(), week([3] * 7), forecast(by_hour))
    assert all(hours_of(placed, day) == [8, 12, 16] for day in range(7))
    assert {post.hour for post in placed.posts if post.slot_type == "offer"} == {12}


def test_another_seed_or_creator_gives_other_minutes_in_the_same_hours() -> None:
    minutes = [
        [post.minute_of_day for post in place(work, known, week([4] * 7), forecast([1.0, 2.0] * 12)).posts]
        for work, known in ((item(), context()), (item(seed=1), context()), (item(), context("berta")))
    ]
    assert len({tuple(each) for each in minutes}) == 3


def test_spacing_is_relaxed_in_the_written_order_for_the_day_that_needs_it_alone() -> None:
    hours = [[10], [10, 10], [10, 10], [], [], [], []]
    rules = Rules(spacing_minutes=100, spacing_relaxed=[80, 120, 50, 10])
    relaxed = set_minutes(item(rules=rules), context(), week([1, 2, 2, 0, 0, 0, 0], hours)).relaxed
    assert [(each.applies_to, each.held, each.bound) for each in relaxed] == [
        ("1", "50 minutes", 50),
        ("2", "50 minutes", 50),
    ]
    assert relaxed[0].why == "Tuesday: 2 posts do not fit farther apart."


def test_a_day_that_nothing_fits_into_is_an_error_that_names_it() -> None:
    rules = Rules(avoid_hours=[hour for hour in range(24) if hour != 10])
    with pytest.raises(PressroomError, match="'alma': Wednesday has no room for 9 posts") as caught:
        place(item(rules=rules), context(), week([0, 0, 9, 0, 0, 0, 0]), forecast())
    assert caught.value.code == "SOLVER_FAILED"
