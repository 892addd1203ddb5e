"""A large batch of documents in parts: all documents of one file stay together, so that a conflict is seen."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from tasks.documents.models import DocumentBatch, Operation
from tasks.documents.request import read_operations
from tasks.documents.request_shapes import emptied
from tasks.parts import Cut, units_by


def divide_documents(batch: DocumentBatch, cut: Cut) -> list[tuple[dict[str, Any], int]]:
    """Return of each part the fields in which it differs from the batch, and how many documents it has."""
    blank = emptied()
    return [({**blank, "operations": part}, len(part)) for part in cut(units_by(read_operations(batch), _file))]


def _file(one: Operation) -> Hashable:
    return one.output_path or (one.content_config_id, one.label)
