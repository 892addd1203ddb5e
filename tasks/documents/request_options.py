"""What holds for a request as a whole: options that other shapes call by another name, and contexts by config id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pydantic_core import PydanticCustomError

from tasks.complaints import Place, complaint, nearest, refuse
from tasks.models import Mode

if TYPE_CHECKING:
    from tasks.documents.models import DocumentBatch

SYNONYMS = {"max_parallelism": "max_parallel", "continue_on_error": "mode"}
"""Fields of other shapes, and the field that says the same of any batch."""
PARALLEL = {"requests": 5, "content_ids": 4}
"""How many documents of a shape are made at once at most, where the request does not say."""


def settle_options(batch: DocumentBatch) -> None:
    """Carry options over to the fields that the engine reads; a contradiction is refused where it stands.

    The same batch comes by here again: from the ledger, and when Prefect checks its parameters.
    """
    refuse(type(batch), _contradictions(batch))
    if batch.continue_on_error is False:
        batch.mode = Mode.FAIL_FAST
    defaults = [most for shape, most in PARALLEL.items() if getattr(batch, shape)]
    batch.max_parallel = batch.max_parallel or batch.max_parallelism or min(defaults, default=None)


def unused_contexts(batch: DocumentBatch, further: Iterable[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield ids of individual contexts that no document asks for, each with the id that may have been meant.

    They are refused and not passed over, because a document without its values may look finished. `further`
    are the ids that a file of items asks for.
    """
    if not batch.individual_contexts:
        return
    asked = {*batch.content_config_ids, *batch.content_ids, *further}
    asked |= {operation.content_config_id for operation in (*batch.operations, *batch.requests)}
    asked |= set(batch.matrix.configs if batch.matrix is not None else ())
    for config_id in batch.individual_contexts:
        if config_id not in asked:
            yield config_id, nearest(config_id, sorted(asked)) or "Name a config that the batch asks for."


def _contradictions(batch: DocumentBatch) -> Iterator[tuple[Place, PydanticCustomError]]:
    one, other = batch.max_parallelism, batch.max_parallel
    if one is not None and other is not None and one != other:
        yield ("max_parallelism",), complaint(f"it is {one}, but `max_parallel` is {other}", "Give one of the two.")
    # `collect` contradicts nothing: a form sends it along as the default.
    opposite = {False: Mode.RETRY, True: Mode.FAIL_FAST}
    if batch.continue_on_error is not None and batch.mode is opposite[batch.continue_on_error]:
        why = f"it is {str(batch.continue_on_error).lower()}, but `mode` is {batch.mode.value}"
        yield ("continue_on_error",), complaint(why, "Give one of the two.")
    if batch.items_file is None:  # Else the file is to be read first.
        for config_id, hint in unused_contexts(batch):
            yield ("individual_contexts", config_id), complaint("no document of the batch is made from it", hint)
