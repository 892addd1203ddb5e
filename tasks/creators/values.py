"""What a post of a plan is worth: one place, so that phases, optimiser and judges count the same money."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.creators.findings import Forecast
from tasks.creators.intervals import interval
from tasks.creators.rules import Rules
from tasks.creators.week_plan import PlannedPost

MIDDLING_SCORE = 50.0
"""The middle of all scores."""
MANUAL_SCORE = 30.0
"""What copy counts that a person still has to write: somewhat less than what there would be to choose from."""
FOLLOW_UP_VALUE = 0.25
"""What a follow-up brings, as a share of the post that it comes back to."""


def copy_factor(post: PlannedPost, forecast: Forecast, rules: Rules) -> float:
    """Return by what a post's copy multiplies its value: 1 before copy is chosen."""
    if post.needs_manual_copy:
        return factor_of_score(MANUAL_SCORE, forecast, rules)
    return 1.0 if post.copy_score is None else factor_of_score(post.copy_score, forecast, rules)


def factor_of_score(score: float, forecast: Forecast, rules: Rules) -> float:
    """Return by what copy of a score from 0 to 100 multiplies a post's value: 1 for copy that is as usual."""
    return max(0.0, 1.0 + rules.copy_lift * (score - forecast.usual_copy) / MIDDLING_SCORE)


def value_of(post: PlannedPost, forecast: Forecast, rules: Rules) -> float:
    """Return US dollars expected of a main post at its day and hour with its copy.

    Before its hour is known it is that of a middling hour. A follow-up's follows from its parent's: `valued`.
    """
    if post.hour is None:
        factors = forecast.by_slot_type.get(post.slot_type, 1.0) * forecast.by_day[post.day]
        return forecast.level * factors * copy_factor(post, forecast, rules)
    return forecast.value(post.slot_type, post.day, post.hour) * copy_factor(post, forecast, rules)


def valued(posts: Sequence[PlannedPost], forecast: Forecast, rules: Rules) -> list[PlannedPost]:
    """Return the posts with value, low and high: a follow-up's are a share of its parent's."""
    main = {post.post_id: value_of(post, forecast, rules) for post in posts if post.parent is None}
    done = []
    for post in posts:
        value = main[post.post_id] if post.parent is None else FOLLOW_UP_VALUE * main.get(post.parent, 0.0)
        low, high = interval(value, forecast.spread, forecast.level_error)
        done.append(post.model_copy(update={"value": value, "low": low, "high": high}))
    return done
