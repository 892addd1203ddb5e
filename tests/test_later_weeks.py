"""A week that is planned after later ones: copy that those use is not fresh for it either."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from creating import WEEK, item
from rosters import copy, creator, put_rows, schedule

from tasks.creators.context import Copy, CreatorContext
from tasks.creators.loading import load
from tasks.creators.models import CreatorItem
from tasks.creators.shelf import announce
from tasks.creators.supply import rested

NEXT, AFTER_NEXT = WEEK + timedelta(days=7), WEEK + timedelta(days=14)
SUNDAY = WEEK + timedelta(days=6)


def first_of(*items: CreatorItem) -> CreatorContext:
    """What is known of the first of a batch's items."""
    announce("b", items)
    return asyncio.run(load(items[0]))


def of_week(creator_id: str, week: date = WEEK, **fields: str) -> CreatorItem:
    return item(creator_id, item_id=f"{creator_id}@{week}", batch_id="b", week_start=week, **fields)


def next_uses(known: CreatorContext) -> dict[str, date | None]:
    return {one.copy_id: one.next_used_on for one in known.copies}


@pytest.mark.usefixtures("database")
def test_what_later_weeks_use_is_known_with_the_first_day_and_what_earlier_ones_used_with_the_last() -> None:
    put_rows(creator("alma"), *(copy(name, "alma") for name in ("both", "later", "rejected", "same")))
    schedule("alma", ["both"], week=WEEK - timedelta(days=7))
    schedule("alma", {"both": f"{NEXT + timedelta(days=2)}T19:00:00+00:00"}, week=NEXT)
    schedule("alma", ["both", "later"], week=AFTER_NEXT)
    schedule("alma", ["rejected"], week=NEXT, schedule_id="no", status="REJECTED")
    schedule("alma", ["same"], week=WEEK)
    known = first_of(of_week("alma"))
    assert next_uses(known) == {
        "both": NEXT + timedelta(days=2),
        "later": AFTER_NEXT,
        "rejected": None,
        "same": None,
    }
    assert known.copies[0].last_used_on == WEEK - timedelta(days=7)


def test_shared_copy_is_used_by_a_later_week_of_any_member_and_own_copy_by_ones_own() -> None:
    put_rows(creator("alma", group_name="kiln"), creator("bo", group_name="kiln"))
    put_rows(copy("shared", group_name="kiln"), copy("own", "alma"))
    schedule("bo", ["shared", "own"], week=NEXT)
    assert next_uses(first_of(of_week("alma"))) == {"own": None, "shared": NEXT}


def test_a_later_week_that_the_batch_plans_anew_holds_no_copy_back() -> None:
    put_rows(creator("alma"), creator("bo"), copy("a1", "alma"))
    schedule("alma", ["a1"], week=NEXT)
    assert next_uses(first_of(of_week("alma"), of_week("bo", NEXT))) == {"a1": NEXT}
    assert next_uses(first_of(of_week("alma"), of_week("alma", NEXT))) == {"a1": None}


@pytest.mark.parametrize(
    ("last", "following", "days"),
    [(None, None, float("inf")), (10, None, 10), (None, 3, 3), (10, 3, 3), (2, 30, 2)],
)
def test_a_copy_has_rested_since_the_nearest_use_before_or_after(
    last: int | None, following: int | None, days: float
) -> None:
    one = Copy(
        copy_id="a",
        text="A",
        slot_type="tip",
        last_used_on=WEEK - timedelta(days=last) if last is not None else None,
        next_used_on=SUNDAY + timedelta(days=following) if following is not None else None,
    )
    assert rested(one, WEEK) == days
