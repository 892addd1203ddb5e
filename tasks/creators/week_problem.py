"""From a week as the phases made it to the problem that the solver is given.

The problem holds the rules as the phases relaxed them, so the week they made solves it already, and what is found can
only be better.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import ceil

from tasks.creators.clock import DAY_MINUTES, QUARTERS, Clock, clock_of
from tasks.creators.context import CreatorContext, rules_for
from tasks.creators.copy_choice import rests
from tasks.creators.findings import Draft, Forecast
from tasks.creators.models import CreatorItem
from tasks.creators.problem import Bounds, Candidate, Kind, Peak, Placed, SolvedWeek, Spot, WeekProblem
from tasks.creators.rules import Rules, posts_in
from tasks.creators.slot_types import SLOT_TYPES
from tasks.creators.spacing import DayRoom, rooms_of, with_follow_ups
from tasks.creators.strategy import OFFERS_A_DAY
from tasks.creators.supply import rested
from tasks.creators.values import FOLLOW_UP_VALUE, MANUAL_SCORE, MIDDLING_SCORE, factor_of_score
from tasks.creators.week_plan import CopyChoice, WeekPlan

SPARE = 4
"""Copies of a slot type offered beyond those that it can use, for those that others have on some days."""
_SHIFT = 0.5
"""By how much a dimension that a week was sent back for moves what is chosen."""


def problem_of(
    item: CreatorItem, context: CreatorContext, draft: Draft, worn: set[str], emphasis: str = ""
) -> WeekProblem:
    """Return the problem of a creator's week; `emphasis` is the dimension of quality that is to come out better.

    `worn` are the copies that have rested less than is wanted.
    """
    rules = rules_for(context.known, item.rules)
    clock = clock_of(context.known.time_zone, item.week_start)
    bounds = _bounds(draft.plan, rules, rooms_of(rules, clock), worn, emphasis)
    return WeekProblem(
        creator_id=context.known.creator_id,
        spots=_spots(rules, clock, draft.forecast),
        kinds=_kinds(draft, rules, bounds, worn, emphasis),
        manual_factor=factor_of_score(MANUAL_SCORE, draft.forecast, rules),
        bounds=bounds,
        prime_hours=rules.prime_hours,
        peak_share=rules.peak_share,
        barred=sorted({(each.copy_text_id, each.day) for each in context.taken if each.copy_text_id}),
        peaks=_peaks(context, rules),
        others=sorted({each.creator_id for each in context.taken}),
        own=[
            Placed(day=post.day, hour=post.hour or 0, slot_type=post.slot_type, copy_id=post.copy_id, value=post.value)
            for post in draft.plan.main_posts
        ],
        keeps_own=emphasis == "compliance",
        seed=item.seed,
    )


def worn_copies(item: CreatorItem, context: CreatorContext) -> set[str]:
    """Return the copies that have rested less than is wanted."""
    wanted = rests(rules_for(context.known, item.rules))[0]
    return {copy.copy_id for copy in context.copies if rested(copy, item.week_start) < wanted}


def own_week(week: WeekProblem) -> SolvedWeek:
    """Return the week as the phases made it, less copy that another of the group has on that day.

    The next best copy of its slot type takes its place, or a person who writes some.
    """
    barred, used = set(week.barred), {post.copy_id for post in week.own}
    candidates = {kind.slot_type: kind.candidates for kind in week.kinds}
    posts = []
    for post in week.own:
        if post.copy_id is not None and (post.copy_id, post.day) in barred:
            free = [each.copy_id for each in candidates.get(post.slot_type, []) if each.copy_id not in used]
            copy_id = next((copy_id for copy_id in free if (copy_id, post.day) not in barred), None)
            used.add(copy_id)
            post = post.model_copy(update={"copy_id": copy_id})
        posts.append(post)
    return SolvedWeek(creator_id=week.creator_id, posts=posts)


def _spots(rules: Rules, clock: Clock, forecast: Forecast) -> list[Spot]:
    """Return the quarters near which something may be posted, in order.

    Each stands for a minute that a post may really have, as far from its quarter as all others: so places that keep
    their distance have minutes that keep it.
    """
    first, last = rules.jitter_minutes
    shift = max(first, 1) if last >= 1 else min(last, -1)
    return [
        Spot(day=day, hour=minute // 60, moment=moment, worth=forecast.by_day[day] * forecast.by_hour[minute // 60])
        for day, room in enumerate(rooms_of(rules, clock))
        for minute in range(shift, DAY_MINUTES + shift, QUARTERS[1])
        if room.minute_of.get(moment := clock.moment(day, minute)) == minute
    ]


def _bounds(plan: WeekPlan, rules: Rules, rooms: list[DayRoom], worn: set[str], emphasis: str) -> Bounds:
    per_day = Counter(post.day for post in plan.main_posts)
    posts = [per_day[day] for day in range(7)]
    count = sum(posts)
    focus = {day.day: day.focus for day in plan.strategy}
    offers = sum(post.content_type == "offer" for post in plan.main_posts)
    usual = 1 if emphasis == "retention" else OFFERS_A_DAY
    return Bounds(
        posts=posts,
        spacing=[_spacing(plan, rules, day, room, posts[day]) for day, room in enumerate(rooms)],
        max_per_hour=rules.max_per_hour,
        min_slot_types=int(plan.bound("min_slot_types", "", min(rules.min_slot_types, count))),
        per_slot_type=max(1, posts_in(plan.bound("max_slot_type_share", "", rules.max_slot_type_share), count)),
        per_content_type=max(
            1, posts_in(plan.bound("max_content_type_share", "", rules.max_content_type_share), count)
        ),
        by_hand=sum(post.needs_manual_copy for post in plan.main_posts),
        worn=sum(post.copy_id in worn for post in plan.main_posts),
        offers_a_day=max(usual, ceil(offers / max(1, sum(each > 0 for each in posts)))),
        focus=[focus.get(day, "") for day in range(7)],
        days_an_hour=4 if emphasis == "authenticity" else 7,
    )


def _spacing(plan: WeekPlan, rules: Rules, day: int, room: DayRoom, posts: int) -> int:
    """Return the minutes between a day's posts: with room for a follow-up behind each where the day is long enough."""
    held = int(plan.bound("spacing_minutes", str(day), rules.spacing_minutes))
    roomy = (held - rules.spacing_minutes + spacing for spacing in with_follow_ups(rules))
    return next((spacing for spacing in roomy if room.capacity(spacing) > posts), held)


