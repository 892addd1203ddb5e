"""What holds for a batch of creators as a whole: how many it is for, and options that its source calls otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic_core import PydanticCustomError

from tasks.complaints import Place, complaint, refuse
from tasks.models import Mode
from tasks.synonyms import unlike, unlike_mode

if TYPE_CHECKING:
    from tasks.creators.models import CreatorBatch

SYNONYMS = {"parallelism": "max_parallel", "fail_fast": "mode", "timeout_per_creator": "item_deadline_seconds"}
"""Fields of the source, and the field that says the same of any batch."""


def settle_options(batch: CreatorBatch) -> None:
    """Carry options over to the fields that the engine reads; a contradiction is refused where it stands.

    The same batch comes by here again: from the ledger, and when Prefect checks its parameters.
    """
    refuse(type(batch), [*_about_creators(batch), *_about_groups(batch), *_contradictions(batch)])
    if batch.creator is not None:
        batch.creators = [batch.creator]
    if batch.fail_fast:
        batch.mode = Mode.FAIL_FAST
    batch.max_parallel = batch.max_parallel or batch.parallelism
    batch.item_deadline_seconds = batch.timeout_per_creator or batch.item_deadline_seconds


def _about_creators(batch: CreatorBatch) -> Iterator[tuple[Place, PydanticCustomError]]:
    named = batch.creators
    if batch.creator is not None and named not in ([], [batch.creator]):
        yield ("creator",), complaint("there is `creators` as well", "Give one of the two.")
    elif batch.items_file is not None and named:
        yield ("items_file",), complaint("there is `creators` as well", "Give one of the two.")
    elif batch.batch_mode and not named and batch.items_file is None and batch.creator is None:
        yield ("creators",), complaint("batch mode needs to know for whom", "Give a list of ids or page names.")
    elif not batch.batch_mode and len(named) > 1:
        why = f"they are {len(named)}, and without batch mode a batch is for one"
        yield ("creators",), complaint(why, "Add `batch_mode: true`.")


def _about_groups(batch: CreatorBatch) -> Iterator[tuple[Place, PydanticCustomError]]:
    seen: dict[str, str] = {}
    for group, members in batch.groups.items():
        for number, member in enumerate(members):
            if (other := seen.setdefault(member, group)) != group:
                why = f"{member!r} is in group {other!r} already"
                yield ("groups", group, number), complaint(why, "A creator plans with one group.")


def _contradictions(batch: CreatorBatch) -> Iterator[tuple[Place, PydanticCustomError]]:
    yield from unlike("parallelism", batch.parallelism, "max_parallel", batch.max_parallel)
    yield from unlike_mode("fail_fast", batch.fail_fast, batch.mode, ends_when=True)
    # The default contradicts nothing: a form sends it along.
    usual = type(batch).model_fields["item_deadline_seconds"].default
    seconds, given = batch.item_deadline_seconds, batch.timeout_per_creator
    if given is not None and seconds not in (given, usual):
        why = f"it is {given:g}, but `item_deadline_seconds` is {seconds or 'without end'}"
        yield ("timeout_per_creator",), complaint(why, "Give one of the two.")
