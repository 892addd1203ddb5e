"""Offers ask for the creator's own price, more where their kind brings more, within bounds, and end in .99."""

from __future__ import annotations

import creating
import pytest
import weeks
from hypothesis import given
from hypothesis import strategies as some

from tasks.creators.pricing import LEAST, MOST, OFFERS, charm, price

CONTEXT = creating.context()
WEEK = weeks.plan(weeks.known())


def priced(base: float, factors: dict[str, float]) -> dict[str, float]:
    context = CONTEXT.model_copy(update={"profile": creating.profile(base_price=base)})
    draft = weeks.draft(context, WEEK, forecast=weeks.forecast(by_slot_type=factors))
    return {each.slot_type: each.price for each in price(creating.item(), context, draft).prices}


def test_a_kind_that_brings_more_asks_for_more() -> None:
    assert priced(20.0, {"offer": 1.5, "bundle": 1.0, "member_offer": 0.5}) == {
        "offer": 29.99,
        "bundle": 19.99,
        "member_offer": 9.99,
    }


def test_a_lucky_kind_asks_for_twice_the_usual_price_at_most_and_an_unlucky_one_for_half_of_it() -> None:
    asked = priced(20.0, {"offer": 50.0, "bundle": 1.0, "member_offer": 0.001})
    assert asked == {"offer": 39.99, "bundle": 9.99, "member_offer": 9.99}


@pytest.mark.parametrize("base", [0.0, -3.0])
def test_who_has_no_price_sells_nothing(base: float) -> None:
    assert priced(base, {}) == {}


def test_kinds_that_bring_nothing_at_all_ask_for_the_usual_price() -> None:
    assert set(priced(20.0, dict.fromkeys(OFFERS, 0.0)).values()) == {19.99}


@given(base=some.floats(1, 1e6), factors=some.lists(some.floats(0.001, 1_000), min_size=3, max_size=3))
def test_prices_lie_within_bounds_and_end_in_99(base: float, factors: list[float]) -> None:
    for asked in priced(base, dict(zip(OFFERS, factors, strict=True))).values():
        assert LEAST * base - 0.51 <= asked <= MOST * base + 0.51
        assert asked < 1 or round(100 * asked) % 100 == 99


def test_what_is_a_dollar_but_for_a_fraction_of_a_cent_asks_for_99() -> None:
    assert [charm(0.9987), charm(0.9949), charm(1.0)] == [0.99, 0.99, 0.99]


@given(amount=some.integers(100, 100_000))
def test_no_other_price_that_ends_in_99_is_nearer(amount: int) -> None:
    found = round(100 * charm(amount / 100))
    assert found % 100 == 99
    assert abs(found - amount) <= 50 or found == 99