def _most(share: float, count: int) -> int:
    return max(1, posts_in(share, count))


def _kinds(draft: Draft, rules: Rules, bounds: Bounds, worn: set[str], emphasis: str) -> list[Kind]:
    """Return the slot types that have copy, and those that the week uses without."""
    used = {post.slot_type for post in draft.plan.main_posts}
    names = [name for name in SLOT_TYPES if name in used or draft.plan.shortlists.get(name)]
    most = bounds.per_slot_type + SPARE
    return [
        Kind(
            slot_type=name,
            content_type=SLOT_TYPES[name].content_type,
            needs=SLOT_TYPES[name].needs,
            worth=_worth(name, draft.forecast, rules, emphasis),
            candidates=[
                Candidate(
                    copy_id=each.copy_id,
                    factor=factor_of_score(each.score, draft.forecast, rules) * _pull(draft, each.copy_id, emphasis),
                    is_shared=each.is_shared,
                    is_worn=each.copy_id in worn,
                )
                for each in _offered(draft.plan.shortlists.get(name, []), worn, most)
            ],
        )
        for name in names
        if name not in rules.excluded_slot_types
    ]


def _offered(choices: Sequence[CopyChoice], worn: set[str], most: int) -> list[CopyChoice]:
    """Return the best copies of a slot type, and as many of those that have rested."""
    fresh = [each for each in choices if each.copy_id not in worn]
    return [*choices[:most], *(each for each in fresh[:most] if each not in choices[:most])]


def _worth(slot_type: str, forecast: Forecast, rules: Rules, emphasis: str) -> float:
    """Return what a slot type brings with its follow-up, as far as the rules have posts followed up on."""
    slot = SLOT_TYPES[slot_type]
    helps = emphasis == "retention" and slot.content_type == "community"
    followed = rules.follow_up_share if slot.has_follow_up and rules.follow_ups_per_day else 0.0
    own = forecast.level * forecast.by_slot_type.get(slot_type, 1.0)
    return own * (1 + FOLLOW_UP_VALUE * followed) * (1 + _SHIFT * helps)


def _pull(draft: Draft, copy_id: str, emphasis: str) -> float:
    """Return how much more a copy counts for the attention that it asks for, where engagement is to come out better."""
    if emphasis != "engagement":
        return 1.0
    return 1 + _SHIFT * (draft.attention.scores.get(copy_id, MIDDLING_SCORE) - MIDDLING_SCORE) / MIDDLING_SCORE


def _peaks(context: CreatorContext, rules: Rules) -> list[Peak]:
    """Return how many others of the group post in each peak hour already."""
    users = {(each.day, each.hour, each.creator_id) for each in context.taken if each.hour in rules.prime_hours}
    used = Counter((day, hour) for day, hour, _ in users)
    return [Peak(day=day, hour=hour, used=count) for (day, hour), count in sorted(used.items())]
