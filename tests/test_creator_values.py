"""What a post is worth follows from the forecast and its copy, and a follow-up's from its parent's."""

from __future__ import annotations

import pytest

from tasks.creators.findings import Forecast
from tasks.creators.rules import Rules
from tasks.creators.values import FOLLOW_UP_VALUE, value_of, valued
from tasks.creators.week_plan import PlannedPost, Relaxation, WeekPlan

RULES = Rules(copy_lift=0.3)
FORECAST = Forecast(
    level=10.0,
    by_slot_type={"tip": 2.0},
    by_day=[1.0, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0],
    by_hour=[1.0] * 19 + [1.5] + [1.0] * 4,
    spread=0.4,
    level_error=0.1,
    confidence=0.8,
    samples=100,
)


def post(**fields: object) -> PlannedPost:
    known = {"post_id": "1-01", "day": 1, "slot_type": "tip", "content_type": "text", "hour": 19}
    return PlannedPost.model_validate(known | fields)


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({}, 15.0),
        ({"hour": None}, 10.0),
        ({"slot_type": "poll", "day": 0}, 15.0),
        ({"copy_score": 100.0}, 19.5),
        ({"copy_score": 0.0}, 10.5),
        ({"needs_manual_copy": True}, 13.2),
    ],
)
def test_a_post_is_worth_its_forecast_moved_by_its_copy(fields: dict[str, object], value: float) -> None:
    assert value_of(post(**fields), FORECAST, RULES) == pytest.approx(value)


def test_a_follow_up_is_worth_a_share_of_its_parents_and_every_value_lies_within_its_interval() -> None:
    main, follow_up = valued([post(), post(post_id="1-01f", parent="1-01")], FORECAST, RULES)
    assert follow_up.value == pytest.approx(FOLLOW_UP_VALUE * main.value)
    assert 0 < main.low < main.value < main.high


def test_what_holds_of_a_rule_is_what_it_was_relaxed_to_for_that_slot_type_or_day() -> None:
    relaxed = Relaxation(
        phase="timing", rule="spacing_minutes", wanted="45 minutes", held="30 minutes", applies_to="4", bound=30
    )
    plan = WeekPlan(relaxed=[relaxed])
    assert plan.bound("spacing_minutes", "4", 45) == 30
    assert plan.bound("spacing_minutes", "3", 45) == 45
    assert plan.bound("reuse_days", "4", 30) == 30
