"""Small problems for the solver, and their true optimum by trying everything."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from tasks.creators.problem import Bounds, Candidate, Kind, Spot, WeekProblem

CONTENT_TYPES = ("text", "picture", "video")
Content = tuple[Kind, Candidate]


def spots(days: int, hours: Sequence[int], worth: Random | None = None) -> list[Spot]:
    """Two quarters of each hour, half an hour apart."""
    return [
        Spot(
            day=day,
            hour=hour,
            moment=1440 * day + 60 * hour + minute,
            worth=1.0 if worth is None else round(worth.uniform(0.5, 2.0), 3),
        )
        for day in range(days)
        for hour in hours
        for minute in (0, 30)
    ]


def kinds(count: int, copies: int, draw: Random, *, shared: bool = False, owner: str = "") -> list[Kind]:
    """So many slot types with so many copies each."""
    return [
        Kind(
            slot_type=f"kind{number}",
            content_type=CONTENT_TYPES[number % 3],
            worth=round(draw.uniform(5, 30), 2),
            candidates=[
                Candidate(
                    copy_id=f"{owner}c{number}-{each}",
                    factor=round(draw.uniform(0.7, 1.3), 3),
                    is_shared=shared,
                )
                for each in range(copies)
            ],
        )
        for number in range(count)
    ]


def bounds(posts: Sequence[int], **fields: Any) -> Bounds:
    """Bounds that hold nothing but the numbers of posts, and what is given."""
    loose: dict[str, Any] = {
        "posts": [*posts, *[0] * (7 - len(posts))],
        "spacing": [45] * 7,
        "max_per_hour": 2,
        "min_slot_types": 1,
        "per_slot_type": sum(posts),
        "per_content_type": sum(posts),
        "by_hand": 0,
        "worn": 0,
        "offers_a_day": 9,
    }
    return Bounds(**loose | fields)


def small_week(seed: int) -> WeekProblem:
    """A week of three or four posts that can be tried out entirely."""
    draw = Random(f"{seed}:small")
    posts = draw.choice([(1, 2), (2, 2), (3,), (2, 1)])
    return WeekProblem(
        creator_id="alma",
        spots=spots(len(posts), sorted(draw.sample(range(8, 22), 3)), draw),
        kinds=kinds(draw.choice([2, 3]), 2, draw),
        manual_factor=0.8,
        bounds=bounds(posts, per_slot_type=2, per_content_type=2, min_slot_types=2),
        seed=seed,
    )


def best_of(week: WeekProblem) -> float:
    """Return the value of the best week there is."""
    places = list(_places(week))
    return max(
        (_paired(of_place, contents) for contents in _contents(week) for of_place in places),
        default=float("nan"),
    )


def _places(week: WeekProblem) -> Iterator[tuple[Spot, ...]]:
    for chosen in itertools.combinations(week.spots, sum(week.bounds.posts)):
        per_day = Counter(spot.day for spot in chosen)
        per_hour = Counter((spot.day, spot.hour) for spot in chosen)
        apart = all(
            second.moment - first.moment >= min(week.bounds.spacing[first.day], week.bounds.spacing[second.day])
            for first, second in itertools.pairwise(chosen)
        )
        right = all(per_day[day] == posts for day, posts in enumerate(week.bounds.posts))
        if apart and right and max(per_hour.values()) <= week.bounds.max_per_hour:
            yield chosen


def _contents(week: WeekProblem) -> Iterator[tuple[Content, ...]]:
    every = [(kind, copy) for kind in week.kinds for copy in kind.candidates]
    for chosen in itertools.combinations(every, sum(week.bounds.posts)):
        types = Counter(kind.slot_type for kind, _ in chosen)
        content_types = Counter(kind.content_type for kind, _ in chosen)
        if (
            len(types) >= week.bounds.min_slot_types
            and max(types.values()) <= week.bounds.per_slot_type
            and max(content_types.values()) <= week.bounds.per_content_type
        ):
            yield chosen


def _paired(chosen: Sequence[Spot], contents: Sequence[Content]) -> float:
    return max(
        sum(spot.worth * kind.worth * copy.factor for spot, (kind, copy) in zip(chosen, order, strict=True))
        for order in itertools.permutations(contents)
    )
