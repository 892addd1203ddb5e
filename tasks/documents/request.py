"""From a batch of documents to its operations, and to the items that run."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

from tasks.documents.models import DocumentBatch, DocumentItem, Operation
from tasks.documents.request_options import unused_contexts
from tasks.documents.request_shapes import asked, with_contexts
from tasks.errors import fault
from tasks.llm.routing import assign_models


def read_operations(batch: DocumentBatch) -> list[Operation]:
    """Return everything a batch asks for, in order: field by field, then the file's, each with all its values."""
    operations = [operation for _, part in asked(batch) for operation in part]
    if batch.items_file is not None:
        from tasks.documents.items_file import read_items_file  # Few batches have one.

        further = read_items_file(batch.base_dir / batch.items_file, batch.items_sha256)
        for config_id, hint in unused_contexts(batch, (operation.content_config_id for operation in further)):
            why = f"no document of the batch is made from it. {hint}"
            raise fault("CONTEXT_INVALID", item_id=config_id, why=why)
        operations += further
    return with_contexts(batch, operations)


def items_of(batch: DocumentBatch) -> list[DocumentItem]:
    """Place each operation in the batch, and give each item its models."""
    blank = DocumentItem(
        item_id="",
        batch_id=batch.batch_id or "",
        lane="",
        content_config_id="",
        base_dir=str(batch.base_dir),
        output_root=str(batch.output_dir or batch.base_dir),
    )
    # Copied, because the operations have been checked: ten thousand further checks would take longer than all else.
    items = [blank.model_copy(update={"item_id": name, **vars(one)}) for name, one in named_operations(batch)]
    assign_models(batch, items)
    return items


def named_operations(batch: DocumentBatch) -> Iterator[tuple[str, Operation]]:
    """Yield each operation with its item's name.

    An item is named by its config and its label; where one config is used several times without labels, by
    config and output name, and by its number where even these agree. The same spec always gives the same
    names, so that a resumed batch finds its items again.
    """
    operations = read_operations(batch)
    uses = Counter(operation.content_config_id for operation in operations)
    seen: Counter[str] = Counter()
    taken: set[str] = set()
    for operation in operations:
        name = operation.content_config_id
        if operation.label:
            name = f"{name}:{operation.label}"
        elif uses[name] > 1 and operation.output_path:
            name = f"{name}:{os.path.splitext(os.path.basename(operation.output_path))[0]}"
        unique = name
        while unique in taken:
            seen[name] += 1
            unique = f"{name}#{seen[name] + 1}"
        taken.add(unique)
        yield unique, operation
