"""Phase 9: follow-ups, which come back to a post shortly after it.

A follow-up needs no copy of its own: it points at its post, in a line that whoever posts it adds. So it spends none of
the copy that main posts need.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random

from tasks.creators.clock import Clock, clock_of
from tasks.creators.context import CreatorContext, rules_for
from tasks.creators.models import CreatorItem
from tasks.creators.rules import Rules, posts_in
from tasks.creators.slot_types import SLOT_TYPES
from tasks.creators.spacing import distance, rooms_of
from tasks.creators.timing import key_of
from tasks.creators.values import MANUAL_SCORE, MIDDLING_SCORE
from tasks.creators.week_plan import PlannedPost, WeekPlan


def add(item: CreatorItem, context: CreatorContext, plan: WeekPlan) -> WeekPlan:
    """Follow up on the written share of the posts that can be followed up on, those that matter most first.

    A follow-up stands on its post's day, as far behind it as the rules say, and keeps its distance from all others; a
    post behind which none fits leaves its turn to the next. Follow-ups that the plan has are made anew.
    """
    rules = rules_for(context.known, item.rules)
    week = _Week(plan, rules, clock_of(context.known.time_zone, item.week_start))
    eligible = sorted((post for post in plan.main_posts if SLOT_TYPES[post.slot_type].has_follow_up), key=_order)
    wanted = posts_in(rules.follow_up_share, len(eligible))
    for post in eligible:
        if len(week.added) == wanted:
            break
        draw = Random(f"{key_of(item, context)}:{post.day}:{post.minute_of_day}:follow-up")
        week.follow_up(post, draw)
    posts = sorted([*plan.main_posts, *week.added], key=lambda post: (post.day, post.minute_of_day or 0, post.post_id))
    return plan.model_copy(update={"posts": posts})


class _Week:
    """The times that are taken, as follow-ups are added one by one."""

    def __init__(self, plan: WeekPlan, rules: Rules, clock: Clock) -> None:
        self._rules, self._clock = rules, clock
        self._rooms = rooms_of(rules, clock)
        self._spacing = [plan.bound("spacing_minutes", str(day), rules.spacing_minutes) for day in range(7)]
        self.added: list[PlannedPost] = []
        self._per_day: Counter[int] = Counter()
        self._per_hour: Counter[tuple[int, int]] = Counter()
        self._taken: list[tuple[int, int, str]] = []
        for post in plan.main_posts:
            self._take(post)

    def follow_up(self, post: PlannedPost, draw: Random) -> None:
        """Add a follow-up of a post at a time drawn from those that are free, if there is one."""
        free = self._free(post)
        if not free:
            return
        minute = draw.choice(free)
        follow_up = PlannedPost(
            post_id=f"{post.post_id}f",
            day=post.day,
            slot_type=post.slot_type,
            content_type=post.content_type,
            hour=minute // 60,
            minute_of_day=minute,
            parent=post.post_id,
        )
        self._take(follow_up)
        self._per_day[post.day] += 1
        self.added.append(follow_up)

    def _take(self, post: PlannedPost) -> None:
        if post.minute_of_day is not None:
            self._taken.append((post.day, self._clock.moment(post.day, post.minute_of_day), post.post_id))
            self._per_hour[post.day, post.minute_of_day // 60] += 1

    def _free(self, post: PlannedPost) -> list[int]:
        """Return the minutes at which a post may be followed up on, in order."""
        if post.minute_of_day is None or self._per_day[post.day] >= self._rules.follow_ups_per_day:
            return []
        first, last = self._rules.follow_up_delay
        at = self._clock.moment(post.day, post.minute_of_day)
        minute_of = self._rooms[post.day].minute_of
        others = [(other, gap) for other, gap in self._others(post) if abs(other - at) < last + gap]
        return [
            minute_of[moment]
            for moment in range(at + max(1, first), at + last + 1)
            if moment in minute_of
            and self._per_hour[post.day, minute_of[moment] // 60] < self._rules.max_per_hour
            and all(abs(moment - other) >= gap for other, gap in others)
        ]

    def _others(self, post: PlannedPost) -> Iterator[tuple[int, int]]:
        """Moments of all other posts, and the distance that is to be kept from each."""
        for day, moment, post_id in self._taken:
            if post_id != post.post_id:
                yield moment, distance(round(min(self._spacing[post.day], self._spacing[day])))


def _order(post: PlannedPost) -> tuple[float, str]:
    """Order in which posts are followed up on: by what their slot type and their copy promise."""
    score = MANUAL_SCORE if post.needs_manual_copy else post.copy_score
    return -SLOT_TYPES[post.slot_type].priority * (MIDDLING_SCORE if score is None else score), post.post_id
