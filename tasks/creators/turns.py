"""What has to go before what: a recap of a live session after a session, on a later day, so that no hour undoes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tasks.creators.clock import DAY_NAMES
from tasks.creators.slot_types import SLOT_TYPES
from tasks.creators.week_plan import PlannedPost

_NEEDING = [slot for slot in SLOT_TYPES.values() if slot.needs]


def in_turn(posts: Sequence[PlannedPost]) -> tuple[list[PlannedPost], list[str]]:
    """Let posts change places by their slot types until each has what it needs on a day before, and say which did."""
    turned = list(posts)
    repairs: list[str] = []
    for slot in _NEEDING:
        for _ in turned:
            change = _change(turned, slot.name, slot.needs)
            if change is None:
                break
            repairs += _exchanged(turned, *change, f"{slot.name} comes on a day after {slot.needs}")
    return turned, repairs


def _change(posts: Sequence[PlannedPost], late: str, early: str) -> tuple[int, int] | None:
    """Return two posts that are to change places; the same twice where one has no place and becomes what it needs."""
    first = min((index for index, post in enumerate(posts) if post.slot_type == early), key=_day(posts), default=None)
    wrong = [
        index
        for index, post in enumerate(posts)
        if post.slot_type == late and (first is None or post.day <= posts[first].day)
    ]
    if not wrong:
        return None
    index = min(wrong, key=_day(posts))
    if first is None or posts[index].day < posts[first].day:
        return index, index if first is None else first
    others = [each for each, post in enumerate(posts) if post.slot_type != late]
    later = [each for each in others if posts[each].day > posts[index].day]
    if later:
        return index, min(later, key=_day(posts))
    before = [each for each in others if posts[each].day < posts[index].day]
    return (first, max(before, key=_day(posts))) if before else (index, index)


def _day(posts: Sequence[PlannedPost]) -> Callable[[int], tuple[int, int]]:
    return lambda index: (posts[index].day, index)


def _exchanged(posts: list[PlannedPost], one: int, other: int, why: str) -> Iterator[str]:
    names = (posts[other].slot_type, posts[one].slot_type)
    if one == other:
        names = (SLOT_TYPES[names[0]].needs,) * 2
    for index, name in {one: names[0], other: names[1]}.items():
        post = posts[index]
        yield f"{DAY_NAMES[post.day]}: {post.slot_type} became {name}, because {why}."
        update = {"slot_type": name, "content_type": SLOT_TYPES[name].content_type}
        posts[index] = post.model_copy(update=update)
