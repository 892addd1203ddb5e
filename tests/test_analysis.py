"""What is said of how it has gone lately."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pasts import MONDAY, NAMES, item

from tasks.creators.analysis import analyse
from tasks.creators.context import CreatorContext, Sample


def _sample(days_ago: int, value: float, reach: int = 100, responses: int = 5) -> Sample:
    posted_on = MONDAY - timedelta(days=days_ago)
    return Sample(posted_on=posted_on, hour=10, slot_type="photo", value=value, reach=reach, responses=responses)


def _weeks(posts: list[int], value_of: dict[int, float]) -> list[Sample]:
    """Return so many posts in each week, the last week first, each of the value that goes with their number."""
    return [
        _sample(7 * week + 1 + number % 7, value_of[count])
        for week, count in enumerate(posts)
        for number in range(count)
    ]


def test_a_creator_without_samples_has_neither_saturation_nor_confidence_and_a_middling_opportunity() -> None:
    found = analyse(item(), CreatorContext())

    assert [window.posts for window in found.windows] == [0, 0, 0]
    assert (found.saturation, found.opportunity, found.confidence) == (0.0, 50.0, 0.0)


def test_a_window_holds_its_days_before_the_week_and_none_after() -> None:
    samples = [_sample(days, 10.0) for days in (-1, 0, 1, 7, 8, 14, 15, 30, 31)]

    windows = analyse(item(), CreatorContext(samples=samples)).windows

    assert [(window.days, window.posts, window.value) for window in windows] == [(7, 2, 20), (14, 4, 40), (30, 6, 60)]
    assert windows[0].value_per_post == 10
    assert windows[0].response_rate == pytest.approx(0.05)


def test_posts_that_share_what_a_week_brings_are_saturated_and_leave_no_opportunity() -> None:
    counts = [10, 20, 12, 25, 14, 22, 10, 18]

    shared = analyse(item(), CreatorContext(samples=_weeks(counts, {n: 200 / n for n in counts})))
    steady = analyse(item(), CreatorContext(samples=_weeks(counts, dict.fromkeys(counts, 10.0))))

    assert shared.saturation > 80
    assert steady.saturation == pytest.approx(0, abs=1e-6)
    assert shared.opportunity < 20 < steady.opportunity


def test_opportunity_rises_with_what_posts_bring_lately() -> None:
    rising = [_sample(days, 30.0 if days <= 14 else 15.0) for days in range(1, 43) for _ in range(3)]
    falling = [_sample(days, 15.0 if days <= 14 else 30.0) for days in range(1, 43) for _ in range(3)]

    up, down = (analyse(item(), CreatorContext(samples=samples)).opportunity for samples in (rising, falling))

    assert up > 60 > 40 > down


def test_confidence_grows_with_the_number_of_samples_and_with_the_days_that_they_are_spread_over() -> None:
    random = Random(3)
    values = [random.lognormvariate(2, 0.8) for _ in range(90)]
    one_day = [_sample(3, value) for value in values]
    few_days = [_sample(1 + n % 7, value) for n, value in enumerate(values)]
    month = [_sample(1 + n % 30, value) for n, value in enumerate(values)]
    few = month[:10]

    found = [analyse(item(), CreatorContext(samples=each)).confidence for each in (one_day, few_days, month)]

    assert found == sorted(found)
    assert analyse(item(), CreatorContext(samples=few)).confidence < found[-1]
    assert found[-1] > 0.7


def test_weeks_that_brought_less_than_a_cent_a_post_are_compared_with_nothing() -> None:
    samples = [_sample(7 * week + 1, value) for week in range(6) for value in (0.0, 10.0 if week == 0 else 5e-324)]

    found = analyse(item(), CreatorContext(samples=samples))

    assert (found.saturation, found.opportunity) == (0.0, 50.0)


@given(
    samples=st.lists(
        st.builds(
            Sample,
            posted_on=st.integers(-3, 90).map(lambda days: MONDAY - timedelta(days=days)),
            hour=st.integers(0, 23),
            slot_type=st.sampled_from(NAMES),
            value=st.one_of(st.just(0.0), st.floats(0, 0.1), st.floats(0, 1e9)),
            reach=st.integers(0, 10**6),
            responses=st.integers(0, 10**6),
        ),
        max_size=40,
    ),
    data=st.data(),
)
def test_whatever_the_samples_every_figure_stays_in_its_bounds_and_their_order_changes_nothing(
    samples: list[Sample], data: st.DataObject
) -> None:
    found = analyse(item(), CreatorContext(samples=samples))

    assert 0 <= found.saturation <= 100
    assert 0 <= found.opportunity <= 100
    assert 0 <= found.confidence <= 1
    assert analyse(item(), CreatorContext(samples=data.draw(st.permutations(samples)))) == found
