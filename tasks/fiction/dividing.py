"""A large batch of fiction in parts: the steps and chapters of a project wait for each other, and stay together."""

from __future__ import annotations

from typing import Any

from tasks.fiction.asked import entries_of
from tasks.fiction.models import FictionBatch
from tasks.parts import Cut, units_by


def divide_fiction(batch: FictionBatch, cut: Cut) -> list[tuple[dict[str, Any], int]]:
    """Return of each part the fields in which it differs from the batch, and how many entries it has."""
    blank: dict[str, Any] = {"job_id": None, "projects": [], "items_file": None, "items_sha256": None}
    parts = cut(units_by(entries_of(batch), lambda entry: entry.project_id))
    return [({**blank, "items": part}, len(part)) for part in parts]
