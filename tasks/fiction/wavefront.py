"""How many items of a batch can be at work side by side, by whom each waits for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from tasks import words
from tasks.fiction.jobs import JobType
from tasks.fiction.models import FictionBatch, FictionItem


def notes_on(batch: FictionBatch, items: Sequence[FictionItem]) -> Iterator[str]:
    """Say how wide and how long a batch is, and what no estimate holds."""
    steps = steps_of(items)
    if len(items) > 1:
        wide, long = max(Counter(steps.values()).values()), max(steps.values()) + 1
        limits = ", ".join(f"{limit} in {lane}" for lane, limit in _binding(batch, items, steps))
        told = f"{words.count(wide, 'item')} can be at work side by side at most"
        told += f" (limits: {limits})" if limits else ""
        yield f"{told}; {words.count(long, 'step')} one after the other at least."
    if any(item.job_type is JobType.CHAPTERS and item.models for item in items) and batch.quality.revisions:
        times = words.count(batch.quality.revisions, "time")
        yield f"A chapter that does not pass is written and judged again, up to {times}: no figure here has that in it."


def steps_of(items: Sequence[FictionItem]) -> dict[str, int]:
    """Return after how many others, one after the other, each item can begin."""
    by_name = {item.item_id: item for item in items}
    steps: dict[str, int] = {}
    todo = [item.item_id for item in reversed(items)]
    while todo:
        item = by_name[todo[-1]]
        before = [*item.needs, *([item.continues] if item.continues else [])]
        lacking = [name for name in before if name not in steps]
        if lacking:
            todo += lacking
            continue
        steps[todo.pop()] = max((steps[name] + 1 for name in before), default=0)
    return steps


def _binding(batch: FictionBatch, items: Sequence[FictionItem], steps: dict[str, int]) -> Iterator[tuple[str, int]]:
    """Yield the lanes that let fewer through than could go at once."""
    wide: dict[JobType, int] = {}
    for (kind, _), number in Counter((item.job_type, steps[item.item_id]) for item in items).items():
        wide[kind] = max(number, wide.get(kind, 0))
    for kind, number in wide.items():
        limit = min(batch.settled(kind).max_parallel, batch.max_parallel or number)
        if limit < number:
            yield kind.value, limit
