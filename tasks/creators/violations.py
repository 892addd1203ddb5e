"""What a finished plan breaks of its rules, looked at afresh: nothing here knows how the plan was made.

A rule that was relaxed holds as it was relaxed to. What phases, optimiser and judges say of a plan is tested
against this.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from tasks.creators.clock import DAY_NAMES, QUARTERS, Clock, clock_of
from tasks.creators.context import Copy, CreatorContext
from tasks.creators.rules import Rules, posts_in
from tasks.creators.slot_types import SLOT_TYPES
from tasks.creators.week_plan import PlannedPost, WeekPlan

_EPSILON = 1e-6
"""Shares are ratios of whole posts: a bound that was reckoned from a number of posts must allow that number."""


class Violation(NamedTuple):
    """A rule that a plan breaks."""

    rule: str
    """Field of `Rules`, or what every plan must hold to."""
    what: str
    post_id: str = ""


class _Looked(NamedTuple):
    """What the checks look at."""

    plan: WeekPlan
    context: CreatorContext
    rules: Rules
    week_start: date
    clock: Clock

    @property
    def timed(self) -> list[tuple[int, int, PlannedPost]]:
        """Moment, minute after midnight and post, in order, of all posts that have a time."""
        found = [
            (self.clock.moment(post.day, post.minute_of_day), post.minute_of_day, post)
            for post in self.plan.posts
            if post.minute_of_day is not None
        ]
        return sorted(found, key=lambda each: (each[0], each[2].post_id))


def violations_of(plan: WeekPlan, context: CreatorContext, rules: Rules, week_start: date) -> list[Violation]:
    """Return every breach of the creator's effective rules."""
    looked = _Looked(plan, context, rules, week_start, clock_of(context.known.time_zone, week_start))
    return [violation for check in _CHECKS for violation in check(looked)]


def _counts(looked: _Looked) -> Iterator[Violation]:
    rules = looked.rules
    posts = Counter(post.day for post in looked.plan.main_posts)
    follow_ups = Counter(post.day for post in looked.plan.posts if post.parent is not None)
    planned = {strategy.day: strategy.posts for strategy in looked.plan.strategy}
    for day, name in enumerate(DAY_NAMES):
        if day in planned and posts[day] != planned[day]:
            yield Violation("strategy", f"{name} has {posts[day]} posts, and {planned[day]} were planned")
        if posts[day] < rules.min_per_day:
            yield Violation("min_per_day", f"{name} has {posts[day]} posts of at least {rules.min_per_day}")
        if rules.max_per_day is not None and posts[day] > rules.max_per_day:
            yield Violation("max_per_day", f"{name} has {posts[day]} posts of at most {rules.max_per_day}")
        if follow_ups[day] > rules.follow_ups_per_day:
            yield Violation("follow_ups_per_day", f"{name} has {follow_ups[day]} follow-ups")


def _variety(looked: _Looked) -> Iterator[Violation]:
    plan, rules = looked.plan, looked.rules
    main = plan.main_posts
    slot_types = Counter(post.slot_type for post in main)
    least = plan.bound("min_slot_types", "", rules.min_slot_types)
    if len(slot_types) < least:
        yield Violation("min_slot_types", f"{len(slot_types)} slot types of at least {least:g}")
    shares = (
        ("max_slot_type_share", rules.max_slot_type_share, slot_types),
        ("max_content_type_share", rules.max_content_type_share, Counter(post.content_type for post in main)),
    )
    for rule, share, counted in shares:
        most = plan.bound(rule, "", share) * len(main) + _EPSILON
        for name, count in counted.items():
            if count > most:
                yield Violation(rule, f"{name} has {count} of {len(main)} posts")
    for post in plan.posts:
        slot = SLOT_TYPES.get(post.slot_type)
        if slot is None or slot.content_type != post.content_type or post.slot_type in rules.excluded_slot_types:
            yield Violation("excluded_slot_types", f"{post.slot_type} ({post.content_type}) is not used", post.post_id)


def _copy(looked: _Looked) -> Iterator[Violation]:
    known = {copy.copy_id: copy for copy in looked.context.copies}
    used = Counter(post.copy_id for post in looked.plan.posts if post.copy_id is not None)
    for copy_id, count in used.items():
        if count > 1:
            yield Violation("copy_once_a_week", f"{copy_id} is used {count} times")
    for post in looked.plan.posts:
        if post.copy_id is not None:
            copy = known.get(post.copy_id)
            what = "is not known" if copy is None else _wrong_copy(looked, post, copy)
            if what:
                yield Violation("copy", f"{post.copy_id} {what}", post.post_id)
        elif post.parent is None and not (post.needs_manual_copy or post.has_own_text):
            yield Violation("copy", "has no copy, and does not say that it needs some", post.post_id)


