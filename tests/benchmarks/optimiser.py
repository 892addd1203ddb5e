"""What phase 12 finds: against the best week there is, against the phases' own week, and for a group at once.

Weeks are planned by the phases and the solver as in a batch, without a model. The best week is known for small ones
only, by trying every one there is; of the others it is known that none may be worth less than what the phases made.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta
from math import ceil
from statistics import fmean
from typing import TYPE_CHECKING

from lab import HERE, Row, answer, in_child

if TYPE_CHECKING:
    from tasks.creators.context import CreatorContext
    from tasks.creators.findings import Draft
    from tasks.creators.models import CreatorItem
    from tasks.creators.problem import WeekProblem

    Planned = tuple[CreatorItem, CreatorContext, Draft]

sys.path.append(str(HERE.parent))  # the small weeks, and the phases in a row, are those of the tests

SMALL = 60
CREATORS = 100
TOGETHER = 4
GROUPS = 6
MONDAY = date(2030, 3, 4)
WEEKS = 2
RULES: tuple[dict[str, object], ...] = (
    {},
    {"avoid_hours": [*range(9), *range(18, 24)]},
    {"max_per_hour": 1, "follow_up_share": 0},
    {"spacing_minutes": 90, "jitter_minutes": [-7, -1]},
    {"day_adjust": [-2, 0, 0, 0, 1, 2, 0], "min_per_day": 0},
)
"""By number of the creator and the week, so that every creator has several of them."""


def rows() -> list[Row]:
    """Solve small weeks, varied weeks, and groups."""
    small, weeks, groups = (in_child("optimiser.py", mode) for mode in ("small", "weeks", "groups"))
    of_small, of_weeks = f"{SMALL} small weeks", f"{weeks['weeks']:.0f} weeks of {CREATORS} creators"
    of_groups = f"{GROUPS} groups of {TOGETHER}"
    better = f"{weeks['better']:.0%} better"
    return [
        Row("the week that is found against the best there is: worst", small["worst"], ">= 0.99", of_small),
        Row("the same: mean", small["mean"], ">= 0.99", of_small),
        Row("the week that is found against the phases' own: worst", weeks["worst"], ">= 1.0", of_weeks),
        Row("the same: mean", weeks["mean"], "> 1", f"{of_weeks}, {better}"),
        Row(
            "time of solving a week against that of the phases",
            weeks["solving"] / weeks["phases"],
            "-",
            f"{weeks['solving']:.2f} s / {weeks['phases']:.2f} s a week",
        ),
        Row("a group at once against its members alone, value: worst", groups["worst"], "-", of_groups),
        Row("the same: mean", groups["mean"], "-", of_groups),
        Row(
            "the same: time",
            groups["together"] / groups["alone"],
            "-",
            f"{groups['together']:.2f} s / {groups['alone']:.2f} s a group",
        ),
    ]


def small() -> None:
    """Solve weeks of three or four posts, and try every week there is."""
    from solving import best_of, small_week

    from tasks.creators.problem import GroupProblem
    from tasks.creators.solver import solve

    ratios = []
    for seed in range(SMALL):
        week = small_week(seed)
        solution = solve(GroupProblem(weeks=[week]))
        assert solution is not None, f"week {seed} has no solution"
        ratios.append(sum(post.value for post in solution.posts_of(week.creator_id)) / best_of(week))
    answer(worst=min(ratios), mean=fmean(ratios))


async def weeks() -> None:
    """Plan weeks of an invented roster, some of whose creators share copy, each by itself."""
    from tasks.creators.placement import optimise, total_of

    names = _invented()
    ratios, phases, solving = [], 0.0, 0.0
    async for seconds, (item, context, draft) in _planned(names, WEEKS):
        started = time.process_time()
        found = total_of(await optimise(item, context, draft))
        solving += time.process_time() - started
        phases += seconds
        ratios.append(found / total_of(draft.plan))
    count, better = len(ratios), fmean(ratio > 1 for ratio in ratios)
    spent = {"phases": phases / count, "solving": solving / count}
    answer(worst=min(ratios), mean=fmean(ratios), better=better, weeks=count, **spent)


async def groups() -> None:
    """Solve groups whose members all may use what one of them owned, and each member as if it had no group."""
    from tasks.creators.week_problem import problem_of, worn_copies

    names = _invented()
    spent, ratios = {"together": 0.0, "alone": 0.0}, []
    for group in range(GROUPS):
        members = names[TOGETHER * group : TOGETHER * (group + 1)]
        found: list[WeekProblem] = [
            problem_of(item, context, draft, worn_copies(item, context))
            async for _, (item, context, draft) in _planned(members, 1)
        ]
        at_peak = ceil(min(week.peak_share for week in found) * len(found))
        of_group, seconds = _solved(found, at_peak=at_peak)
        of_each = [_solved([week]) for week in found]
        ratios.append(of_group / sum(value for value, _ in of_each))
        spent["together"] += seconds / GROUPS
        spent["alone"] += sum(seconds for _, seconds in of_each) / GROUPS
    answer(worst=min(ratios), mean=fmean(ratios), **spent)


def _solved(weeks: list[WeekProblem], *, at_peak: int = 0) -> tuple[float, float]:
    """Return what weeks are worth that are solved together, and the seconds that it took."""
    from tasks.creators.problem import GroupProblem
    from tasks.creators.solver import solve

    started = time.process_time()
    solution = solve(GroupProblem(weeks=weeks, at_peak=at_peak))
    assert solution is not None, f"{[week.creator_id for week in weeks]} do not fit"
    value = sum(post.value for week in solution.weeks for post in week.posts)
    return value, time.process_time() - started


def _invented() -> list[str]:
    """Save a roster and return who is in it; the first of every four leaves her copy to the group that they make."""
    import ortools.sat.python.cp_model  # noqa: F401  # what loads it is nobody's week

    from tasks.creators.sampling import sample_roster
    from tasks.creators.store_roster import save_sample

    roster = sample_roster(CREATORS, seed=7, until=MONDAY)
    place = {creator_id: number for number, creator_id in enumerate(roster.creator_ids)}
    for row in roster.rows["creators"]:
        row["group"] = f"quay{place[row['creator_id']] // TOGETHER}"
    for row in roster.rows["copy"]:
        number = place.get(row["creator_id"])
        if number is not None and number % TOGETHER == 0:
            row |= {"creator_id": "", "group": f"quay{number // TOGETHER}"}
    save_sample(roster.rows, replace=True)
    return roster.creator_ids


async def _planned(names: Sequence[str], count: int) -> AsyncIterator[tuple[float, Planned]]:
    """Yield so many weeks of these creators, as the phases plan them, with the seconds that those took."""
    from planning_parts import drafted

    from tasks.creators.loading import load
    from tasks.creators.models import CreatorItem
    from tasks.creators.rules import Rules
    from tasks.creators.shelf import announce

    for week in range(count):
        items = [
            CreatorItem(
                item_id=f"{name}-{week}",
                batch_id=f"b{week}",
                creator=name,
                week_start=MONDAY + timedelta(weeks=week),
                rules=Rules.model_validate(RULES[(number + week) % len(RULES)]),
                seed=number,
            )
            for number, name in enumerate(names)
        ]
        announce(f"b{week}", items)
        for item in items:
            context = await load(item)
            started = time.process_time()
            draft = drafted(item, context)
            yield time.process_time() - started, (item, context, draft)


if __name__ == "__main__":
    match sys.argv[1]:
        case "small":
            small()
        case "weeks":
            asyncio.run(weeks())
        case "groups":
            asyncio.run(groups())
