"""Phase 3: how it has gone lately, whether more posts still bring more, and how far that can be relied on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import exp, log, sqrt
from statistics import fmean

from tasks.creators.context import CreatorContext, Sample
from tasks.creators.crowding import response_of
from tasks.creators.findings import Performance, WindowMetrics
from tasks.creators.models import CreatorItem

WINDOWS = (7, 14, 30)
_LEAST = 0.01
"""US dollars: posts that bring less than a cent bring nothing that could be compared."""
_MOVES = 0.2
"""The same of how value per post moves from one month to the next."""
_NOISE = 1.0
"""Standard deviation of the logarithm of one post's value, as a middling guess for a trend of two weeks."""
_HALF = 20
"""Posts of thirty days at which confidence is half, where their values lie as far apart as such values usually do."""
_FORTNIGHT = 14
"""Days with posts, of thirty, from which on they are spread well."""


def analyse(item: CreatorItem, context: CreatorContext) -> Performance:
    """Return metrics of the 7, 14 and 30 days before the week, and what follows from the weeks before it.

    Saturation is how much of one per cent a post loses for one per cent more posts in a week, from 0 to 100: at 100
    a week brings the same however much is posted. Opportunity is 50 where nothing speaks for or against more, higher
    while value per post rises, and lower the more saturated it is.
    """
    past = sorted(
        (sample for sample in context.samples if sample.posted_on < item.week_start),
        key=lambda sample: (sample.posted_on, sample.hour, sample.slot_type, sample.value, sample.reach),
    )
    response = response_of(item.week_start, past)
    loss = max(0.0, min(1.0, -response.weight * response.slope))
    rise = 1 / (1 + exp(-4 * _momentum(item.week_start, past)))
    return Performance(
        windows=[_metrics(days, _within(past, item.week_start, 0, days)) for days in WINDOWS],
        saturation=100 * loss,
        opportunity=100 * (1 - loss) * rise,
        confidence=_confidence(item.week_start, past),
    )


def _within(past: Sequence[Sample], week_start: date, after: int, days: int) -> list[Sample]:
    return [sample for sample in past if after < (week_start - sample.posted_on).days <= days]


def _metrics(days: int, samples: Sequence[Sample]) -> WindowMetrics:
    value = sum(max(sample.value, 0.0) for sample in samples)
    reach = sum(sample.reach for sample in samples)
    return WindowMetrics(
        days=days,
        posts=len(samples),
        value=value,
        value_per_post=value / len(samples) if samples else 0.0,
        response_rate=sum(sample.responses for sample in samples) / reach if reach > 0 else 0.0,
    )


def _momentum(week_start: date, past: Sequence[Sample]) -> float:
    """Return the logarithm of a post's value of the last two weeks against the four before, as far as it is sure."""
    late = [max(sample.value, 0.0) for sample in _within(past, week_start, 0, 14)]
    early = [max(sample.value, 0.0) for sample in _within(past, week_start, 14, 42)]
    if min(fmean(late or [0.0]), fmean(early or [0.0])) < _LEAST:
        return 0.0
    noise = _NOISE**2 * (1 / len(late) + 1 / len(early))
    moved = max(-1.0, min(1.0, log(fmean(late) / fmean(early))))
    return moved * _MOVES**2 / (_MOVES**2 + noise)


def _confidence(week_start: date, past: Sequence[Sample]) -> float:
    """Return how much the samples can say: by their number in thirty days, over how many days they are spread, and
    how far their values lie from each other."""
    recent = _within(past, week_start, 0, 30)
    if not recent:
        return 0.0
    days = len({sample.posted_on for sample in recent})
    values = [max(sample.value, 0.0) for sample in recent]
    mean = fmean(values)
    wide = sqrt(fmean((value - mean) ** 2 for value in values)) / mean if mean >= _LEAST else 1.0
    return len(recent) / (len(recent) + _HALF * min(max(wide, 0.5), 2.0)) * min(1.0, days / _FORTNIGHT)
