"""Whatever a plan breaks of its rules is found by looking at the plan alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from creating import WEEK, context, copies, profile

from tasks.creators.clock import clock_of
from tasks.creators.context import Taken
from tasks.creators.rules import Rules
from tasks.creators.violations import violations_of
from tasks.creators.week_plan import DayStrategy, PlannedPost, Relaxation, WeekPlan

RULES = Rules(min_slot_types=2, max_slot_type_share=0.5, max_content_type_share=0.5, max_per_day=2, follow_up_share=0.5)
ALMA = context(copies=copies(performance=60.0, last_used_on=WEEK - timedelta(days=40)))


def post(day: int, number: int, **fields: Any) -> PlannedPost:
    slot_type, content_type = ("story", "text") if number == 1 else ("photo_set", "picture")
    known: dict[str, Any] = {
        "post_id": f"{day}-{number:02d}",
        "day": day,
        "slot_type": slot_type,
        "content_type": content_type,
        "hour": 9 + 2 * number,
        "minute_of_day": 60 * (9 + 2 * number) + 7,
        "needs_manual_copy": True,
    }
    return PlannedPost(**known | fields)


def plan(*changed: PlannedPost, **fields: Any) -> WeekPlan:
    """A week of two posts a day and one follow-up that breaks nothing, but for what is changed by post id."""
    posts = [post(day, number) for day in range(7) for number in (1, 2)]
    posts[0] = post(0, 1, copy_id="alma-story-0", needs_manual_copy=False)
    posts.append(post(0, 1, post_id="0-01f", parent="0-01", minute_of_day=60 * 11 + 40, needs_manual_copy=False))
    by_id = {each.post_id: each for each in posts} | {each.post_id: each for each in changed}
    return WeekPlan(posts=list(by_id.values()), strategy=[DayStrategy(day=0, posts=2, focus="text")], **fields)


def broken(week: WeekPlan, **fields: Any) -> list[str]:
    return [each.rule for each in violations_of(week, ALMA.model_copy(update=fields), RULES, WEEK)]


def test_a_week_that_holds_to_its_rules_breaks_none() -> None:
    assert broken(plan()) == []


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        (post(0, 3, slot_type="poll", content_type="community"), "strategy"),
        (post(1, 3, slot_type="poll", content_type="community"), "max_per_day"),
        (post(1, 2, slot_type="story", content_type="text"), "max_slot_type_share"),
        (post(1, 2, slot_type="tip", content_type="text"), "max_content_type_share"),
        (post(1, 2, slot_type="song"), "excluded_slot_types"),
        (post(1, 2, content_type="text"), "excluded_slot_types"),
        (post(1, 1, copy_id="alma-story-0"), "copy_once_a_week"),
        (post(1, 1, copy_id="alma-poll-0"), "copy"),
        (post(1, 1, copy_id="berta-story-0"), "copy"),
        (post(1, 1, needs_manual_copy=False), "copy"),
        (post(1, 1, minute_of_day=None), "time"),
        (post(1, 1, minute_of_day=24 * 60), "time"),
        (post(1, 1, minute_of_day=60 * 4 + 1), "avoid_hours"),
        (post(1, 1, minute_of_day=60 * 9 + 45), "quarter"),
        (post(1, 1, minute_of_day=60 * 12 + 23), "spacing_minutes"),
        (post(0, 1, post_id="0-01f", parent="0-01", minute_of_day=60 * 11 + 26), "follow_up_delay"),
        (post(0, 1, post_id="0-01f", parent="0-09", minute_of_day=60 * 10), "follow_up"),
        (post(0, 1, post_id="0-01g", parent="0-01", minute_of_day=60 * 12 + 1), "follow_up"),
    ],
)
def test_each_rule_that_is_broken_is_named(changed: PlannedPost, rule: str) -> None:
    assert rule in broken(plan(changed))


def test_too_few_slot_types_and_too_many_posts_in_an_hour_are_found() -> None:
    posts = [post(0, 1, post_id=f"0-0{n}", minute_of_day=60 * 10 + n) for n in (1, 2, 3)]
    assert {"min_slot_types", "max_per_hour", "min_per_day"} <= set(broken(WeekPlan(posts=posts)))


@pytest.mark.parametrize(
    "fields",
    [
        {"copies": copies(performance=39.9)},
        {"copies": copies(performance=60.0, last_used_on=WEEK - timedelta(days=29))},
        {"copies": copies(performance=60.0, next_used_on=WEEK + timedelta(days=29))},
        {"taken": [Taken(creator_id="berta", copy_text_id="alma-story-0", day=0, hour=20)]},
    ],
)
def test_copy_that_is_worn_or_weak_or_taken_is_found(fields: dict[str, Any]) -> None:
    assert broken(plan(), **fields) == ["copy"]


def test_a_rule_that_was_relaxed_holds_as_far_as_it_was_relaxed() -> None:
    worn = {"copies": copies(performance=60.0, last_used_on=WEEK - timedelta(days=25))}
    fields = {"phase": "copy_selection", "rule": "reuse_days", "wanted": "30 days", "held": "20 days", "bound": 20}
    for slot_type, violations in (("story", []), ("poll", ["copy"])):
        week = plan(relaxed=[Relaxation.model_validate(fields | {"applies_to": slot_type})])
        assert broken(week, **worn) == violations


def test_a_time_that_the_clock_skips_is_found_and_distances_are_true_across_it() -> None:
    sunday = date(2030, 3, 31)
    alma = ALMA.model_copy(update={"profile": profile(time_zone="Europe/Berlin")})
    for minute, rules in ((60 * 2 + 40, {"time"}), (60 * 3 + 7, {"spacing_minutes"}), (60 * 3 + 40, set())):
        week = plan(post(6, 1, minute_of_day=60 + 50), post(6, 2, minute_of_day=minute))
        found = violations_of(week, alma, RULES.model_copy(update={"avoid_hours": []}), sunday - timedelta(days=6))
        assert {each.rule for each in found} == rules


def test_the_clock_knows_which_times_do_not_exist_wherever_it_stands() -> None:
    assert clock_of("Europe/Lisbon", date(2030, 3, 25)).skipped[6] == range(60, 120)
    assert clock_of("Australia/Lord_Howe", date(2030, 9, 30)).skipped[6] == range(120, 150)
    assert clock_of("America/Santiago", date(2030, 9, 2)).skipped[6] == range(60)
    assert not any(clock_of("Europe/Lisbon", date(2030, 10, 21)).skipped)
    assert not any(clock_of("Asia/Tokyo", WEEK).skipped)
