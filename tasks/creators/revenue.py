"""What a whole week brings, and between what it lies.

A week is not as unsure as its posts: what befalls them one by one evens out. It is not as sure as many posts would
make it either, since all of them stand or fall with the level.
"""

from __future__ import annotations

from collections.abc import Sequence

from tasks.creators.findings import Forecast
from tasks.creators.intervals import interval, spread_of_sum
from tasks.creators.week_plan import WeekPlan
from tasks.shape import Shape


class Revenue(Shape):
    """US dollars that a week is expected to bring, with an interval that holds in four of five weeks."""

    expected: float
    low: float
    """One week in ten brings less."""
    high: float
    """One week in ten brings more."""


def revenue_of(plan: WeekPlan, forecast: Forecast) -> Revenue:
    """Return what the posts of a plan bring together, follow-ups included, by the values they have.

    A follow-up's value is a share of its parent's, so the two rise and fall as one.
    """
    together: dict[str, float] = {}
    for post in sorted(plan.posts, key=lambda post: post.post_id):
        whole = post.parent or post.post_id
        together[whole] = together.get(whole, 0.0) + post.value
    return revenue_from(list(together.values()), forecast)


def revenue_from(values: Sequence[float], forecast: Forecast) -> Revenue:
    """Return what posts of these values bring together."""
    expected = sum(values)
    low, high = interval(expected, spread_of_sum(values, forecast.spread), forecast.level_error)
    return Revenue(expected=expected, low=low, high=high)
