"""Phase 12 puts what the solver finds into a week that holds to all rules and is never worth less than the phases'."""

from __future__ import annotations

import asyncio
from datetime import date

import creating
import pytest
from planning_parts import drafted

from tasks.creators import placement
from tasks.creators.context import CreatorContext, rules_for
from tasks.creators.findings import Draft
from tasks.creators.models import CreatorItem
from tasks.creators.slot_types import SLOT_TYPES
from tasks.creators.violations import violations_of
from tasks.creators.week_plan import WeekPlan

ODD_RULES: dict[str, dict[str, object]] = {
    "as usual": {},
    "few hours": {"avoid_hours": [*range(9), *range(18, 24)]},
    "before the quarter only": {"jitter_minutes": [-7, -1]},
    "one an hour": {"max_per_hour": 1},
    "no distance": {"spacing_minutes": 0},
    "half a day between": {"spacing_minutes": 720},
    "an empty day may be": {"min_per_day": 0, "day_adjust": [-5, 0, 0, 0, 1, 1, 0]},
    "no follow-ups": {"follow_up_share": 0},
}


def placed(item: CreatorItem, context: CreatorContext, draft: Draft, emphasis: str = "") -> WeekPlan:
    return asyncio.run(placement.optimise(item, context, draft, emphasis))


def broken(plan: WeekPlan, item: CreatorItem, context: CreatorContext) -> list[object]:
    return list(violations_of(plan, context, rules_for(context.known, item.rules), item.week_start))


def relaxed(plan: WeekPlan) -> set[tuple[str, str, float | None]]:
    return {(each.rule, each.applies_to, each.bound) for each in plan.relaxed}


@pytest.mark.parametrize("rules", ODD_RULES.values(), ids=ODD_RULES)
def test_a_week_holds_to_the_creators_own_rules_and_relaxes_no_more_than_the_phases_did(
    rules: dict[str, object],
) -> None:
    item, context = creating.item(), creating.context(rules=rules)
    draft = drafted(item, context)
    plan = placed(item, context, draft)
    assert not broken(plan, item, context)
    assert placement.total_of(plan) >= placement.total_of(draft.plan)
    assert relaxed(plan) <= relaxed(draft.plan)
    manual = [sum(post.needs_manual_copy for post in each.main_posts) for each in (plan, draft.plan)]
    assert manual[0] <= manual[1]


def test_what_the_solver_finds_is_planned_as_far_apart_as_it_was_found() -> None:
    """With minutes before a quarter only, no two posts 45 minutes apart fit into one hour."""
    item, context = creating.item(), creating.context(rules={"jitter_minutes": [-3, -1], "follow_up_share": 0})
    draft = drafted(item, context)
    assert "spacing_minutes" not in {each.rule for each in draft.plan.relaxed}
    forecast = draft.forecast.model_copy(update={"by_hour": [5.0 if hour == 19 else 1.0 for hour in range(24)]})
    plan = placed(item, context, draft.model_copy(update={"forecast": forecast}))
    assert not broken(plan, item, context)
    assert "spacing_minutes" not in {each.rule for each in plan.relaxed}


def test_posts_that_crowd_into_good_hours_leave_room_for_their_follow_ups() -> None:
    item, context = creating.item(), creating.context()
    draft = drafted(item, context)
    forecast = draft.forecast.model_copy(update={"by_hour": [2.0 if 17 <= hour <= 22 else 1.0 for hour in range(24)]})
    plan = placed(item, context, draft.model_copy(update={"forecast": forecast}))
    eligible = sum(SLOT_TYPES[post.slot_type].has_follow_up for post in plan.main_posts)
    assert len(plan.posts) - len(plan.main_posts) >= 0.7 * eligible


@pytest.mark.parametrize(
    ("time_zone", "week_start"),
    [
        ("Europe/Lisbon", date(2030, 3, 25)),
        ("Europe/Lisbon", date(2030, 10, 21)),
        ("Australia/Lord_Howe", date(2030, 9, 30)),
    ],
)
def test_a_week_in_which_the_clock_is_put_on_holds_to_its_rules(time_zone: str, week_start: date) -> None:
    item = creating.item(week_start=week_start)
    context = creating.context(rules={"avoid_hours": list(range(5, 20)), "prime_hours": [2, 22]})
    context = context.model_copy(update={"profile": context.known.model_copy(update={"time_zone": time_zone})})
    draft = drafted(item, context)
    plan = placed(item, context, draft)
    assert not broken(plan, item, context)
    assert placement.total_of(plan) >= placement.total_of(draft.plan)


@pytest.mark.parametrize("level", [0.0, 1e-9, 1e12])
def test_a_forecast_of_nothing_or_of_much_makes_a_week_all_the_same(level: float) -> None:
    item, context = creating.item(), creating.context()
    draft = drafted(item, context)
    draft = draft.model_copy(update={"forecast": draft.forecast.model_copy(update={"level": level})})
    plan = placed(item, context, draft)
    assert not broken(plan, item, context)
    assert len(plan.main_posts) == len(draft.plan.main_posts)


def test_a_creator_with_copy_for_two_kinds_only_gets_a_week_that_says_what_it_relaxes() -> None:
    item = creating.item()
    context = creating.context(copies=creating.copies(each=3, slot_types=("tip", "poll")))
    draft = drafted(item, context)
    plan = placed(item, context, draft)
    assert not broken(plan, item, context)
    assert {"min_slot_types", "max_slot_type_share"} <= {each.rule for each in plan.relaxed}
    assert sum(post.needs_manual_copy for post in plan.main_posts) == len(plan.main_posts) - 6


def test_the_same_week_is_planned_every_time() -> None:
    item, context = creating.item(), creating.context()
    draft = drafted(item, context)
    assert placed(item, context, draft) == placed(item, context, draft.model_copy(deep=True))


@pytest.mark.parametrize("emphasis", ["value", "authenticity", "engagement", "retention"])
def test_a_week_that_is_sent_back_holds_to_its_rules(emphasis: str) -> None:
    item, context = creating.item(), creating.context()
    assert not broken(placed(item, context, drafted(item, context), emphasis), item, context)


def test_a_week_without_posts_stays_one() -> None:
    rules: dict[str, object] = {"min_per_day": 0, "day_adjust": [-9] * 7}
    item, context = creating.item(), creating.context(rules=rules)
    assert placed(item, context, drafted(item, context)).posts == []
