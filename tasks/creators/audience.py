"""Phase 2: how worn the audience is, segment by segment.

It runs beside preflight, so it must say something of a creator of whom nothing is known: that no risk is seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import expm1, log
from statistics import fmean, median

from tasks.creators.context import CreatorContext, Sample
from tasks.creators.findings import AudienceRisk, Risk, SegmentRisk
from tasks.creators.models import CreatorItem

WEEKS = 8
"""How far back it looks: long enough for a slope, short enough for it to be today's."""
HALFWAY = 0.10
"""A loss of a tenth in four weeks is halfway to the worst, a score of 50."""
_GROWING = "lapsing"
"""The segment that is better the smaller it is."""
_MONTH = 4


def assess(item: CreatorItem, context: CreatorContext) -> AudienceRisk:
    """Return the risk of the audience and of each of its segments, from 0 to 100.

    A segment's loss is the share of it that goes in four weeks, by its median slope over eight weeks, so that a
    single odd count moves nothing. Of those who lapse it is the growth of their share of the audience that counts, as
    points of that share. The score is 100 x loss / (loss + 0.1): 3 % in four weeks is 25, 10 % is 50, 30 % is 75.

    The audience's score is the mean of its segments' by size, and its tiredness raises it: responses per reach that
    fall while posts become more are a loss of their own, and half of one while they do not. The two are taken for
    independent signs: 100 x (1 - (1 - a)(1 - b)).
    """
    counts = _counts(item.week_start, context)
    segments = [
        SegmentRisk(segment=segment, score=score, risk=risk_of(score))
        for segment in sorted({segment for sizes in counts.values() for segment in sizes})
        for score in [_score(_loss(segment, counts))]
    ]
    tired = _score(_tiredness(item.week_start, context.samples))
    worn = _mean_by_size(segments, counts)
    score = 100 * (1 - (1 - worn / 100) * (1 - tired / 100))
    return AudienceRisk(score=score, risk=risk_of(score), segments=segments, note=_note(segments, tired))


def risk_of(score: float) -> Risk:
    """Return the name of a score."""
    bounds = ((25, Risk.LOW), (50, Risk.MODERATE), (75, Risk.HIGH))
    return next((risk for below, risk in bounds if score < below), Risk.CRITICAL)


def _counts(week_start: date, context: CreatorContext) -> dict[int, dict[str, int]]:
    """Return sizes by segment, by how many weeks before the planned one, negative, in order of time."""
    counts: dict[int, dict[str, int]] = {}
    for row in sorted(context.audience, key=lambda row: (row.week_start, row.segment, row.size)):
        week = (row.week_start - week_start).days // 7
        if -WEEKS <= week < 0:
            counts.setdefault(week, {})[row.segment] = row.size
    return counts


def _loss(segment: str, counts: dict[int, dict[str, int]]) -> float:
    if segment == _GROWING:
        shares = [(week, sizes[segment] / max(sum(sizes.values()), 1)) for week, sizes in _with(segment, counts)]
        return _MONTH * _slope(shares)
    return -expm1(_MONTH * _slope([(week, log(1 + sizes[segment])) for week, sizes in _with(segment, counts)]))


def _with(segment: str, counts: dict[int, dict[str, int]]) -> list[tuple[int, dict[str, int]]]:
    return [(week, sizes) for week, sizes in counts.items() if segment in sizes]


def _slope(points: Sequence[tuple[int, float]]) -> float:
    """Return the median of the slopes between any two points, a week; none from fewer than two."""
    slopes = [(b - a) / (later - week) for n, (week, a) in enumerate(points) for later, b in points[n + 1 :]]
    return median(slopes) if slopes else 0.0


def _tiredness(week_start: date, samples: Sequence[Sample]) -> float:
    """Return the loss of responses per reach in four weeks, halved unless posts became more."""
    weeks: dict[int, list[Sample]] = {}
    for sample in sorted(samples, key=lambda sample: (sample.posted_on, sample.reach, sample.responses)):
        week = (sample.posted_on - week_start).days // 7
        if -WEEKS <= week < 0 and sample.reach > 0:
            weeks.setdefault(week, []).append(sample)
    rates = {week: sum(s.responses for s in found) / sum(s.reach for s in found) for week, found in weeks.items()}
    if len(rates) < 2 or fmean(rates.values()) <= 0:
        return 0.0
    mean = fmean(rates.values())
    fall = -_MONTH * _slope([(week, rate / mean) for week, rate in rates.items()])
    more = _slope([(week, len(found)) for week, found in weeks.items()]) > 0
    return fall if more else fall / 2


def _score(loss: float) -> float:
    return 100 * loss / (loss + HALFWAY) if loss > 0 else 0.0


def _mean_by_size(segments: Sequence[SegmentRisk], counts: dict[int, dict[str, int]]) -> float:
    if not segments:
        return 0.0
    latest = {segment: size for sizes in counts.values() for segment, size in sizes.items()}
    weights = [latest[each.segment] + 1 for each in segments]
    return sum(each.score * weight for each, weight in zip(segments, weights, strict=True)) / sum(weights)


def _note(segments: Sequence[SegmentRisk], tired: float) -> str:
    worst = max(segments, key=lambda each: each.score, default=None)
    if worst is not None and worst.score >= 25 and worst.score >= tired:
        what = "grows" if worst.segment == _GROWING else "shrinks"
        return f"The segment {worst.segment!r} {what}."
    if tired >= 25:
        return "Responses fall."
    return "Nothing is known of the audience." if worst is None else "No segment is at risk."
