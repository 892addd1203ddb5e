"""Phase 10: posts that do not all look alike, without a word of their copy changed.

What varies is the form that whoever posts gives them. Times vary where they are chosen: minutes are drawn, and hours
that the day before has too are moved where the forecast sees no difference (`hours.unlike`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from random import Random

from tasks.creators.context import CreatorContext
from tasks.creators.models import CreatorItem
from tasks.creators.timing import key_of
from tasks.creators.week_plan import PlannedPost, WeekPlan

FORMS: dict[str, tuple[str, ...]] = {
    "text": ("question first", "short lines", "one paragraph", "point by point"),
    "picture": ("caption below", "caption as a question", "picture alone, text in a reply", "detail first"),
    "video": ("hook first", "result first", "spoken introduction", "text over the picture"),
    "live": ("time first", "topic first", "guest question first"),
    "community": ("open question", "two choices", "own answer first"),
    "offer": ("benefit first", "story first", "price last", "for whom first"),
}
"""Forms by content type; at least two, so that neighbours can differ."""
FOLLOW_UP_FORMS = ("reminder", "answer to a reply", "one more detail")


def vary(item: CreatorItem, context: CreatorContext, plan: WeekPlan) -> WeekPlan:
    """Give each post a form, so that no two neighbours of a slot type have the same.

    Which form a slot type begins with is drawn by creator and week, so that weeks do not begin alike either. To be
    called again when posts have changed places.
    """
    return plan.model_copy(update={"posts": formed(plan.posts, key_of(item, context))})


def formed(posts: Sequence[PlannedPost], key: str) -> list[PlannedPost]:
    """Return the posts, which are in order, with the forms that `key` draws."""
    seen: Counter[tuple[str, bool]] = Counter()
    orders: dict[tuple[str, bool], list[str]] = defaultdict(list)
    done = []
    for post in posts:
        sort = (post.slot_type, post.parent is not None)
        forms = FORMS[post.content_type] if post.parent is None else FOLLOW_UP_FORMS
        order = orders[sort] or Random(f"{key}:{sort}:forms").sample(forms, len(forms))
        orders[sort] = order
        done.append(post.model_copy(update={"label": order[seen[sort] % len(order)]}))
        seen[sort] += 1
    return done
