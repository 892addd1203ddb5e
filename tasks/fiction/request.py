"""A job as its source writes it: what is read of it, and what is only kept to be written back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic_core import PydanticCustomError

from tasks.complaints import Place, complaint, nearest, refuse
from tasks.fiction.jobs import OF_CHAPTERS, JobType
from tasks.fiction.retryable import unlike_ours

if TYPE_CHECKING:
    from tasks.fiction.models import FictionBatch

SYNONYMS = {"job_id": "batch_id"}
"""Fields of the source, and the field that says the same of any batch."""
TOLD = ("status", "progress")
"""What a job tells of its state: the ledger knows better, and it is written anew."""


def is_job(data: dict[str, Any]) -> bool:
    """Say whether data is a job in its source's form, and not a spec of ours, whose slips are to be told."""
    return "job_id" in data


def read_job(batch: type[BaseModel], data: Any) -> Any:
    """Put apart what a job has beside the fields that are known; a spec of ours is left as it is, to be checked."""
    if not isinstance(data, dict) or "more" in data or not is_job(data):
        return data
    known = batch.model_fields
    more = {name: value for name, value in data.items() if name not in known and name not in (*TOLD, "kind")}
    return {name: value for name, value in data.items() if name in known} | {"more": more}


def settle_options(batch: FictionBatch) -> None:
    """Carry options over to the fields that the engine reads; a contradiction is refused where it stands.

    The same batch comes by here again: from the ledger, and when Prefect checks its parameters.
    """
    refuse(type(batch), _contradictions(batch))
    batch.batch_id = batch.batch_id or batch.job_id
    batch.max_parallel = batch.max_parallel or batch.config.max_parallel
    batch.config.max_parallel = batch.config.max_parallel or batch.max_parallel


def _contradictions(batch: FictionBatch) -> Iterator[tuple[Place, PydanticCustomError]]:
    if batch.job_id is not None and batch.batch_id is not None and batch.job_id != batch.batch_id:
        why = f"it is {batch.job_id!r}, but `batch_id` is {batch.batch_id!r}"
        yield ("job_id",), complaint(why, "Give one of the two.")
    if batch.config.max_parallel and batch.max_parallel and batch.config.max_parallel != batch.max_parallel:
        why = f"it is {batch.config.max_parallel}, but `max_parallel` is {batch.max_parallel}"
        yield ("config", "max_parallel"), complaint(why, "Give one of the two.")
    if batch.items and batch.projects:
        yield ("items",), complaint("there is `projects` as well", "Give one of the two.")
    if batch.items_file is not None and (batch.items or batch.projects):
        yield ("items_file",), complaint("there is `items` or `projects` as well", "Give one of them.")
    if batch.chapters and batch.job_type not in OF_CHAPTERS:
        why = f"a job of type {batch.job_type.value} makes whole projects"
        yield ("chapters",), complaint(why, f"It goes with {JobType.CHAPTERS.value} and {JobType.QUALITY.value}.")
    if batch.job_id is None:
        yield from _unknown_fields(batch)
    yield from unlike_ours(batch.retry_config)


def _unknown_fields(batch: FictionBatch) -> Iterator[tuple[Place, PydanticCustomError]]:
    parts: list[tuple[Place, BaseModel]] = [(("config",), batch.config)]
    parts += [(("items", number), item) for number, item in enumerate(batch.items)]
    for place, part in parts:
        known = list(type(part).model_fields)
        for name in part.model_extra or {}:
            hint = nearest(name, known) or f"Known here: {', '.join(sorted(known))}."
            yield (*place, name), complaint("there is no such field", hint)
