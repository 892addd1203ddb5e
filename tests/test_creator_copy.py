"""Each post gets copy that fits, once a week and rested; what is relaxed for it is said, and a lack of copy too."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from creating import WEEK, context, item, profile
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.creators.context import Copy, CreatorContext, Taken
from tasks.creators.copy_choice import select
from tasks.creators.copy_scores import scored_copies
from tasks.creators.findings import Forecast
from tasks.creators.rules import Rules
from tasks.creators.violations import violations_of
from tasks.creators.week_plan import PlannedPost, WeekPlan

FORECAST = Forecast(
    level=10.0,
    by_slot_type={},
    by_day=[1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6],
    by_hour=[1.0] * 24,
    spread=0.4,
    level_error=0.1,
    confidence=0.8,
    samples=100,
)


def tips(*days: int) -> WeekPlan:
    """A week of one tip on each of these days."""
    posts = [PlannedPost(post_id=f"{day}-01", day=day, slot_type="tip", content_type="text") for day in days]
    return WeekPlan(posts=posts)


def tip(copy_id: str, *, rested: int | None = None, **fields: Any) -> Copy:
    used = None if rested is None else WEEK - timedelta(days=rested)
    known: dict[str, Any] = {"text": copy_id, "slot_type": "tip", "performance": 60.0, "last_used_on": used}
    return Copy(copy_id=copy_id, **known | fields)


def known(*texts: Copy, **fields: Any) -> CreatorContext:
    return context(copies=list(texts), samples=[], **fields)


def ids(plan: WeekPlan) -> list[str | None]:
    return [post.copy_id for post in plan.posts]


def test_the_best_copy_goes_to_the_post_that_is_worth_most() -> None:
    alma = known(tip("a", performance=50.0), tip("b", performance=90.0), tip("c", performance=70.0))
    plan = select(item(), alma, tips(0, 5, 2), FORECAST)
    assert ids(plan) == ["a", "b", "c"]
    assert [choice.copy_id for choice in plan.shortlists["tip"]] == ["b", "c", "a"]
    assert plan.relaxed == []
    assert plan.repairs == []


@pytest.mark.parametrize(
    ("rested", "posts", "held"),
    [((30, 31, None), 3, None), ((30, 25, 15), 2, 20), ((30, 25, 15), 3, 10), ((3, 25, 5), 3, 0), ((25, 25), 3, 20)],
)
def test_rest_is_relaxed_in_the_written_order_and_only_as_far_as_it_helps(
    rested: tuple[int | None, ...], posts: int, held: int | None
) -> None:
    alma = known(*(tip(str(number), rested=days) for number, days in enumerate(rested)))
    plan = select(item(), alma, tips(*range(posts)), FORECAST)
    assert [each.bound for each in plan.relaxed] == ([] if held is None else [held])
    assert all(each.applies_to == "tip" for each in plan.relaxed)
    assert len(plan.shortlists["tip"]) == sum(days is None or days >= (held or 0) for days in rested)


def test_what_finds_no_copy_is_left_to_a_person_and_weak_or_foreign_copy_is_none() -> None:
    alma = known(tip("a"), tip("weak", performance=39.9), tip("poll", slot_type="poll"))
    plan = select(item(), alma, tips(0, 1, 2), FORECAST)
    assert [(post.copy_id, post.needs_manual_copy) for post in plan.posts] == [(None, True), (None, True), ("a", False)]
    assert plan.repairs == ["tip: 2 of 3 posts need copy written by hand."]
    assert set(plan.shortlists) == {"tip", "poll"}


def test_copy_that_another_of_the_group_sends_out_that_day_serves_another_day() -> None:
    taken = [Taken(creator_id="berta", copy_text_id="a", day=6, hour=9)]
    alma = known(tip("a", performance=90.0, is_shared=True), tip("b"), taken=taken)
    assert ids(select(item(), alma, tips(0, 6), FORECAST)) == ["a", "b"]
    taken += [Taken(creator_id="berta", copy_text_id="b", day=0, hour=9)]
    alma = known(tip("a"), tip("b", performance=90.0), taken=taken)
    assert ids(select(item(), alma, tips(0, 6), FORECAST)) == ["a", "b"]
    alma = known(tip("b"), tip("c", performance=90.0), taken=taken)
    assert ids(select(item(), alma, tips(0, 6), FORECAST)) == ["c", "b"], "the better post does with the other copy"


def test_copy_that_is_planned_for_the_week_after_is_as_worn_as_that_of_the_week_before() -> None:
    alma = known(tip("before", rested=25), tip("after", rested=-31))
    assert [each.rested for each in scored_copies(alma, Rules(), WEEK)["tip"]] == [25, 25]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"performance": 70.0}, {"performance": 60.0}),
        ({"rested": 55}, {"rested": 35}),
        ({"rested": None}, {"rested": 35}),
        ({"tone": "warm"}, {"tone": ""}),
        ({"tone": ""}, {"tone": "dry"}),
        ({"text": "the lighthouse by night"}, {"text": "quite another thing"}),
    ],
)
def test_copy_that_is_better_in_one_respect_scores_more(better: dict[str, Any], worse: dict[str, Any]) -> None:
    lately = tip("lately", rested=3, text="quite another thing", slot_type="poll")
    first, second = tip("first", **{"text": "one"} | better), tip("second", **{"text": "two"} | worse)
    alma = known(first, second, lately, profile=profile(persona="warm"))
    scores = {each.copy.copy_id: each.score for each in scored_copies(alma, Rules(), WEEK)["tip"]}
    assert scores["first"] > scores["second"]
    assert all(0 <= score <= 100 for score in scores.values())


def test_of_two_copies_that_are_nearly_the_same_one_falls_behind() -> None:
    texts = {"a": "apples from the old orchard", "b": "apples from the old garden", "c": "a boat on the lake"}
    alma = known(*(tip(copy_id, text=text) for copy_id, text in texts.items()))
    assert [each.copy.copy_id for each in scored_copies(alma, Rules(), WEEK)["tip"]] == ["a", "c", "b"]


@settings(max_examples=60, deadline=None)
@given(
    rested=st.lists(st.none() | st.integers(-40, 60), max_size=9),
    days=st.lists(st.integers(0, 6), max_size=9),
    reuse=st.lists(st.integers(0, 40), max_size=4),
    taken=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 6)), max_size=12),
)
def test_whatever_copy_there_is_no_rule_of_copy_is_broken_and_none_is_left_that_would_have_done(
    rested: list[int | None], days: list[int], reuse: list[int], taken: list[tuple[int, int]]
) -> None:
    alma = known(
        *(tip(str(number), rested=days_) for number, days_ in enumerate(rested)),
        taken=[Taken(creator_id="berta", copy_text_id=str(number), day=day, hour=9) for number, day in taken],
    )
    posts = [
        PlannedPost(post_id=f"{day}-{number:02d}", day=day, slot_type="tip", content_type="text")
        for number, day in enumerate(days)
    ]
    rules = Rules(reuse_days=reuse)
    plan = select(item(rules=rules), alma, WeekPlan(posts=posts), FORECAST)
    assert [each for each in violations_of(plan, alma, rules, WEEK) if each.rule.startswith("copy")] == []
    used = Counter(ids(plan))
    listed = {choice.copy_id for choice in plan.shortlists.get("tip", [])}
    for post in plan.posts:
        if post.needs_manual_copy:
            assert all(used[copy_id] or (int(copy_id), post.day) in taken for copy_id in listed)
