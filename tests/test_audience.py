"""How worn an audience is said to be."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pasts import MONDAY, item

from tasks.creators.audience import assess, risk_of
from tasks.creators.context import AudienceWeek, CreatorContext, Sample
from tasks.creators.findings import Risk


def _weeks(segment: str, sizes: list[int]) -> list[AudienceWeek]:
    count = len(sizes)
    return [
        AudienceWeek(week_start=MONDAY - timedelta(weeks=count - n), segment=segment, size=size)
        for n, size in enumerate(sizes)
    ]


def _posts(rates: list[float], counts: list[int]) -> list[Sample]:
    return [
        Sample(
            posted_on=MONDAY - timedelta(weeks=len(rates) - week),
            hour=10,
            slot_type="photo",
            value=1.0,
            reach=1000,
            responses=round(1000 * rate),
        )
        for week, (rate, count) in enumerate(zip(rates, counts, strict=True))
        for _ in range(count)
    ]


def test_of_a_creator_nobody_knows_no_risk_is_seen_and_it_is_said() -> None:
    found = assess(item(), CreatorContext())

    assert (found.score, found.risk, found.segments) == (0.0, Risk.LOW, [])
    assert found.note == "Nothing is known of the audience."


@pytest.mark.parametrize(
    ("score", "risk"),
    [(0, Risk.LOW), (24.9, Risk.LOW), (25, Risk.MODERATE), (50, Risk.HIGH), (74.9, Risk.HIGH), (75, Risk.CRITICAL)],
)
def test_a_score_has_the_name_of_its_quarter(score: float, risk: Risk) -> None:
    assert risk_of(score) is risk


def test_a_segment_that_loses_a_tenth_in_four_weeks_is_halfway() -> None:
    shrinking = [round(100_000 * 0.9 ** (week / 4)) for week in range(8)]

    (segment,) = assess(item(), CreatorContext(audience=_weeks("regular", shrinking))).segments

    assert segment.score == pytest.approx(50, abs=0.5)


def test_a_segment_that_grows_is_at_no_risk_unless_it_is_the_one_that_lapses() -> None:
    growing = [1000 + 100 * week for week in range(8)]
    steady = [2000] * 8

    context = CreatorContext(audience=_weeks("lapsing", growing) + _weeks("regular", steady) + _weeks("new", growing))
    scores = {each.segment: each.score for each in assess(item(), context).segments}

    assert scores["new"] == scores["regular"] == 0
    assert scores["lapsing"] > 25


def test_one_odd_count_moves_nothing() -> None:
    sizes = [1000] * 8
    sizes[3] = 1

    assert assess(item(), CreatorContext(audience=_weeks("regular", sizes))).score == 0


def test_responses_that_fall_count_double_while_posts_become_more() -> None:
    falling = [0.10, 0.09, 0.08, 0.07, 0.06, 0.05]

    fewer = assess(item(), CreatorContext(samples=_posts(falling, [9, 8, 7, 6, 5, 4])))
    more = assess(item(), CreatorContext(samples=_posts(falling, [4, 5, 6, 7, 8, 9])))

    assert 0 < fewer.score < more.score
    assert more.note == "Responses fall."


def test_what_lies_in_or_after_the_planned_week_is_not_looked_at() -> None:
    later = [AudienceWeek(week_start=MONDAY + timedelta(weeks=n), segment="new", size=1000 // (n + 1)) for n in (0, 1)]

    assert assess(item(), CreatorContext(audience=later)).segments == []


@given(
    rows=st.lists(
        st.builds(
            AudienceWeek,
            week_start=st.integers(-20, 2).map(lambda weeks: MONDAY + timedelta(weeks=weeks)),
            segment=st.sampled_from(["new", "regular", "lapsing"]),
            size=st.integers(0, 10**9),
        ),
        max_size=30,
    ),
    data=st.data(),
)
def test_a_score_lies_from_0_to_100_whatever_the_order_of_rows(rows: list[AudienceWeek], data: st.DataObject) -> None:
    found = assess(item(), CreatorContext(audience=rows))

    assert all(0 <= score <= 100 for score in (found.score, *(each.score for each in found.segments)))
    assert assess(item(), CreatorContext(audience=data.draw(st.permutations(rows)))) == found
