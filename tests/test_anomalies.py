"""What is odd about a week, how grave it is, and what holds of a schedule in the end."""

from __future__ import annotations

from typing import Any

import creating
import pytest
import weeks

from tasks.creators.anomalies import SEVERITIES, check, final_status
from tasks.creators.context import CreatorContext
from tasks.creators.findings import Anomalies, Anomaly, Price, Prices, Verdict
from tasks.creators.week_plan import WeekPlan


def look(week: WeekPlan, context: CreatorContext | None = None, prices: Prices = weeks.NO_PRICES) -> list[str]:
    """Say how grave what is found is, with what it begins with."""
    context = context or weeks.known()
    found = check(creating.item(), context, weeks.draft(context, week), week, prices).found
    assert [SEVERITIES.index(one.severity) for one in found] == sorted(SEVERITIES.index(one.severity) for one in found)
    return [f"{one.severity} {one.what}" for one in found]


def good() -> WeekPlan:
    return weeks.plan(weeks.known())


def first(week: WeekPlan, **fields: Any) -> WeekPlan:
    """The week with its first post changed."""
    return week.model_copy(update={"posts": [week.posts[0].model_copy(update=fields), *week.posts[1:]]})


def without(*days: int) -> WeekPlan:
    week = good()
    return week.model_copy(update={"posts": [post for post in week.posts if post.day not in days]})


def test_a_good_week_has_nothing_odd() -> None:
    assert look(good()) == []


WEEKS = {
    "no posts": (WeekPlan(), "CRITICAL There is no post in the week"),
    "one empty day": (without(2), "MEDIUM There is no post on Wednesday"),
    "two empty days": (without(2, 4), "HIGH There is no post on Wednesday, Friday"),
    "a day with fewer": (
        good().model_copy(update={"posts": good().posts[1:]}),
        "MEDIUM Monday: another number of posts than was decided",
    ),
    "values far from the past": (weeks.changed(good(), value=150.0, high=300.0), "HIGH A post is to bring 150.00 USD"),
    "impossible values": (weeks.changed(good(), value=900.0, high=2000.0), "CRITICAL A post is to bring 900.00 USD"),
    "values of nothing": (weeks.changed(good(), value=0.0, low=0.0), "CRITICAL A post is to bring 0.00 USD"),
    "negative values": (first(good(), value=-3.0, low=-5.0), "CRITICAL A post is predicted to bring an amount"),
    "no number": (first(good(), value=float("nan")), "CRITICAL A post is predicted to bring an amount"),
    "outside its interval": (first(good(), high=0.5), "CRITICAL A predicted value lies outside"),
    "a wide interval": (first(good(), low=1.0, high=50.0), "LOW A forecast's upper end is 50 times"),
    "an absurd interval": (first(good(), low=0.1, high=50.0), "HIGH A forecast's upper end is 500 times"),
    "a price that jumps": (first(good(), price=30.0), "LOW The price of post 0-01 is 30.00 USD"),
    "a wild price": (first(good(), price=1200.0), "HIGH The price of post 0-01 is 1200.00 USD"),
    "a negative price": (first(good(), price=-1.0), "CRITICAL The price of post 0-01 is -1 USD"),
    "copy twice": (first(good(), copy_id=good().posts[1].copy_id), "HIGH The copy 'alma-02' goes out 2 times"),
    "unknown copy": (first(good(), copy_id="gone"), "CRITICAL There is no copy 'gone'"),
    "one hour": (weeks.changed(good(), hour=10), "HIGH 35 of 35 posts are in the hour from 10:00"),
    "unknown slot type": (first(good(), slot_type="riddle"), "CRITICAL There is no slot type 'riddle'"),
}


@pytest.mark.parametrize(("week", "expected"), WEEKS.values(), ids=WEEKS)
def test_what_is_odd_is_found_and_weighed(week: WeekPlan, expected: str) -> None:
    assert any(one.startswith(expected) for one in look(week)), look(week)


def test_two_copies_of_the_same_words_are_one_text() -> None:
    context = weeks.known()
    context.copies[0].text = "Which bowl would you choose?"
    context.copies[1].text = "which  bowl would YOU choose?"
    week = first(good(), copy_id="alma-00")
    week.posts[22].copy_id = "alma-01"
    assert look(week, context) == ["MEDIUM 1 text with the same words as another, under another name."]
    for copy in context.copies:
        copy.text = f"Which {copy.slot_type} would you choose?"
    assert look(good(), context) == ["HIGH 13 texts with the same words as another, under another name."]


def test_copy_without_words_is_odd() -> None:
    context = weeks.known()
    context.copies[0].text = " "
    assert look(first(good(), copy_id="alma-00"), context) == ["HIGH A post's copy has no words."]


def test_a_price_of_a_kind_is_odd_beside_the_creators_own() -> None:
    prices = Prices(prices=[Price(slot_type="offer", price=90.0), Price(slot_type="bundle", price=13.0)])
    assert look(good(), prices=prices) == ["HIGH The price of offer is 90.00 USD, and 12.00 is usual."]


def test_a_creator_without_a_past_is_not_compared_with_it() -> None:
    assert look(weeks.changed(good(), value=900.0, low=400.0, high=2000.0), weeks.known(samples=[])) == []


@pytest.mark.parametrize(
    ("judged", "severities", "status"),
    [
        ("APPROVED", [], "APPROVED"),
        ("APPROVED", ["LOW", "MEDIUM"], "APPROVED"),
        ("APPROVED", ["LOW", "HIGH"], "NEEDS_REVIEW"),
        ("NEEDS_REVIEW", ["HIGH"], "NEEDS_REVIEW"),
        ("REJECTED", ["HIGH"], "REJECTED"),
        ("APPROVED", ["CRITICAL"], "REJECTED"),
        ("NEEDS_REVIEW", ["CRITICAL", "LOW"], "REJECTED"),
        ("REJECTED", [], "REJECTED"),
    ],
)
def test_what_holds_in_the_end(judged: str, severities: list[str], status: str) -> None:
    from test_certificate import judged as verdict

    odd = Anomalies(found=[Anomaly(severity=severity, what="odd") for severity in severities])
    assert final_status(verdict(status=Verdict(judged)), odd) == status
