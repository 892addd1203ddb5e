"""Follow-ups stand behind their posts, most that can have one have one, and none is in the way of anything."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from creating import WEEK, context, item
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.creators.assembly import in_order
from tasks.creators.authenticity import FORMS, vary
from tasks.creators.followups import add
from tasks.creators.rules import Rules
from tasks.creators.slot_types import CONTENT_TYPES
from tasks.creators.timing import set_minutes
from tasks.creators.violations import violations_of
from tasks.creators.week_plan import PlannedPost, WeekPlan

ALMA = context(copies=[], samples=[], peers=[], audience=[])
BROKEN = {"time", "avoid_hours", "quarter", "max_per_hour", "spacing_minutes"}


def offers(hours: list[list[int]]) -> WeekPlan:
    """A week of offers, which can be followed up on, in these hours of each day."""
    return WeekPlan(
        posts=[
            PlannedPost(
                post_id=f"{day}-{number:02d}",
                day=day,
                slot_type="offer",
                content_type="offer",
                hour=hour,
                copy_score=50,
            )
            for day, of_day in enumerate(hours)
            for number, hour in enumerate(of_day, start=1)
        ]
    )


def follow_ups(plan: WeekPlan) -> list[PlannedPost]:
    return [post for post in plan.posts if post.parent is not None]


@settings(max_examples=60, deadline=None)
@given(
    hours=st.lists(st.lists(st.integers(0, 23), max_size=8, unique=True), min_size=7, max_size=7),
    share=st.floats(0, 1),
    per_day=st.integers(0, 6),
    per_hour=st.integers(1, 3),
    spacing=st.sampled_from([15, 45, 60]),
    delay=st.tuples(st.integers(0, 40), st.integers(40, 90)),
)
def test_follow_ups_break_no_rule_of_time(
    hours: list[list[int]], share: float, per_day: int, per_hour: int, spacing: int, delay: tuple[int, int]
) -> None:
    rules = Rules(
        avoid_hours=[],
        follow_up_share=share,
        follow_ups_per_day=per_day,
        max_per_hour=per_hour,
        spacing_minutes=spacing,
        follow_up_delay=delay,
    )
    week = WEEK + timedelta(weeks=3)
    work = item(rules=rules, week_start=week)
    hours[6] = [hour for hour in hours[6] if hour != 1]
    plan = add(work, ALMA, set_minutes(work, ALMA, offers(hours)))
    broken = [
        each for each in violations_of(plan, ALMA, rules, week) if each.rule in BROKEN or "follow_up" in each.rule
    ]
    assert broken == []
    assert plan == add(work, ALMA, plan), "those there are made anew, and alike"


def test_the_written_share_of_posts_with_room_behind_them_is_followed_up_on_but_no_more_than_a_day_bears() -> None:
    plan = set_minutes(item(), ALMA, offers([[8, 10, 12, 14, 16, 18]] * 7))
    assert len(follow_ups(add(item(), ALMA, plan))) == int(0.8 * 42)
    assert all(20 <= gap <= 60 for gap in gaps(add(item(), ALMA, plan)))
    few = item(rules=Rules(follow_ups_per_day=2))
    assert len(follow_ups(add(few, ALMA, plan))) == 14
    assert follow_ups(add(item(rules=Rules(follow_up_share=0.0)), ALMA, plan)) == []


def gaps(plan: WeekPlan) -> list[int]:
    minutes = {post.post_id: post.minute_of_day or 0 for post in plan.posts}
    return [minutes[post.post_id] - minutes[post.parent or ""] for post in follow_ups(plan)]


def test_what_matters_most_is_followed_up_on_and_what_has_no_follow_up_never() -> None:
    plan = set_minutes(item(), ALMA, offers([[9, 12]] + [[]] * 6))
    weak, tip = plan.posts[0], plan.posts[1]
    tip = tip.model_copy(update={"slot_type": "tip", "content_type": "text"})
    every = item(rules=Rules(follow_up_share=1.0))
    assert [each.parent for each in follow_ups(add(every, ALMA, WeekPlan(posts=[weak, tip])))] == ["0-01"]
    half = item(rules=Rules(follow_up_share=0.5))
    strong = plan.posts[1].model_copy(update={"copy_score": 80.0})
    assert [each.parent for each in follow_ups(add(half, ALMA, WeekPlan(posts=[weak, strong])))] == ["0-02"]


def test_a_week_is_in_order_of_its_times_and_named_by_it() -> None:
    plan = add(item(), ALMA, set_minutes(item(), ALMA, offers([[20, 9, 14]] + [[]] * 6)))
    ordered = in_order(plan.posts)
    assert [post.post_id for post in ordered if post.parent is None] == ["0-01", "0-02", "0-03"]
    assert [post.hour for post in ordered if post.parent is None] == [9, 14, 20]
    assert all(post.post_id == f"{post.parent}f" for post in ordered if post.parent is not None)
    minutes = [post.minute_of_day for post in ordered]
    assert minutes == sorted(minutes, key=lambda minute: minute or 0)
    assert gaps(WeekPlan(posts=ordered)) == gaps(plan)
    assert in_order(ordered) == ordered


def test_neighbours_of_a_slot_type_never_have_the_same_form_and_weeks_begin_differently() -> None:
    plan = add(item(), ALMA, set_minutes(item(), ALMA, offers([[9, 12, 15]] * 7)))
    formed = vary(item(), ALMA, plan)
    for posts in (formed.main_posts, follow_ups(formed)):
        labels = [post.label for post in posts]
        assert all(first != second for first, second in pairwise(labels))
    firsts = {vary(item(seed=seed), ALMA, plan).main_posts[0].label for seed in range(20)}
    assert firsts == set(FORMS["offer"])
    assert [post.model_copy(update={"label": ""}) for post in formed.posts] == plan.posts, "only the form is new"


@pytest.mark.parametrize("content", CONTENT_TYPES)
def test_every_content_type_has_forms_to_choose_from(content: str) -> None:
    assert len(set(FORMS[content])) >= 2


def test_a_follow_up_keeps_to_its_day_and_to_hours_that_are_not_avoided() -> None:
    rules = Rules(avoid_hours=[21])
    plan = set_minutes(item(rules=rules), ALMA, offers([[20, 23]] * 7))
    found = follow_ups(add(item(rules=rules), ALMA, plan))
    assert len(found) > 4
    assert {(post.minute_of_day or 0) // 60 for post in found} == {20, 23}
