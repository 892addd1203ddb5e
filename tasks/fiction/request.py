"""A job as its source writes it: what is read of it, and what is only kept to be written back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic_core import PydanticCustomError, to_jsonable_python

from tasks.complaints import Place, complaint, nearest, refuse
from tasks.fiction.jobs import OF_CHAPTERS, SINGLE, JobType
from tasks.fiction.retryable import unlike_ours

if TYPE_CHECKING:
    from tasks.fiction.job_item import JobItem
    from tasks.fiction.models import FictionBatch

TOLD = ("status", "progress")
"""What a job tells of its state: the ledger knows better, and it is written anew."""
LISTS = ("items", "projects")
"""What a job is about; as long as the job is, so it is kept once, as what is made of it."""


def is_job(data: dict[str, Any]) -> bool:
    """Say whether data is a job in its source's form, and not a spec of ours, whose slips are to be told."""
    return "job_id" in data


def read_job(batch: type[BaseModel], data: Any) -> Any:
    """Keep a job as it was given beside the fields that are read; a spec of ours is left as it is, to be checked."""
    if not isinstance(data, dict) or "as_given" in data or not is_job(data):
        return data
    # An empty place keeps the order of what is written anew.
    as_given = {name: None if name in (*TOLD, *LISTS) else value for name, value in data.items() if name != "kind"}
    read = {name: value for name, value in data.items() if name in batch.model_fields}
    return read | {"as_given": to_jsonable_python(as_given)}


def settle_options(batch: FictionBatch) -> None:
    """Carry options over to the fields that the engine reads; a contradiction is refused where it stands.

    The same batch comes by here again: from the ledger, and when Prefect checks its parameters.
    """
    refuse(type(batch), _contradictions(batch))
    batch.batch_id = batch.batch_id or batch.job_id


def item_complaints(batch: FictionBatch, items: Iterable[JobItem]) -> Iterator[tuple[Place, PydanticCustomError]]:
    """Complain of what is wrong with the items of a job in themselves; places begin with an item's number."""
    for number, item in enumerate(items):
        if item.chapter_num is not None and batch.job_type not in OF_CHAPTERS:
            yield (number, "chapter_num"), _whole_projects(batch.job_type)
        if item.project is not None and item.project.project_id != item.project_id:
            why = f"it is {item.project.project_id!r}, but `project_id` is {item.project_id!r}"
            yield (number, "project", "project_id"), complaint(why, "Give one project an item.")
        if batch.job_id is None:
            yield from _unknown((number,), item)


def _contradictions(batch: FictionBatch) -> Iterator[tuple[Place, PydanticCustomError]]:
    if batch.items and batch.projects:
        yield ("items",), complaint("there is `projects` as well", "Give one of the two.")
    if batch.items_file is not None and (batch.items or batch.projects):
        yield ("items_file",), complaint("there is `items` or `projects` as well", "Give one of them.")
    if batch.chapters and batch.job_type not in OF_CHAPTERS:
        yield ("chapters",), _whole_projects(batch.job_type)
    for kind in batch.batch_limits.keys() - set(SINGLE):
        hint = f"Limits are those of its steps: {', '.join(SINGLE)}."
        yield ("batch_limits", kind.value), complaint("it is no step by itself", hint)
    yield from ((("items", *place), error) for place, error in item_complaints(batch, batch.items))
    if batch.job_id is None:
        yield from _unknown_settings(batch)
    yield from unlike_ours(batch.retry_config)


def _whole_projects(kind: JobType) -> PydanticCustomError:
    why = f"a job of type {kind.value} makes whole projects"
    return complaint(why, f"It goes with {' and '.join(OF_CHAPTERS)}.")


def _unknown_settings(batch: FictionBatch) -> Iterator[tuple[Place, PydanticCustomError]]:
    yield from _unknown(("config",), batch.config)
    for kind, limits in batch.batch_limits.items():
        yield from _unknown(("batch_limits", kind.value), limits)
    yield from _unknown(("retry_config",), batch.retry_config)
    yield from _unknown(("retry_config", "retry_delay"), batch.retry_config.retry_delay)


def _unknown(place: Place, part: BaseModel) -> Iterator[tuple[Place, PydanticCustomError]]:
    known = list(type(part).model_fields)
    for name in part.model_extra or {}:
        hint = nearest(name, known) or f"Known here: {', '.join(sorted(known))}."
        yield (*place, name), complaint("there is no such field", hint)
