"""How many posts of each kind a week may have: what the rules allow, and what of it can be had at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from itertools import product
from typing import NamedTuple

from tasks.creators.rules import Rules, posts_in
from tasks.creators.slot_types import CONTENT_TYPES, SLOT_TYPES
from tasks.creators.week_plan import Relaxation
from tasks.words import count as count_of
from tasks.words import share

PHASE = "variety_enforcement"


class Mix(NamedTuple):
    """The bounds of a week of so many posts."""

    posts: int
    types: tuple[str, ...]
    """Slot types that may be used, the weightiest first."""
    least_types: int
    most_of_type: int
    most_of_content: int

    def room(self, counts: Mapping[str, int], name: str) -> int:
        """Return how many more posts of a slot type there may be."""
        content = content_of(name)
        of_content = sum(count for other, count in counts.items() if content_of(other) == content)
        return min(self.most_of_type - counts.get(name, 0), self.most_of_content - of_content)

    @property
    def capacity(self) -> int:
        """How many posts there may be at all."""
        return sum(min(self.most_of_content, number * self.most_of_type) for number in _by_content(self.types))

    @property
    def variety(self) -> int:
        """How many different slot types there may be."""
        return min(self.posts, sum(min(self.most_of_content, number) for number in _by_content(self.types)))


def mix_of(posts: int, types: Collection[str], rules: Rules) -> tuple[Mix, list[Relaxation]]:
    """Return the bounds of a week and what had to be relaxed of the rules for so many posts of these slot types.

    The order is that of the rules: fewer slot types first, then a larger share of one slot type, then of one content
    type; each only as far as needed, and the smallest step of both shares together. A share is a whole number of
    posts: a fifth of 20 posts is 4, and of 24 still 4.
    """
    whole = Mix(
        posts,
        tuple(types),
        0,
        posts_in(rules.max_slot_type_share, posts),
        posts_in(rules.max_content_type_share, posts),
    )
    steps = sorted(product(range(posts + 1), repeat=2), key=lambda step: (sum(step), step[1])) if posts else [(0, 0)]
    for of_type, of_content in steps:
        mix = whole._replace(
            most_of_type=whole.most_of_type + of_type, most_of_content=whole.most_of_content + of_content
        )
        if mix.capacity >= posts:
            break
    mix = mix._replace(least_types=min(rules.min_slot_types, mix.variety))
    return mix, _relaxed(mix, rules)


def content_of(slot_type: str) -> str:
    """Return what a slot type consists of; one that nobody knows is of no content type."""
    slot = SLOT_TYPES.get(slot_type)
    return slot.content_type if slot else ""


def _by_content(types: Collection[str]) -> list[int]:
    numbers = Counter(content_of(name) for name in types)
    return [numbers[content] for content in CONTENT_TYPES]


def _relaxed(mix: Mix, rules: Rules) -> list[Relaxation]:
    relaxed = []
    if mix.least_types < rules.min_slot_types:
        why = f"{count_of(mix.posts, 'post')} of {count_of(len(mix.types), 'slot type')} with copy allow no more."
        wanted, held = count_of(rules.min_slot_types, "slot type"), count_of(mix.least_types, "slot type")
        relaxed.append(_relaxation("min_slot_types", wanted, held, why, mix.least_types))
    for rule, part, most, kind in (
        ("max_slot_type_share", rules.max_slot_type_share, mix.most_of_type, "slot type"),
        ("max_content_type_share", rules.max_content_type_share, mix.most_of_content, "content type"),
    ):
        if most > posts_in(part, mix.posts):
            wanted = f"{share(part, 1)}: {posts_in(part, mix.posts)} of {count_of(mix.posts, 'post')}"
            held = f"{share(most, mix.posts)}: {most} of {count_of(mix.posts, 'post')}"
            why = f"With {count_of(len(mix.types), 'slot type')} the week is not filled by fewer of one {kind}."
            relaxed.append(_relaxation(rule, wanted, held, why, most / mix.posts))
    return relaxed


def _relaxation(rule: str, wanted: str, held: str, why: str, bound: float) -> Relaxation:
    return Relaxation(phase=PHASE, rule=rule, wanted=wanted, held=held, why=why, bound=bound)
