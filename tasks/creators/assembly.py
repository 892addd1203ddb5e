"""Phase 11: a week in its order, each post with its name and what it is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tasks.creators import authenticity
from tasks.creators.context import CreatorContext, rules_for
from tasks.creators.findings import Forecast
from tasks.creators.models import CreatorItem
from tasks.creators.values import valued
from tasks.creators.week_plan import PlannedPost, WeekPlan

_UNKNOWN = 24 * 60
"""Where a post stands whose time is not known yet: at the end of its day."""


def assemble(item: CreatorItem, context: CreatorContext, plan: WeekPlan, forecast: Forecast) -> WeekPlan:
    """Put the posts in order of time, name them by it, say what each is worth and see that neighbours differ in form.

    To be called again by whoever moves posts afterwards: names, links, values and forms follow from the times.
    """
    rules = rules_for(context.known, item.rules)
    posts = valued(in_order(plan.posts), forecast, rules)
    return authenticity.vary(item, context, plan.model_copy(update={"posts": posts}))


def in_order(posts: Sequence[PlannedPost]) -> list[PlannedPost]:
    """Return the posts in order of day and time, named by it; a follow-up is named by its parent."""
    ordered = sorted(posts, key=lambda post: (post.day, _time(post), post.parent is not None))
    numbers: Counter[int] = Counter()
    names: dict[str, str] = {}
    for post in ordered:
        if post.parent is None:
            numbers[post.day] += 1
            names[post.post_id] = f"{post.day}-{numbers[post.day]:02d}"
    return [_named(post, names) for post in ordered]


def _named(post: PlannedPost, names: dict[str, str]) -> PlannedPost:
    if post.parent is None:
        return post.model_copy(update={"post_id": names[post.post_id]})
    parent = names[post.parent]
    return post.model_copy(update={"post_id": f"{parent}f", "parent": parent})


def _time(post: PlannedPost) -> int:
    if post.minute_of_day is not None:
        return post.minute_of_day
    return _UNKNOWN if post.hour is None else post.hour * 60
