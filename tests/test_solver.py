"""The solver finds the best week under its rules, the same every time, and shares what a group shares."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from solving import best_of, bounds, kinds, small_week, spots

from tasks.creators.problem import GroupProblem, Peak, Placed, WeekProblem
from tasks.creators.solver import solve

ROOT = Path(__file__).parent.parent


def alone(week: WeekProblem) -> list[Placed]:
    solution = solve(GroupProblem(weeks=[week]))
    assert solution is not None
    return solution.weeks[0].posts


def member(creator_id: str, **fields: object) -> WeekProblem:
    """One of a group whose members have the same copy, and the same good hours."""
    draw = Random("group")
    given_spots = spots(7, (10, 14, 19))
    for spot in given_spots:
        spot.worth = 2.0 if spot.hour == 19 else 1.0
    made = WeekProblem(
        creator_id=creator_id,
        spots=given_spots,
        kinds=kinds(6, 6, draw, shared=True),
        manual_factor=0.8,
        bounds=bounds([2] * 7, per_slot_type=4, per_content_type=6),
        prime_hours=[10, 14, 19],
        peak_share=0.5,
    )
    return made.model_copy(update=fields)


@settings(deadline=None, max_examples=15)
@given(seed=some.integers(0, 10_000))
def test_a_small_week_is_worth_99_percent_of_the_best_there_is(seed: int) -> None:
    week = small_week(seed)
    assert sum(post.value for post in alone(week)) >= 0.99 * best_of(week)


def test_a_week_keeps_to_its_rules() -> None:
    draw = Random("rules")
    held = bounds([4, 5, 5, 5, 6, 6, 5], per_slot_type=6, per_content_type=14, min_slot_types=9, by_hand=40)
    week = WeekProblem(
        creator_id="alma", spots=spots(7, range(7, 24), draw), kinds=kinds(12, 4, draw), manual_factor=0.8, bounds=held
    )
    posts = alone(week)
    assert [Counter(post.day for post in posts)[day] for day in range(7)] == held.posts
    types = Counter(post.slot_type for post in posts)
    assert len(types) >= 9
    assert max(types.values()) <= 6
    copies = [post.copy_id for post in posts if post.copy_id]
    assert len(copies) == len(set(copies))
    assert max(Counter((post.day, post.hour) for post in posts).values()) <= 2


def test_the_same_problem_has_the_same_answer() -> None:
    draw = Random("same")
    week = WeekProblem(
        creator_id="alma",
        spots=spots(7, range(8, 22), draw),
        kinds=kinds(10, 4, draw),
        manual_factor=0.8,
        bounds=bounds([3] * 7, per_slot_type=4),
    )
    assert alone(week) == alone(week.model_copy(deep=True))


def test_posts_are_left_to_a_person_only_as_far_as_they_were() -> None:
    draw = Random("hand")
    rare = kinds(3, 1, draw)
    week = WeekProblem(
        creator_id="alma", spots=spots(5, (9, 12, 15)), kinds=rare, manual_factor=2.0, bounds=bounds([1] * 5, by_hand=2)
    )
    assert sum(post.copy_id is None for post in alone(week)) == 2
    assert solve(GroupProblem(weeks=[week.model_copy(update={"bounds": bounds([1] * 5, by_hand=1)})])) is None


def test_members_of_a_group_never_have_the_same_copy_on_one_day() -> None:
    solution = solve(GroupProblem(weeks=[member("alma"), member("bela"), member("cleo")], at_peak=3))
    assert solution is not None
    users: dict[tuple[int, str | None], list[str]] = defaultdict(list)
    for week in solution.weeks:
        for post in week.posts:
            users[post.day, post.copy_id].append(week.creator_id)
    assert max(len(names) for names in users.values()) == 1
    shared = Counter(copy_id for _, copy_id in users)
    assert max(shared.values()) > 1, "on other days they do share it"


def test_peak_hours_are_shared_out_over_a_group() -> None:
    few = bounds([1] * 7, per_slot_type=4, per_content_type=6)
    weeks = [member(name, bounds=few) for name in ("alma", "bela", "cleo", "dora")]
    solution = solve(GroupProblem(weeks=weeks, at_peak=2, peaks=[Peak(day=0, hour=19, used=1)]))
    assert solution is not None
    assert solution.peaks_held
    users: dict[tuple[int, int], set[str]] = defaultdict(set)
    for week in solution.weeks:
        for post in week.posts:
            users[post.day, post.hour].add(week.creator_id)
    assert max(len(names) for names in users.values()) == 2
    assert len(users[0, 19]) == 1


def test_peaks_that_cannot_be_shared_out_are_said_to_be_so() -> None:
    crowded = [member(name, spots=spots(7, (19, 20))) for name in ("alma", "bela", "cleo")]
    for week in crowded:
        week.prime_hours = [19, 20]
    solution = solve(GroupProblem(weeks=crowded, at_peak=1))
    assert solution is not None
    assert not solution.peaks_held
    assert [len(week.posts) for week in solution.weeks] == [14, 14, 14]


def test_copy_of_others_is_not_used_on_their_day() -> None:
    week = member("alma")
    best = next(post for post in alone(week) if post.day == 0)
    assert best.copy_id is not None
    barred = week.model_copy(update={"barred": [(best.copy_id, 0)]})
    assert best.copy_id not in {post.copy_id for post in alone(barred) if post.day == 0}


@pytest.mark.parametrize("spacing", [45, 60, 90])
def test_posts_keep_their_distance_over_midnight(spacing: int) -> None:
    late = [spot for spot in spots(2, (0, 1, 22, 23)) if (spot.day, spot.hour // 12) in ((0, 1), (1, 0))]
    week = WeekProblem(
        creator_id="alma",
        spots=late,
        kinds=kinds(2, 3, Random("night")),
        manual_factor=0.8,
        bounds=bounds([2, 1], spacing=[spacing] * 7),
    )
    posts = sorted((post.day, post.hour) for post in alone(week))
    moments = [24 * 60 * day + 60 * hour for day, hour in posts]
    assert all(second - first >= spacing - 30 for first, second in pairwise(moments))


def test_ctrl_c_stays_what_it_was_before_a_search() -> None:
    script = (
        "import os, signal, sys\n"
        "sys.path.insert(0, 'tests')\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from solving import small_week\n"
        "from tasks.creators.problem import GroupProblem\n"
        "from tasks.creators.solver import solve\n"
        "assert solve(GroupProblem(weeks=[small_week(1)]))\n"
        "try:\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    signal.pause()\n"
        "except KeyboardInterrupt:\n"
        "    print('heard')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert done.stdout.strip() == "heard", done.stderr
