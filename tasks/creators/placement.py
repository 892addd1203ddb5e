"""Phase 12: the best kinds, days, times and copy for a week, and for a group's weeks at once.

The phases before have made a week that holds to all rules; it is the floor. What the solver finds is put back into a
plan by the same functions that made that one: exact minutes, follow-ups, order.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from math import ceil

from tasks.creators import assembly, followups, timing
from tasks.creators.context import CreatorContext, rules_for
from tasks.creators.copy_choice import by_hand
from tasks.creators.findings import Draft
from tasks.creators.models import SECONDS_PER_CREATOR, CreatorItem
from tasks.creators.problem import GroupProblem, Peak, Placed, Solution, SolvedWeek, WeekProblem
from tasks.creators.slot_types import SLOT_TYPES
from tasks.creators.solver import solve_apart
from tasks.creators.violations import violations_of
from tasks.creators.week_plan import PlannedPost, Relaxation, WeekPlan
from tasks.creators.week_problem import own_week, problem_of, worn_copies
from tasks.errors import PressroomError
from tasks.work import current_work

logger = logging.getLogger("pressroom")
PHASE = "placement"


async def optimise(item: CreatorItem, context: CreatorContext, draft: Draft, emphasis: str = "") -> WeekPlan:
    """Return the best week that is found, and the phases' own where none is better.

    Members of a group are solved together; who comes late, or is sent back, is solved under what the others have.
    `emphasis` is the dimension of quality that a week was sent back for: for compliance, it is the phases' own week,
    less copy that others of the group have on the same day.
    """
    worn = worn_copies(item, context)
    week = problem_of(item, context, draft, worn, emphasis)
    if item.gathering:
        patience = item.deadline_seconds or SECONDS_PER_CREATOR
        solution = await current_work().make_together(item.gathering, week, _solve_group, patience=patience)
    else:
        solution = await _solve_group({item.item_id: week}, ())
    plan = _planned(draft.plan, solution.posts_of(week.creator_id), solution, worn)
    return _better(item, context, draft, plan, in_group=bool(item.gathering))


async def _solve_group(given: Mapping[str, WeekProblem], before: Sequence[Solution]) -> Solution:
    """Solve the weeks of all who are present, beside those that keep the week of the phases.

    Those come first, since theirs may change in its copy alone; where the others do not fit together beside them, they
    are solved one after the other.
    """
    present = {week.creator_id for week in given.values()}
    stand = [week for solution in before for week in solution.weeks if week.creator_id not in present]
    weeks = sorted(given.values(), key=lambda week: week.creator_id)
    peaks_held = True
    for week in weeks:
        if week.keeps_own:
            peaks_held &= _keep_own(week, stand)
    open_weeks = [week for week in weeks if not week.keeps_own]
    found = await _solved(_group(open_weeks, stand)) if open_weeks else Solution(weeks=[])
    if found.weeks:
        stand += found.weeks
        peaks_held &= found.peaks_held
    else:
        peaks_held &= await _solve_one_by_one(open_weeks, stand)
    return Solution(weeks=[week for week in stand if week.creator_id in present], peaks_held=peaks_held)


async def _solve_one_by_one(weeks: Sequence[WeekProblem], stand: list[SolvedWeek]) -> bool:
    """Add a week of each to those that stand, and say whether they share out the peak hours.

    Whose week does not fit beside the others' keeps that of the phases, with other copy where it must.
    """
    if len(weeks) > 1:
        names = ", ".join(week.creator_id for week in weeks)
        logger.warning("The weeks of %s do not fit together, and are planned one after the other.", names)
    peaks_held = True
    for week in weeks:
        problem = _group([week], stand)
        alone = await _solved(problem)
        if alone.weeks:
            stand += alone.weeks
            peaks_held &= alone.peaks_held
        else:
            logger.warning("%s keeps the week of the phases: the solver finds none that fits.", week.creator_id)
            peaks_held &= _keep_own(week, stand)
    return peaks_held


def _keep_own(week: WeekProblem, stand: list[SolvedWeek]) -> bool:
    """Add the week of the phases to those that stand, and say whether nobody shares peak hours with it."""
    problem = _group([week], stand)
    stand += map(own_week, problem.weeks)
    return not problem.at_peak


async def _solved(problem: GroupProblem) -> Solution:
    """Solve a problem once, whoever asks; a solution without weeks says that there is none."""

    async def solve() -> Solution:
        return await solve_apart(problem) or Solution(weeks=[])

    return await current_work().kept("solve_weeks", problem, Solution, solve)


def _group(weeks: Sequence[WeekProblem], stand: Sequence[SolvedWeek]) -> GroupProblem:
    """Put weeks together, with what those have who are planned already."""
    barred = {(post.copy_id, post.day) for week in stand for post in week.posts if post.copy_id}
    weeks = [week.model_copy(update={"barred": sorted({*week.barred, *barred})}) if barred else week for week in weeks]
    others = {week.creator_id for week in stand} | {other for week in weeks for other in week.others}
    members = len(weeks) + len(others)
    share = min(week.peak_share for week in weeks)
    used = Counter({(peak.day, peak.hour): peak.used for week in weeks for peak in week.peaks})
    hours = {hour for week in weeks for hour in week.prime_hours}
    # Who was sent back has two weeks and keeps one of them: it may be in the hours of both, and is one creator.
    used.update(Counter((day, hour) for _, day, hour in _places(stand) if hour in hours))
    return GroupProblem(
        weeks=list(weeks),
        peaks=[Peak(day=day, hour=hour, used=count) for (day, hour), count in sorted(used.items())],
        at_peak=ceil(share * members) if members > 1 else 0,
    )


def _places(stand: Sequence[SolvedWeek]) -> set[tuple[str, int, int]]:
    return {(week.creator_id, post.day, post.hour) for week in stand for post in week.posts}


def _planned(plan: WeekPlan, placed: Sequence[Placed], solution: Solution, worn: set[str]) -> WeekPlan:
    """Put what was found into the plan; times, follow-ups and names are still to come.

    What was repaired and relaxed for posts that the week no longer has is not said of it.
    """
    scores = {post.copy_id: post.copy_score for post in plan.posts}
    scores |= {each.copy_id: each.score for shortlist in plan.shortlists.values() for each in shortlist}
    posts = [
        PlannedPost(
            post_id=f"{post.day}-{number:02d}",
            day=post.day,
            slot_type=post.slot_type,
            content_type=SLOT_TYPES[post.slot_type].content_type,
            hour=post.hour,
            copy_id=post.copy_id,
            copy_score=scores[post.copy_id] if post.copy_id else None,
            needs_manual_copy=post.copy_id is None,
        )
        for number, post in enumerate(placed, start=1)
    ]
    with_worn = {post.slot_type for post in posts if post.copy_id in worn}
    relaxed = [each for each in plan.relaxed if each.rule != "reuse_days" or each.applies_to in with_worn]
    relaxed += [] if solution.peaks_held else [_PEAKS]
    return plan.model_copy(update={"posts": posts, "relaxed": relaxed, "repairs": by_hand(posts)})


_PEAKS = Relaxation(
    phase=PHASE,
    rule="peak_share",
    wanted="peak hours shared out over the group",
    held="each member in its own best hours",
    why="The posts of all members do not fit otherwise.",
)


def _better(item: CreatorItem, context: CreatorContext, draft: Draft, plan: WeekPlan, *, in_group: bool) -> WeekPlan:
    """Return the plan in full, or the draft's where that is worth more or keeps to the rules better.

    Of a group each has what suits all of them, which the draft, made without the others, knows nothing of.
    """
    try:
        plan = followups.add(item, context, timing.set_minutes(item, context, plan))
    except PressroomError as error:
        logger.warning("%s keeps the week of the phases: %s", context.known.creator_id, error)
        return draft.plan
    plan = assembly.assemble(item, context, plan, draft.forecast)
    rules = rules_for(context.known, item.rules)
    broken, before = (violations_of(each, context, rules, item.week_start) for each in (plan, draft.plan))
    if len(broken) > len(before):
        logger.warning("%s keeps the week of the phases: %s", context.known.creator_id, broken[0].what)
        return draft.plan
    return plan if in_group or total_of(plan) >= total_of(draft.plan) else draft.plan


def total_of(plan: WeekPlan) -> float:
    """Return US dollars of all posts, follow-ups included."""
    return sum(post.value for post in plan.posts)
