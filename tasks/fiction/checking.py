"""Finding what is wrong with a batch of fiction before it runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from tasks.complaints import Problem
from tasks.fiction.models import FictionBatch, FictionItem
from tasks.fiction.planning import items_of
from tasks.yaml_lines import line_of


def check_fiction(batch: FictionBatch, file: str, text: str) -> Iterator[Problem]:
    """Say of each item what it would fail with from the start, once for each project and fault."""
    told: set[tuple[str, str]] = set()
    for position, item in enumerate(items_of(batch, now=datetime.now(UTC))):
        if item.fault is None or (item.project_id, item.fault[1]) in told:
            continue
        told.add((item.project_id, item.fault[1]))
        place = _place(batch, item, position)
        yield Problem(*item.fault, file=file, line=line_of(text, place), field=".".join(map(str, place)))


def _place(batch: FictionBatch, item: FictionItem, position: int) -> list[str | int]:
    """Say where in the spec an item is asked for."""
    if batch.items:
        return ["items", position]
    names = [one if isinstance(one, str) else one.project_id for one in batch.projects]
    return ["projects", names.index(item.project_id)] if item.project_id in names else ["projects"]
