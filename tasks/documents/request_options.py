"""What holds for a request as a whole: options that other shapes call by another name, and contexts by config id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pydantic_core import PydanticCustomError

from tasks.complaints import Place, complaint, nearest, refuse
from tasks.models import Mode
from tasks.synonyms import unlike, unlike_mode

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
    yield from unlike("max_parallelism", batch.max_parallelism, "max_parallel", batch.max_parallel)
    yield from unlike_mode("continue_on_error", batch.continue_on_error, batch.mode, ends_when=False)
    if batch.items_file is None:  # Else the file is to be read first.
        for config_id, hint in unused_contexts(batch):
            yield ("individual_contexts", config_id), complaint("no document of the batch is made from it", hint)
