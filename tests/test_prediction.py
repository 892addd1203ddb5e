"""What posts are said to be worth."""

from __future__ import annotations

from datetime import timedelta
from math import exp, isfinite, log, log1p
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pasts import MONDAY, NAMES, WORLDS, context_of, crowd, item, without_spread

from tasks.creators.context import CreatorContext, PeerValue, Profile, Sample
from tasks.creators.findings import Forecast
from tasks.creators.intervals import interval
from tasks.creators.models import CreatorItem
from tasks.creators.prediction import predict
from tasks.creators.rules import Rules

SAMPLES = st.builds(
    Sample,
    posted_on=st.integers(-3, 600).map(lambda days: MONDAY - timedelta(days=days)),
    hour=st.integers(0, 23),
    slot_type=st.sampled_from(NAMES),
    value=st.one_of(st.just(0.0), st.floats(0, 1e7), st.floats(0, 1e-3)),
)
PEERS = st.builds(
    lambda slot_type, hour, weekday, count, mean, more: PeerValue(
        slot_type=slot_type,
        hour=hour,
        weekday=weekday,
        count=count,
        log_sum=count * mean,
        log_square_sum=count * (mean * mean + more),
    ),
    st.sampled_from(NAMES),
    st.integers(0, 23),
    st.integers(0, 6),
    st.integers(0, 500),
    st.floats(0, 5),
    st.floats(0, 4),
)


def _posts(value: float, weeks: int, each: int = 28, slot_type: str = "photo") -> list[Sample]:
    return [
        Sample(
            posted_on=MONDAY - timedelta(days=7 * week + 1 + number % 7),
            hour=(10, 14, 19, 21)[number % 4],
            slot_type=slot_type,
            value=value,
        )
        for week in range(weeks)
        for number in range(each)
    ]


def _peers(factors: dict[str, float], count: int = 400) -> list[PeerValue]:
    return [
        PeerValue(
            slot_type=name,
            hour=hour,
            weekday=day,
            count=count,
            log_sum=count * log1p(factor),
            log_square_sum=count * (log1p(factor) ** 2 + 0.1),
        )
        for name, factor in factors.items()
        for hour in (10, 14, 19, 21)
        for day in range(7)
    ]


def _mean(found: Forecast) -> float:
    return found.value("photo", 2, 14)


def test_where_nothing_is_known_prime_hours_are_preferred_and_the_price_stands_for_the_level() -> None:
    profile = Profile(creator_id="quay", page_name="quay", time_zone="UTC", base_price=12.0)
    wanted = CreatorItem.model_validate(item().model_dump() | {"rules": Rules(prime_hours=[9, 20])})

    found = predict(wanted, CreatorContext(profile=profile))

    best = max(found.by_hour)
    assert [hour for hour, factor in enumerate(found.by_hour) if factor == best] == [9, 20]
    assert _mean(found) <= 12.0 == pytest.approx(found.level)
    assert (found.confidence, found.samples) == (0.0, 0)
    assert found.level_error > 1


def test_a_creator_nobody_knows_has_a_forecast_all_the_same() -> None:
    assert predict(item(), CreatorContext()).level > 0


def test_posts_that_always_bring_the_same_are_foreseen_exactly() -> None:
    found = predict(item(), CreatorContext(samples=_posts(40.0, 12)))

    assert _mean(found) == pytest.approx(40, rel=0.03)
    assert found.confidence > 0.9


def test_a_world_without_chance_is_learnt_from_its_posts() -> None:
    own, *others = crowd(without_spread(WORLDS["usual"]), 6, 12, seed=3)

    found = predict(item(), context_of(own, others))

    errors = [log(found.value(s.slot_type, s.posted_on.weekday(), s.hour) / s.value) for s in own]
    assert max(map(abs, errors)) < 0.15


def test_more_own_samples_draw_the_forecast_to_the_own_mean_and_raise_confidence() -> None:
    peers = _peers({"photo": 3.0, "tip": 0.4})
    both = [post for pair in zip(_posts(20.0, 12), _posts(20.0, 12, slot_type="tip"), strict=True) for post in pair]
    ratios, confidences = [], []
    for count in (6, 30, 120, len(both)):
        found = predict(item(), CreatorContext(samples=both[:count], peers=peers))
        ratios.append(found.value("photo", 2, 14) / found.value("tip", 2, 14))
        confidences.append(found.confidence)

    assert ratios == sorted(ratios, reverse=True)
    assert ratios[0] > 2
    assert ratios[-1] < 1.5
    assert confidences == sorted(confidences)


