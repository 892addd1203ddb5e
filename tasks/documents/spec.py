"""What the command line knows of the documents kind before anything heavy is loaded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.complaints import Problem, Remark
from tasks.documents.generators import available
from tasks.documents.models import DocumentBatch
from tasks.documents.request_options import SYNONYMS
from tasks.documents.request_shapes import SHAPES, count_asked, emptied, is_request

__all__ = [
    "BATCH",
    "GENERATORS",
    "RANK",
    "REPLIES",
    "SHAPES",
    "SYNONYMS",
    "check",
    "divide",
    "is_request",
    "size_of",
    "spill",
]

if TYPE_CHECKING:
    from tasks.claims import Claims
    from tasks.documents.regeneration import Regeneration
    from tasks.documents.reply import BatchReply
    from tasks.ledger.past import Past
    from tasks.parts import Cut
    from tasks.plans import Planned
    from tasks.previews import Preview
    from tasks.results import BatchResult
    from tasks.sentences import Form

RANK = 0
"""First among the kinds: it needs neither a model nor a voice."""

GENERATORS = available()
"""What a content config may name as the type of its pattern and is made by this version."""

BATCH = DocumentBatch
"""The model that a spec of this kind is read into."""


def size_of(batch: DocumentBatch) -> int:
    """Count the documents a batch asks for."""
    if batch.items_file is None:
        return count_asked(batch)
    from tasks.documents.request import read_operations

    return len(read_operations(batch))


def spill(batch: DocumentBatch, path: Path) -> DocumentBatch:
    """Write all operations to a file and return the batch that names it instead."""
    from tasks.documents.items_file import write_items_file
    from tasks.documents.request import read_operations

    # Named by its content: a spec that was edited while its batch runs must not change that batch's file.
    operations = read_operations(batch)
    mark = hashlib.sha256(repr(operations).encode()).hexdigest()[:12]
    path = path.with_name(f"{path.stem}-{mark}{path.suffix}")
    sha256 = write_items_file(path, operations)
    # What the fields say together stands in the file now, down to the last value.
    return batch.model_copy(update={**emptied(), "items_file": path, "items_sha256": sha256})


def divide(batch: DocumentBatch, cut: Cut) -> list[tuple[dict[str, Any], int]]:
    """Cut a batch into parts; of each, the fields in which it differs, and its size."""
    from tasks.documents.dividing import divide_documents

    return divide_documents(batch, cut)


def check(batch: DocumentBatch, file: str, text: str) -> Iterator[Problem]:
    """Find what is wrong with the documents of a batch without making them."""
    from tasks.documents.checking import check_documents

    return check_documents(batch, file, text)


def remarks(batch: DocumentBatch) -> Iterator[Remark]:
    """Say how the configs that were checked have been read, where that takes saying."""
    from tasks.documents.checking import remarks_on

    return remarks_on(batch.base_dir)


def plan(batch: DocumentBatch, claims: Claims) -> Planned:
    """Return the documents of a batch and how each is foreseen."""
    from tasks.documents.planning import plan_documents

    return plan_documents(batch, claims)


def preview(batch: DocumentBatch, item_id: str | None, most: int) -> tuple[int, Iterator[Preview]]:
    """Count the documents of a batch, and show the first of them or one as they would be made now."""
    from tasks.documents.previewing import preview_documents

    return preview_documents(batch, item_id, most)


def regenerate(template: str, base_dir: Path, past: Past, output_dir: Path | None) -> Regeneration:
    """Find the configs that use a template, and the documents that are made again when it has changed."""
    from tasks.documents.regeneration import regenerate_documents

    return regenerate_documents(template, base_dir, past, output_dir)


def sentences() -> Sequence[Form]:
    """Return the forms of sentences that ask for documents."""
    from tasks.documents.sentences import FORMS

    return FORMS


def reply(result: BatchResult, batch: DocumentBatch) -> BatchReply:
    """Put a batch's result in the form that those who asked for documents know."""
    from tasks.documents.reply import batch_reply

    return batch_reply(result, batch)


REPLIES = {"batch_reply.json": reply}
"""Documents that lie beside `batch_summary.json`, in the source's own form."""
