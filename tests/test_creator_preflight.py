"""Preflight lets through what can be planned, warns of what will be the worse for it, and blocks what cannot be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from creating import WEEK, audience, context, copies, item, profile, samples

from tasks.creators.context import CreatorContext
from tasks.creators.findings import Readiness
from tasks.creators.preflight import check
from tasks.creators.rules import Rules
from tasks.creators.slot_types import SLOT_TYPES
from tasks.errors import PressroomError

FRESH = copies(performance=60.0, last_used_on=None)


def blocked(known: CreatorContext, rules: Rules | None = None) -> PressroomError:
    with pytest.raises(PressroomError) as caught:
        check(item(rules=rules or Rules()), known)
    assert caught.value.code == "PREFLIGHT_BLOCK"
    assert caught.value.remedy
    return caught.value


def test_a_creator_with_enough_of_everything_is_ready_and_every_check_is_listed() -> None:
    ready = check(item(), context(copies=FRESH))
    assert ready.status is Readiness.READY
    assert [each.name for each in ready.checks] == [
        "profile",
        "active",
        "time zone",
        "rules",
        "copy",
        "copy for the week",
        "slot types",
        "samples",
        "audience",
        "prime hours",
        "excluded slot types",
    ]
    assert all(each.passed for each in ready.checks)
    assert next(each.note for each in ready.checks if each.name == "profile") == "Alma at the wheel, 8,000 (HIGH)"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"profile": None}, "CREATOR_UNKNOWN: Creator not found in active_creators: 'alma'."),
        ({"profile": profile(is_active=False)}, "CREATOR_INACTIVE: Creator is not active: 'alma'."),
        (
            {"profile": profile(time_zone="Europe/Lissabon")},
            "TIMEZONE_UNKNOWN: 'alma' has the time zone 'Europe/Lissabon'.",
        ),
        ({"profile": profile(time_zone="Europe")}, "TIMEZONE_UNKNOWN: 'alma' has the time zone 'Europe'."),
        ({"profile": profile(time_zone="../etc")}, "TIMEZONE_UNKNOWN: 'alma' has the time zone '../etc'."),
        ({"profile": profile(time_zone="")}, "TIMEZONE_UNKNOWN: 'alma' has the time zone ''."),
        ({"copies": []}, "COPY_NONE: 'alma' has no copy to use: of 0 texts"),
        (
            {"copies": copies(performance=39.0)},
            "COPY_NONE: 'alma' has no copy to use: of 88 texts 0 are for slot types",
        ),
        ({"profile": profile(rules={"min_slot_types": 30})}, "RULES_CONTRADICT: The rules of 'alma': min_slot_types: "),
        ({"profile": profile(rules={"min_slot_type": 3})}, "RULES_CONTRADICT: The rules of 'alma': min_slot_type: "),
    ],
)
def test_what_no_week_can_do_without_blocks_with_a_code_of_its_own(fields: dict[str, Any], why: str) -> None:
    assert blocked(context(**{"copies": FRESH} | fields)).message.startswith(why)


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ({"min_per_day": 5, "max_per_day": 4}, "min_per_day (5) is more than max_per_day (4)"),
        ({"excluded_slot_types": sorted(SLOT_TYPES)[:11]}, "leaves 11 slot types, and min_slot_types is 12"),
        ({"max_slot_type_share": 0.04}, "22 slot types of at most 4 % each fill no week"),
        ({"max_content_type_share": 0.15}, "6 content types of at most 15 % each fill only 90 % of a week"),
        ({"avoid_hours": list(range(24))}, "avoid_hours leaves no hour of the day"),
        ({"prime_hours": [4, 5]}, "all prime_hours are among avoid_hours"),
        (
            {"avoid_hours": list(range(2, 24)), "prime_hours": [1]},
            "Tuesday is to have 5 posts, and 4 fit into its hours",
        ),
        ({"jitter_minutes": (5, -5)}, "jitter_minutes ends (-5) before it begins (5)"),
        ({"jitter_minutes": (0, 0)}, "jitter_minutes leaves only quarters"),
        ({"spacing_minutes": 10}, "jitter_minutes is 15 minutes wide, and spacing_minutes only 10"),
        ({"follow_up_delay": (60, 20)}, "follow_up_delay (60 to 20) is no span of time"),
        ({"weights": {"performance": 0.9}}, "weights add up to 1.550 and not to 1"),
    ],
)
def test_rules_that_contradict_each_other_are_named(rules: dict[str, object], why: str) -> None:
    for error in (
        blocked(context(copies=FRESH), Rules.model_validate(rules)),
        blocked(context(copies=FRESH, rules=rules)),
    ):
        assert error.message.startswith("RULES_CONTRADICT: The rules of 'alma': ")
        assert why in error.message


def test_all_contradictions_are_named_at_once_with_what_to_do_about_each() -> None:
    error = blocked(context(copies=FRESH), Rules(min_per_day=5, max_per_day=4, follow_up_delay=(60, 20)))
    assert error.message.count(";") == 1
    assert error.remedy == "Lower min_per_day or raise max_per_day. Write the smaller number first."


def test_copy_that_was_all_used_too_lately_is_none_only_where_rest_may_not_be_relaxed_away() -> None:
    worn = context(copies=copies(performance=60.0, last_used_on=WEEK - timedelta(days=5)))
    assert check(item(), worn).status is Readiness.WARN
    assert "88 were used too lately" in blocked(worn, Rules(reuse_days=[30, 20])).message


@pytest.mark.parametrize(
    ("fields", "rules", "name", "note"),
    [
        ({"copies": copies(each=1, performance=60.0, last_used_on=None)}, {}, "copy for the week", "22 fresh texts"),
        ({"copies": [*FRESH[:4], *FRESH[4:5], *FRESH[8:]]}, {}, "slot types", "one text only for tip"),
        (
            {"copies": copies(slot_types=("tip", "poll"), each=40)},
            {},
            "slot types",
            "copy for 2 slot types, at least 12",
        ),
        ({"samples": samples()[:29]}, {}, "samples", "29 samples; fewer than 30 say little"),
        ({"audience": audience(lapsing_growth=0.1)}, {}, "audience", "lapsing "),
        ({}, {"prime_hours": [4, 10]}, "prime hours", "avoided: 4"),
        ({}, {"excluded_slot_types": ["tipp"]}, "excluded slot types", "'tipp' is no slot type. Did you mean 'tip'?"),
    ],
)
def test_what_makes_a_week_worse_is_a_warning(
    fields: dict[str, Any], rules: dict[str, Any], name: str, note: str
) -> None:
    warned = check(item(rules=Rules(**rules)), context(**{"copies": FRESH} | fields))
    assert warned.status is Readiness.WARN
    notes = {each.name: each.note for each in warned.checks if not each.passed}
    assert note in notes[name]


def test_an_item_that_is_at_fault_from_the_start_fails_with_that() -> None:
    with pytest.raises(PressroomError) as caught:
        check(item(fault=("WEEK_INVALID", "The week is in the past.", "Give a later one.")), context())
    assert (caught.value.code, caught.value.message) == ("WEEK_INVALID", "The week is in the past.")
