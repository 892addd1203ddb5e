"""What a week is said to bring, and between what it lies."""

from __future__ import annotations

from random import Random
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.creators.findings import Forecast
from tasks.creators.intervals import interval
from tasks.creators.revenue import Revenue, revenue_from, revenue_of
from tasks.creators.week_plan import PlannedPost, WeekPlan


def _forecast(spread: float = 0.8, level_error: float = 0.2) -> Forecast:
    return Forecast(
        level=10.0,
        by_slot_type={},
        by_day=[1.0] * 7,
        by_hour=[1.0] * 24,
        spread=spread,
        level_error=level_error,
        confidence=1.0,
        samples=100,
    )


def _post(post_id: str, value: float, parent: str | None = None) -> PlannedPost:
    return PlannedPost(post_id=post_id, day=0, slot_type="tip", content_type="text", value=value, parent=parent)


def test_an_empty_week_brings_nothing_for_sure() -> None:
    assert revenue_of(WeekPlan(), _forecast()) == Revenue(expected=0.0, low=0.0, high=0.0)


def test_a_week_of_one_post_is_as_unsure_as_the_post() -> None:
    found = revenue_of(WeekPlan(posts=[_post("0-01", 10.0)]), _forecast())

    assert (found.low, found.high) == pytest.approx(interval(10.0, 0.8, 0.2))


def test_a_week_is_surer_than_its_posts_but_no_surer_than_the_level() -> None:
    widths = []
    for count in (1, 10, 100, 100_000):
        found = revenue_from([10.0] * count, _forecast())
        widths.append(found.high / found.low)

    assert widths == sorted(widths, reverse=True)
    level = revenue_from([10.0], _forecast(spread=0.0))
    assert widths[-1] == pytest.approx(level.high / level.low, rel=0.01)


def test_a_follow_up_rises_and_falls_with_its_parent() -> None:
    alone = revenue_of(WeekPlan(posts=[_post("0-01", 10.0), _post("0-02", 10.0)]), _forecast())
    followed = revenue_of(WeekPlan(posts=[_post("0-01", 10.0), _post("0-01f", 10.0, "0-01")]), _forecast())

    assert followed.expected == alone.expected
    assert followed.high > alone.high


def test_four_of_five_weeks_of_such_posts_lie_within() -> None:
    random = Random(5)
    values = [5.0 + n for n in range(28)]
    forecast = _forecast(spread=0.9, level_error=0.15)
    found = revenue_from(values, forecast)

    weeks = 0
    for _ in range(2000):
        level = random.lognormvariate(0, 0.15)
        weeks += found.low <= sum(level * v * random.lognormvariate(-(0.9**2) / 2, 0.9) for v in values) <= found.high

    assert weeks / 2000 == pytest.approx(0.8, abs=0.03)
    assert NormalDist().inv_cdf(0.9) == pytest.approx(1.2816, abs=1e-4)


@given(
    values=st.lists(st.floats(0, 1e6), max_size=60),
    spread=st.floats(0, 3),
    error=st.floats(0, 3),
    data=st.data(),
)
def test_what_is_expected_lies_within_its_interval_whatever_the_order_of_posts(
    values: list[float], spread: float, error: float, data: st.DataObject
) -> None:
    posts = [_post(f"{n}", value) for n, value in enumerate(values)]
    forecast = _forecast(spread, error)
    found = revenue_of(WeekPlan(posts=posts), forecast)

    assert 0 <= found.low <= found.expected <= found.high < float("inf")
    assert revenue_of(WeekPlan(posts=data.draw(st.permutations(posts))), forecast) == found