def _wrong_copy(looked: _Looked, post: PlannedPost, copy: Copy) -> str:
    if copy.slot_type != post.slot_type:
        return f"is for {copy.slot_type}, not {post.slot_type}"
    if copy.performance < looked.rules.min_copy_performance:
        return f"has done too badly ({copy.performance:g})"
    day = looked.week_start + timedelta(days=post.day)
    uses = [used for used in (copy.last_used_on, copy.next_used_on) if used is not None]
    if uses:
        days = min(abs((day - used).days) for used in uses)
        if days < looked.plan.bound("reuse_days", post.slot_type, next(iter(looked.rules.reuse_days), 0)):
            return f"was used {days} days from it"
    if any(each.copy_text_id == copy.copy_id and each.day == post.day for each in looked.context.taken):
        return "goes out that day from another of the group"
    return ""


def _times(looked: _Looked) -> Iterator[Violation]:
    per_hour: Counter[tuple[int, int]] = Counter()
    for post in looked.plan.posts:
        minute = post.minute_of_day
        if minute is None or not 0 <= minute < 24 * 60:
            yield Violation("time", "has no time within its day", post.post_id)
            continue
        at = f"{DAY_NAMES[post.day]} {minute // 60:02}:{minute % 60:02}"
        per_hour[post.day, minute // 60] += 1
        if minute // 60 in looked.rules.avoid_hours:
            yield Violation("avoid_hours", at, post.post_id)
        if minute % 60 in QUARTERS:
            yield Violation("quarter", f"{at} is a quarter", post.post_id)
        if minute in looked.clock.skipped[post.day]:
            yield Violation("time", f"{at} does not exist: the clock is put forward", post.post_id)
    for (day, hour), count in per_hour.items():
        if count > looked.rules.max_per_hour:
            yield Violation("max_per_hour", f"{DAY_NAMES[day]} {hour:02} has {count} posts")


def _spacing(looked: _Looked) -> Iterator[Violation]:
    timed = looked.timed
    for index, (moment, _, post) in enumerate(timed):
        for later, _, other in timed[index + 1 :]:
            if later - moment >= looked.rules.spacing_minutes:
                break
            if post.post_id == other.parent:
                continue
            wanted = min(_spacing_on(looked, post.day), _spacing_on(looked, other.day))
            if later - moment < wanted:
                what = f"{later - moment} minutes from {other.post_id}, of at least {wanted:g}"
                yield Violation("spacing_minutes", what, post.post_id)


def _spacing_on(looked: _Looked, day: int) -> float:
    return looked.plan.bound("spacing_minutes", str(day), looked.rules.spacing_minutes)


def _follow_ups(looked: _Looked) -> Iterator[Violation]:
    rules = looked.rules
    moments = {post.post_id: moment for moment, _, post in looked.timed if post.parent is None}
    follow_ups = [each for each in looked.timed if each[2].parent is not None]
    least, most = rules.follow_up_delay
    for moment, _, post in follow_ups:
        parent = moments.get(post.parent or "")
        if parent is None:
            yield Violation("follow_up", f"follows up on {post.parent}, which is not in the week", post.post_id)
        elif not least <= moment - parent <= most:
            yield Violation("follow_up_delay", f"comes {moment - parent} minutes after its post", post.post_id)
        if not _has_follow_up(post):
            yield Violation("follow_up", f"{post.slot_type} is not followed up on", post.post_id)
    for (_, _, post), (_, _, other) in pairwise(sorted(follow_ups, key=lambda each: each[2].parent or "")):
        if post.parent == other.parent:
            yield Violation("follow_up", f"{post.parent} is followed up on twice", other.post_id)
    eligible = sum(map(_has_follow_up, looked.plan.main_posts))
    if len(follow_ups) > posts_in(rules.follow_up_share, eligible):
        yield Violation("follow_up_share", f"{len(follow_ups)} of {eligible} posts are followed up on")


def _has_follow_up(post: PlannedPost) -> bool:
    slot = SLOT_TYPES.get(post.slot_type)
    return slot is not None and slot.has_follow_up


def _turns(looked: _Looked) -> Iterator[Violation]:
    gone: set[str] = set()
    for _, _, post in looked.timed:
        slot = SLOT_TYPES.get(post.slot_type)
        if slot is not None and slot.needs and slot.needs not in gone:
            yield Violation("turn", f"{post.slot_type} has no {slot.needs} before it", post.post_id)
        gone.add(post.slot_type)


def _names(looked: _Looked) -> Iterator[Violation]:
    for post_id, count in Counter(post.post_id for post in looked.plan.posts).items():
        if count > 1:
            yield Violation("post_id", f"{count} posts have this name", post_id)


_CHECKS: tuple[Callable[[_Looked], Iterator[Violation]], ...] = (
    _counts,
    _variety,
    _copy,
    _times,
    _spacing,
    _follow_ups,
    _turns,
    _names,
)
