"""A batch in the form of its source's jobs: `job.json`, which can be handed in again.

Names, order and values are as they were given. What a job tells of its state is written anew, and two folders are
added, so that the file means the same from wherever it is handed in. Where the source has no word for a state, ours
stands.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import RootModel

from tasks.fiction.asked import entries_of
from tasks.fiction.models import FictionBatch, FictionItem
from tasks.fiction.planning import placed_items
from tasks.models import BatchStatus, ItemStatus, JsonObject
from tasks.results import BatchResult, ItemResult

ITEM_WORDS = {ItemStatus.SUCCEEDED: "completed"}
"""What the source calls a status of ours; the others have the same name."""
JOB_WORDS = {BatchStatus.SUCCEEDED: "completed"}
_OPEN = (ItemStatus.PENDING, ItemStatus.RUNNING)
_WORST = (ItemStatus.FAILED, ItemStatus.CANCELLED, ItemStatus.NEEDS_REVIEW, ItemStatus.SKIPPED, ItemStatus.SUCCEEDED)
"""How an item of several steps has ended: as the first of these that one of them has."""
_NOT_A_JOBS = {"as_given", "base_dir", "batch_id", "items_file", "items_sha256", "output_dir", "projects", "select"}


class JobReply(RootModel[JsonObject]):
    """The job, with how it stands."""


def job_reply(result: BatchResult, batch: FictionBatch) -> JobReply:
    """Put what became of a batch in the form of the source."""
    steps: dict[int, list[FictionItem]] = defaultdict(list)
    for position, item in placed_items(batch, now=datetime.now(UTC)):
        steps[position].append(item)
    results = {one.item_id: one for one in result.results}
    entries = entries_of(batch)
    stands = [_Stands(steps[position], results) for position in range(len(entries))]
    told: JsonObject = {
        "status": JOB_WORDS.get(result.status, result.status.value),
        "progress": _progress([one.status for one in stands]),
        "items": [_told(entry.given, one) for entry, one in zip(entries, stands, strict=True)],
    }
    places = {"base_dir": str(batch.base_dir), "output_dir": str(batch.output_dir)}
    return JobReply({**_head(batch), **told, **places})


class _Stands:
    """How an item of a job stands, and the steps that it consists of."""

    def __init__(self, steps: Sequence[FictionItem], results: dict[str, ItemResult]) -> None:
        self.steps = steps
        self.ends = [
            results.get(one.item_id, ItemResult(item_id=one.item_id, status=ItemStatus.PENDING)) for one in steps
        ]

    @property
    def status(self) -> ItemStatus:
        found = {one.status for one in self.ends} or {ItemStatus.PENDING}
        if found.isdisjoint(_OPEN):
            return next(status for status in _WORST if status in found)
        return ItemStatus.PENDING if found == {ItemStatus.PENDING} else ItemStatus.RUNNING


def _head(batch: FictionBatch) -> JsonObject:
    """Return a job as it was given, or what a spec of ours says in the same form and the source's order."""
    gone = ("items_file", "items_sha256", "projects")
    if batch.as_given:
        return {name: value for name, value in batch.as_given.items() if name not in gone}
    said = batch.model_dump(mode="json", exclude_defaults=True, exclude=_NOT_A_JOBS)
    first: dict[str, Any] = {
        "job_id": batch.batch_id,
        "job_type": batch.job_type.value,
        "priority": batch.priority.value,
    }
    places: dict[str, Any] = {"items": [], "config": said.pop("config", {}), "status": None, "progress": None}
    return {**first, **places, **{name: value for name, value in said.items() if name not in first}}


def _progress(stands: Sequence[ItemStatus]) -> JsonObject:
    """Count items. The source's `pending` are all that have no end yet; how many of them are at work is told beside."""
    counted = Counter(stands)
    progress: JsonObject = {
        "total": len(stands),
        "completed": counted[ItemStatus.SUCCEEDED],
        "failed": counted[ItemStatus.FAILED],
        "pending": sum(counted[status] for status in _OPEN),
    }
    others = (ItemStatus.RUNNING, ItemStatus.SKIPPED, ItemStatus.CANCELLED, ItemStatus.NEEDS_REVIEW)
    return progress | {status.value: counted[status] for status in others}


def _told(given: JsonObject, one: _Stands) -> JsonObject:
    """Return an item as it was given, with how it stands."""
    is_single = len(one.steps) == 1
    named: JsonObject = (
        {} if "item_id" in given else {"item_id": one.steps[0].item_id if is_single else one.steps[0].project_id}
    )
    told = {**named, **given, "status": _word(one.status)}
    error = next((found for end in one.ends if end.status is one.status and (found := _error(end))), None)
    if error is not None or "error" in given:
        told["error"] = error
    if not is_single:
        told["steps"] = [_step(step, end) for step, end in zip(one.steps, one.ends, strict=True)]
    return told


def _step(step: FictionItem, end: ItemResult) -> JsonObject:
    told: JsonObject = {"item_id": step.item_id, "job_type": step.job_type.value}
    if step.chapter:
        told["chapter_num"] = step.chapter
    told["status"] = _word(end.status)
    if error := _error(end):
        told["error"] = error
    return told


def _error(end: ItemResult) -> JsonObject | None:
    if end.error_code is None:
        return None
    return {"code": end.error_code, "message": end.error_message, "remedy": end.remedy}


def _word(status: ItemStatus) -> str:
    return ITEM_WORDS.get(status, status.value)