def test_a_kind_that_was_never_posted_is_worth_what_similar_creators_say() -> None:
    found = predict(item(), CreatorContext(samples=_posts(20.0, 4), peers=_peers({"photo": 1.0, "offer": 2.0})))

    assert found.value("offer", 2, 14) / found.value("photo", 2, 14) == pytest.approx(2, rel=0.1)


def test_an_hour_that_nobody_tried_is_worth_no_more_than_the_prime_hours_beside_it() -> None:
    found = predict(item(), CreatorContext(samples=_posts(20.0, 4)))

    assert found.by_hour[17] < min(found.by_hour[19], found.by_hour[14])


def test_recent_weeks_weigh_more() -> None:
    older, newer = _posts(10.0, 12), _posts(30.0, 4)
    rising = newer + [post for post in older if (MONDAY - post.posted_on).days > 28]

    assert _mean(predict(item(), CreatorContext(samples=rising))) > 25


def test_a_trend_goes_on() -> None:
    samples = [
        post.model_copy(update={"value": 20 * exp(-0.1 * ((MONDAY - post.posted_on).days // 7))})
        for post in _posts(1.0, 12)
    ]
    last = [post.value for post in samples if (MONDAY - post.posted_on).days <= 7]

    assert _mean(predict(item(), CreatorContext(samples=samples))) > 1.05 * sum(last) / len(last)


@pytest.mark.parametrize("slot_type", ["photo", "tip"])
def test_one_post_that_went_through_the_roof_moves_little(slot_type: str) -> None:
    rng = Random(1)
    samples = [post.model_copy(update={"value": rng.lognormvariate(3, 0.5)}) for post in _posts(1.0, 12)]
    freak = samples[-1].model_copy(update={"value": 20_000.0, "slot_type": slot_type})

    usual, odd = (predict(item(), CreatorContext(samples=each)) for each in (samples, [*samples, freak]))

    assert _mean(odd) == pytest.approx(_mean(usual), rel=0.15)


def test_samples_of_the_planned_week_and_later_are_not_looked_at() -> None:
    samples = _posts(20.0, 3)
    later = [
        post.model_copy(update={"posted_on": MONDAY + timedelta(days=n), "value": 9e5})
        for n, post in enumerate(samples)
    ]

    assert predict(item(), CreatorContext(samples=samples + later)) == predict(item(), CreatorContext(samples=samples))


def test_a_forecast_further_ahead_is_less_sure() -> None:
    own, *others = crowd(WORLDS["usual"], 6, 12, seed=4)
    context = context_of(own, others)

    assert predict(item(MONDAY + timedelta(weeks=3)), context).level_error > predict(item(), context).level_error


def test_four_of_five_posts_lie_in_their_interval() -> None:
    within = total = 0
    for own, *others in (crowd(WORLDS["usual"], 4, 13, seed) for seed in range(4)):
        start = MONDAY - timedelta(weeks=1)
        known = [[s for s in samples if s.posted_on < start] for samples in (own, *others)]
        found = predict(item(start), context_of(known[0], known[1:]))
        for post in (s for s in own if s.posted_on >= start):
            value = found.value(post.slot_type, post.posted_on.weekday(), post.hour)
            low, high = interval(value, found.spread, found.level_error)
            within, total = within + (low <= post.value <= high), total + 1

    assert 0.7 <= within / total <= 0.9


@settings(max_examples=60)
@given(samples=st.lists(SAMPLES, max_size=40), peers=st.lists(PEERS, max_size=30), data=st.data())
def test_every_value_is_a_finite_amount_within_its_interval_whatever_the_order_of_what_is_known(
    samples: list[Sample], peers: list[PeerValue], data: st.DataObject
) -> None:
    found = predict(item(), CreatorContext(samples=samples, peers=peers))

    for name in NAMES:
        for day in range(7):
            value = found.value(name, day, 3 * day)
            low, high = interval(value, found.spread, found.level_error)
            assert 0 <= low <= value <= high
            assert isfinite(high)
    assert 0 <= found.confidence <= 1
    shuffled = CreatorContext(samples=data.draw(st.permutations(samples)), peers=data.draw(st.permutations(peers)))
    assert predict(item(), shuffled) == found
