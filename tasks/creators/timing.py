"""Phase 8: the time of each post, by what the forecast says of hours and with distance to the others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from random import Random

from tasks.creators.clock import DAY_NAMES, clock_of
from tasks.creators.context import CreatorContext, rules_for
from tasks.creators.findings import Forecast
from tasks.creators.hours import choose, fits_in, ranked, unlike, worth
from tasks.creators.models import CreatorItem
from tasks.creators.rules import Rules
from tasks.creators.spacing import Before, DayRoom, exact_minutes, rooms_of, spacings, week_spacing
from tasks.creators.values import value_of
from tasks.creators.week_plan import PlannedPost, Relaxation, WeekPlan
from tasks.errors import PressroomError, fault
from tasks.words import count as count_of

PHASE = "timing"


def place(item: CreatorItem, context: CreatorContext, plan: WeekPlan, forecast: Forecast) -> WeekPlan:
    """Give each post an hour and a minute: the best hours of a day to what is worth most."""
    rules = rules_for(context.known, item.rules)
    hours: list[int] = []
    before = Before()
    posts: list[PlannedPost] = []
    for day, room in enumerate(rooms_of(rules, clock_of(context.known.time_zone, item.week_start))):
        of_day = [post for post in plan.main_posts if post.day == day]
        chosen = choose(len(of_day), ranked(rules, forecast, room), room, rules, before)
        if chosen is None:
            raise _does_not_fit(context, day, len(of_day))
        draw = Random(f"{key_of(item, context)}:{day}:hours")
        hours = unlike(hours, chosen, fits_in(room, rules, before), partial(worth, forecast), draw)
        posts += _shared_out(of_day, hours, rules, forecast)
        before = _end(hours, room, rules, before)
    return set_minutes(item, context, plan.model_copy(update={"posts": posts}))


def set_minutes(item: CreatorItem, context: CreatorContext, plan: WeekPlan) -> WeekPlan:
    """Give the main posts of a plan exact minutes within the hours that they have.

    For whoever chooses hours. Spacing is relaxed, in the written order and for that day alone, where a day's posts do
    not fit into their hours; what was relaxed before is forgotten. Follow-ups are left out, since they belong to times
    that no longer hold: `followups.add` gives new ones. Raises SOLVER_FAILED where no spacing helps.
    """
    rules = rules_for(context.known, item.rules)
    rooms = rooms_of(rules, clock_of(context.known.time_zone, item.week_start))
    days = [_in_hours(plan.main_posts, day) for day in range(7)]
    hours = [[post.hour or 0 for post in of_day] for of_day in days]
    spacing = []
    for day, step in enumerate(week_spacing(hours, rooms, rules)):
        if step is None:
            raise _does_not_fit(context, day, len(hours[day]))
        spacing.append(step)
    minutes = exact_minutes(hours, spacing, rooms, key_of(item, context))
    posts = [
        post.model_copy(update={"minute_of_day": minute})
        for of_day, chosen in zip(days, minutes, strict=True)
        for post, minute in zip(of_day, chosen, strict=True)
    ]
    relaxed = [each for each in plan.relaxed if each.phase != PHASE]
    relaxed += [
        _relaxation(day, len(hours[day]), held, rules)
        for day, held in enumerate(spacing)
        if held < rules.spacing_minutes
    ]
    return plan.model_copy(update={"posts": posts, "relaxed": relaxed})


def key_of(item: CreatorItem, context: CreatorContext) -> str:
    """Return what all draws for a creator's week begin with, so that each is the same every time."""
    return f"{item.seed}:{context.known.creator_id}:{item.week_start}"


def _in_hours(posts: Sequence[PlannedPost], day: int) -> list[PlannedPost]:
    return sorted((post for post in posts if post.day == day), key=lambda post: (post.hour or 0, post.post_id))


def _shared_out(
    posts: Sequence[PlannedPost], hours: Sequence[int], rules: Rules, forecast: Forecast
) -> list[PlannedPost]:
    """Give the best hours to the posts worth most: with factors that multiply, no other pairing brings more."""
    untimed = [post.model_copy(update={"hour": None}) for post in posts]
    by_value = sorted(untimed, key=lambda post: (-value_of(post, forecast, rules), post.post_id))
    by_worth = sorted(hours, key=lambda hour: (-forecast.by_hour[hour], hour))
    return [post.model_copy(update={"hour": hour}) for post, hour in zip(by_value, by_worth, strict=True)]


def _end(hours: Sequence[int], room: DayRoom, rules: Rules, before: Before) -> Before:
    """Return where a day's posts end when they stand as early as they can."""
    for step in spacings(rules):
        if placed := room.earliest(hours, step, before.free_from(step)):
            return Before(placed[-1], step)
    return before


def _does_not_fit(context: CreatorContext, day: int, count: int) -> PressroomError:
    why = f"{DAY_NAMES[day]} has no room for {count_of(count, 'post')} at any spacing that may hold"
    return fault("SOLVER_FAILED", creator=context.known.creator_id, why=why)


def _relaxation(day: int, count: int, held: int, rules: Rules) -> Relaxation:
    return Relaxation(
        phase=PHASE,
        rule="spacing_minutes",
        wanted=count_of(rules.spacing_minutes, "minute"),
        held=count_of(held, "minute"),
        why=f"{DAY_NAMES[day]}: {count_of(count, 'post')} do not fit farther apart.",
        applies_to=str(day),
        bound=held,
    )
