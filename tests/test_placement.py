"""Phase 12 puts what the solver finds into a week that holds to all rules and is never worth less than the phases'."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

import creating
import pytest
from planning_parts import Together, drafted

from tasks.creators import placement
from tasks.creators.context import CreatorContext, Taken, rules_for
from tasks.creators.findings import Draft
from tasks.creators.models import CreatorItem
from tasks.creators.rules import Rules
from tasks.creators.slot_types import SLOT_TYPES
from tasks.creators.violations import violations_of
from tasks.creators.week_plan import Relaxation, WeekPlan
from tasks.gatherings import Gatherings
from tasks.work import begin_work

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


SMALL = 500
"""Audience of a creator with three posts a day: as good for most of what is to be shown, and sooner solved."""


def small(**fields: Any) -> CreatorContext:
    """A creator with few posts."""
    return creating.context(profile=creating.profile(audience_size=SMALL, **fields))


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
    context = small(time_zone=time_zone, rules={"avoid_hours": list(range(5, 20)), "prime_hours": [2, 22]})
    draft = drafted(item, context)
    plan = placed(item, context, draft)
    assert not broken(plan, item, context)
    assert placement.total_of(plan) >= placement.total_of(draft.plan)


@pytest.mark.parametrize("level", [0.0, 1e-9, 1e12])
def test_a_forecast_of_nothing_or_of_much_makes_a_week_all_the_same(level: float) -> None:
    item, context = creating.item(), small()
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


def test_copy_that_has_not_rested_serves_no_more_posts_than_nothing_else_fitted_for() -> None:
    """Of two slot types the copy went out lately and does best; fresh copy for the others is enough."""
    worn_types = ("offer", "long_video")
    worn = creating.copies(each=6, slot_types=worn_types, last_used_on=creating.WEEK - timedelta(days=12), tone="warm")
    worn = [copy.model_copy(update={"performance": 99.0}) for copy in worn]
    others = [name for name in SLOT_TYPES if name not in worn_types]
    fresh = creating.copies(each=4, slot_types=others, last_used_on=None, performance=45.0)
    item, context = creating.item(), creating.context(copies=[*worn, *fresh])
    draft = drafted(item, context)
    forecast = draft.forecast.model_copy(update={"by_slot_type": dict.fromkeys(worn_types, 3.0)})
    plan = placed(item, context, draft.model_copy(update={"forecast": forecast}))
    used = [sum(post.slot_type in worn_types for post in each.main_posts) for each in (plan, draft.plan)]
    assert used[0] <= used[1]


def test_what_was_relaxed_for_posts_that_the_week_no_longer_has_is_not_said_of_it() -> None:
    item, context = creating.item(), creating.context(copies=creating.copies(each=8, last_used_on=None))
    draft = drafted(item, context)
    said = Relaxation(
        phase="copy_selection", rule="reuse_days", wanted="30 days", held="0 days", applies_to="throwback", bound=0
    )
    update = {"relaxed": [said], "repairs": ["throwback: 1 of 2 posts need copy written by hand."]}
    plan = placed(item, context, draft.model_copy(update={"plan": draft.plan.model_copy(update=update)}))
    assert (plan.relaxed, plan.repairs) == ([], [])


def test_the_same_week_is_planned_every_time() -> None:
    item, context = creating.item(), small()
    draft = drafted(item, context)
    assert placed(item, context, draft) == placed(item, context, draft.model_copy(deep=True))


@pytest.mark.parametrize("emphasis", ["value", "authenticity", "engagement", "retention"])
def test_a_week_that_is_sent_back_holds_to_its_rules(emphasis: str) -> None:
    item, context = creating.item(), small()
    assert not broken(placed(item, context, drafted(item, context), emphasis), item, context)


def test_a_week_without_posts_stays_one() -> None:
    rules: dict[str, object] = {"min_per_day": 0, "day_adjust": [-9] * 7}
    item, context = creating.item(), creating.context(rules=rules)
    assert placed(item, context, drafted(item, context)).posts == []


class Member(NamedTuple):
    """A creator of a group of which all have the same copy beside their own."""

    item: CreatorItem
    context: CreatorContext
    draft: Draft


def member(creator_id: str, *, own: int = 3, shared: int = 3, level: float = 20.0, audience: int = SMALL) -> Member:
    item = creating.item(creator_id, gathering="potters", group="potters")
    copies = [*creating.copies(creator_id, each=own), *creating.copies("all", each=shared, is_shared=True)]
    profile = creating.profile(creator_id, group="potters", audience_size=audience)
    samples = creating.samples(creator_id, level=level)
    context = creating.context(creator_id, profile=profile, copies=copies, samples=samples)
    return Member(item, context, drafted(item, context))


def placed_together(
    members: Sequence[Member],
    *,
    at_first: Mapping[int, str] = MappingProxyType({}),
    then: Sequence[tuple[int, str]] = (),
) -> list[WeekPlan]:
    """Let all meet, `at_first` some with an emphasis; `then` some are sent back at once, by number and for what."""

    async def all_of_them() -> list[WeekPlan]:
        gatherings = Gatherings([each.item for each in members])

        async def place(one: Member, emphasis: str = "") -> WeekPlan:
            begin_work(Together(item_id=one.item.item_id, gatherings=gatherings))
            return await placement.optimise(*one, emphasis)

        plans = await asyncio.gather(*(place(one, at_first.get(number, "")) for number, one in enumerate(members)))
        again = await asyncio.gather(*(place(members[number], emphasis) for number, emphasis in then))
        for (number, _), plan in zip(then, again, strict=True):
            plans[number] = plan
        return plans

    return asyncio.run(all_of_them())


def contents(plan: WeekPlan) -> list[tuple[int, int | None, str]]:
    return [(post.day, post.hour, post.slot_type) for post in plan.main_posts]


def twice_a_day(plans: Sequence[WeekPlan]) -> list[tuple[int, str]]:
    used = Counter((post.day, post.copy_id) for plan in plans for post in plan.posts if post.copy_id)
    return [at for at, count in used.items() if count > 1]


def in_peaks(plans: Sequence[WeekPlan]) -> int:
    """The most members who post in the same prime hour of a day."""
    places = {(post.day, post.hour, number) for number, plan in enumerate(plans) for post in plan.main_posts}
    used = Counter((day, hour) for day, hour, _ in places if hour in Rules().prime_hours)
    return max(used.values())


def test_members_of_a_group_share_copy_and_peak_hours_and_hold_to_their_rules() -> None:
    members = [member(name, audience=8_000) for name in ("alma", "bela", "cleo")]
    plans = placed_together(members)
    assert not twice_a_day(plans)
    assert in_peaks(plans) <= 2
    assert not [each for one, plan in zip(members, plans, strict=True) for each in broken(plan, one.item, one.context)]


def test_members_who_are_sent_back_at_once_know_of_each_other() -> None:
    members = [member("alma", own=0, shared=4), member("bela", own=0, shared=4), member("cleo", own=0, shared=4)]
    plans = placed_together(members, then=[(0, "engagement"), (1, "retention"), (2, "compliance")])
    assert not twice_a_day(plans)


def test_others_are_solved_together_beside_a_member_that_keeps_its_week(caplog: pytest.LogCaptureFixture) -> None:
    members = [member("alma"), member("bela"), member("cleo")]
    plans = placed_together(members, at_first={1: "compliance"})
    assert not twice_a_day(plans)
    assert contents(plans[1]) == contents(members[1].draft.plan)
    assert not caplog.records, "and nothing is said of weeks that do not fit"


def test_a_member_whose_week_does_not_fit_beside_the_others_takes_other_copy_or_leaves_it_to_a_person(
    caplog: pytest.LogCaptureFixture,
) -> None:
    members = [
        member(name, own=0, shared=1) for name in ("alma", "bela", "cleo", "dora", "edda", "fina", "gala", "hera")
    ]
    plans = placed_together(members)
    assert "do not fit together" in caplog.text
    assert not twice_a_day(plans)
    assert not [each for one, plan in zip(members, plans, strict=True) for each in broken(plan, one.item, one.context)]


def test_a_member_with_little_to_win_has_as_good_a_week_as_one_with_much() -> None:
    small = member("alma", level=0.5)
    plan, _ = placed_together([small, member("bela", level=50_000.0)])
    alone, _ = placed_together([small, member("bela", level=0.5)])
    assert placement.total_of(plan) >= 0.97 * placement.total_of(alone)


def test_copy_and_peak_hours_of_schedules_that_stand_are_kept_free() -> None:
    one = member("alma")
    first = placed(one.item.model_copy(update={"gathering": ""}), one.context, one.draft)
    taken = [
        Taken(creator_id=name, copy_text_id=post.copy_id or "", day=post.day, hour=post.hour or 0)
        for post in first.main_posts
        for name in ("bela", "cleo")
    ]
    context = one.context.model_copy(update={"taken": taken})
    plan = placed(one.item, context, drafted(one.item, context))
    assert not {(post.day, post.copy_id) for post in plan.main_posts} & {
        (each.day, each.copy_text_id) for each in taken
    }
    prime = set(Rules().prime_hours)
    assert not {(post.day, post.hour) for post in plan.main_posts if post.hour in prime} & {
        (each.day, each.hour) for each in taken
    }
