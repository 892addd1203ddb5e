"""The weeks that the search finds, against the best there are and against the phases' own.

What a week is worth depends on no machine; how long the search takes stands beside it.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from datetime import date, timedelta
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

from lab import HERE, Row, answer, in_child

if TYPE_CHECKING:
    from tasks.creators.context import CreatorContext
    from tasks.creators.findings import Draft
    from tasks.creators.models import CreatorItem
    from tasks.creators.week_plan import WeekPlan

sys.path.append(str(HERE.parent))  # small weeks, and weeks as the phases make them, are those that the tests know

SMALL = 60
CREATORS, WEEKS = 40, 8
FIRST_WEEK = date(2030, 3, 4)
TOGETHER = 4


class Case(NamedTuple):
    """A week as the phases have made it."""

    item: CreatorItem
    context: CreatorContext
    draft: Draft


def rows() -> list[Row]:
    """Small weeks against all there are; weeks of a roster against the phases' own; a group against each alone."""
    small, roster = in_child("optimiser.py", "small"), in_child("optimiser.py", "roster")
    group = in_child("optimiser.py", "group")
    times = f"{roster['search']:.2f} s a week against {roster['phases']:.2f} s of the phases before it"
    return [
        Row(
            f"{SMALL} small weeks against the best of all there are, the worst", small["worst"], ">= 0.99", "by trying"
        ),
        Row("the same: in the middle", small["mean"], ">= 0.99", "every one of them"),
        Row(
            f"{CREATORS * WEEKS} weeks of a roster against the phases' own, the worst",
            roster["worst"],
            ">= 1",
            f"{roster['better']:.0f} of them are better",
        ),
        Row("the same: in the middle", roster["mean"], "> 1", "US dollars as forecast"),
        Row("the search's time of a week's phases without a model", roster["search"] / roster["phases"], "-", times),
        Row(
            f"{group['groups']:.0f} groups of {TOGETHER} that share peak hours, of what each alone could have",
            group["share"],
            "-",
            f"{group['seconds']:.2f} s a group, {group['apart']:.2f} s one by one",
        ),
    ]


def _small() -> None:
    from solving import best_of, small_week

    from tasks.creators.problem import GroupProblem
    from tasks.creators.solver import solve

    shares = []
    for seed in range(SMALL):
        week = small_week(seed)
        solution = solve(GroupProblem(weeks=[week]))
        found = sum(post.value for post in solution.weeks[0].posts) if solution is not None else 0.0
        shares.append(found / best_of(week))
    answer(worst=min(shares), mean=fmean(shares))


def _roster() -> None:
    from tasks.creators import placement

    started = time.monotonic()
    cases = _cases(WEEKS)
    drafted = time.monotonic()
    plans = [asyncio.run(placement.optimise(case.item, case.context, case.draft)) for case in cases]
    ended = time.monotonic()
    shares = [
        placement.total_of(plan) / placement.total_of(case.draft.plan) for case, plan in zip(cases, plans, strict=True)
    ]
    answer(
        worst=min(shares),
        mean=fmean(shares),
        better=sum(share > 1 for share in shares),
        phases=(drafted - started) / len(cases),
        search=(ended - drafted) / len(cases),
    )


def _group() -> None:
    cases = _cases(1, groups_of=TOGETHER)
    names = sorted({case.item.group for case in cases} - {""})
    members = [[case for case in cases if case.item.group == name] for name in names]
    together, seconds = _worth(members)
    single = [
        [case._replace(item=case.item.model_copy(update={"gathering": ""}))] for group in members for case in group
    ]
    apart, apart_seconds = _worth(single)
    answer(groups=len(names), share=together / apart, seconds=seconds / len(names), apart=apart_seconds / len(names))


def _worth(gatherings: Sequence[Sequence[Case]]) -> tuple[float, float]:
    """Return US dollars and seconds of all who meet, gathering by gathering."""
    from tasks.creators import placement

    started = time.monotonic()
    plans = [plan for members in gatherings for plan in asyncio.run(_meet(members))]
    return sum(map(placement.total_of, plans)), time.monotonic() - started


async def _meet(members: Sequence[Case]) -> list[WeekPlan]:
    from planning_parts import Together

    from tasks.creators import placement
    from tasks.gatherings import Gatherings
    from tasks.work import begin_work

    gatherings = Gatherings([one.item for one in members])

    async def place(one: Case) -> WeekPlan:
        begin_work(Together(item_id=one.item.item_id, gatherings=gatherings))
        return await placement.optimise(*one)

    return await asyncio.gather(*map(place, members))


def _cases(weeks: int, groups_of: int = 0) -> list[Case]:
    """Return so many weeks of each creator of an invented roster, in new groups of so many instead of its own."""
    from creators import make_roster
    from planning_parts import drafted

    from tasks.creators.models import CreatorBatch
    from tasks.creators.peers import Peers
    from tasks.creators.planning import lay
    from tasks.creators.pool import pool
    from tasks.creators.shelf import Place
    from tasks.creators.store import listed
    from tasks.creators.wave import Member, read_one

    names, execute = make_roster(CREATORS), pool().execute
    listing = [one._replace(group="") for one in listed(execute)]
    starts = [str(FIRST_WEEK + timedelta(weeks=number)) for number in range(weeks)]
    groups = {f"quay {at}": names[at : at + groups_of] for at in range(0, CREATORS, groups_of)} if groups_of else {}
    given = {"batch_id": "b", "batch_mode": True, "creators": names, "week_start": starts, "groups": groups}
    batch = CreatorBatch.model_validate(given | {"model": "none"})
    cases = []
    for item in lay(batch, listing, None).items:
        context = read_one(execute, Member(Place.of(item), frozenset(), frozenset()))
        assert context.profile is not None
        found = Peers().of(execute, context.profile, context.samples, item.week_start)
        context = context.model_copy(update={"peers": found})
        cases.append(Case(item, context, drafted(item, context)))
    return cases


if __name__ == "__main__":
    {"small": _small, "roster": _roster, "group": _group}[sys.argv[1]]()
