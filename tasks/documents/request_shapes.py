"""From the shapes a request may have to operations, in an order that does not depend on how the spec is written.

    content_config_ids, output_dir              ids alone
    operations                                  a config, its values and its output path
    requests, max_parallelism                   a config and its values
    content_ids, shared_context, ...            ids, with values for all and for each
    matrix                                      configs times values

A spec may have several of them; then all their documents are made. Values win the closer they stand to the
document: those of the operation, those of its config's id, those shared by all, those in the config itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tasks.documents.matrix import Matrix
from tasks.documents.models import DocumentBatch, Operation
from tasks.models import JsonObject

_A: JsonObject = {"content_config_id": "tide-table", "context": {"month": "May"}}
SHAPES: dict[str, JsonObject] = {
    "ids": {"content_config_ids": ["tide-table", "reading-list"], "output_dir": "output/notes"},
    "operations": {"operations": [{**_A, "output_path": "output/notes/tides-may.md"}]},
    "requests": {"requests": [{**_A, "force": True}], "max_parallelism": 5},
    "content": {
        "content_ids": ["tide-table", "reading-list"],
        "shared_context": {"month": "May"},
        "individual_contexts": {"reading-list": '{"month": "June"}'},
        "force": False,
        "continue_on_error": True,
        "max_parallel": 4,
    },
    "matrix": {
        "matrix": {
            "configs": ["tide-table"],
            "axes": {"language": ["en", "fr"], "month": ["May", "June"]},
            "exclude": [{"language": "fr", "month": "June"}],
            "output_path": "notes/{config}-{language}-{month}.md",
        }
    },
}
"""An example of every shape, by its name, for those who write requests by program."""
FIELDS = ("content_config_ids", "operations", "requests", "content_ids", "matrix")
"""The fields that ask for documents, in the order of the items; a file of items comes after them."""


def is_request(data: JsonObject) -> bool:
    """Say whether an object without a `kind` asks for documents in one of the shapes."""
    return any(field in data for field in FIELDS)


def count_asked(batch: DocumentBatch) -> int:
    """Count the documents a batch asks for, less those in its file of items."""
    ids = len(batch.content_config_ids) + len(batch.content_ids)
    combined = batch.matrix.count if batch.matrix is not None else 0
    return ids + len(batch.operations) + len(batch.requests) + combined


def asked(batch: DocumentBatch) -> Iterator[tuple[str, list[Operation]]]:
    """Yield each field that asks for documents with the operations it stands for, less the file of items."""
    yield "content_config_ids", [Operation(content_config_id=config_id) for config_id in batch.content_config_ids]
    yield "operations", batch.operations
    yield "requests", _numbered(batch.requests)
    yield "content_ids", [Operation(content_config_id=config_id) for config_id in batch.content_ids]
    yield "matrix", [] if batch.matrix is None else list(_combined(batch.matrix))


def emptied() -> dict[str, Any]:
    """Return all fields that say what a document is made of, empty, for a batch that says it in another way."""
    said = (*FIELDS, "shared_context", "individual_contexts", "force", "items_file", "items_sha256")
    blank = DocumentBatch()
    return {field: getattr(blank, field) for field in said}


def with_contexts(batch: DocumentBatch, operations: list[Operation]) -> list[Operation]:
    """Give each operation what the batch says of all documents: values, and whether they are made anew."""
    shared, individual = batch.shared_context, batch.individual_contexts
    if not (shared or individual or batch.force):
        return operations
    found = []
    for operation in operations:
        context = {**shared, **individual.get(operation.content_config_id, {}), **operation.context}
        update: dict[str, Any] = {"context": context, "force": batch.force or operation.force}
        found.append(operation.model_copy(update=update))
    return found


def _numbered(requests: list[Operation]) -> list[Operation]:
    """Tell requests for one config apart by number, since this shape has no output path to do it by."""
    uses: Counter[str] = Counter()
    found = []
    for request in requests:
        if request.output_path is None and request.label is None:
            uses[request.content_config_id] += 1
            if (number := uses[request.content_config_id]) > 1:
                request = request.model_copy(update={"label": str(number)})
        found.append(request)
    return found


def _combined(matrix: Matrix) -> Iterator[Operation]:
    # A copy costs less than a check, and there may be a million of them.
    blank = Operation(content_config_id="-")
    for one in matrix.combinations():
        update = {
            "content_config_id": one.config,
            "context": one.context,
            "label": one.label,
            "output_path": one.output_path,
        }
        yield blank.model_copy(update=update)
