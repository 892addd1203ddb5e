"""Batches from Python: run one and hear of each item as it is done."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from tasks.events import Listener, listening
from tasks.settings import settings
from tasks.specs import spilled

if TYPE_CHECKING:
    from tasks.models import BatchOptions, BatchResult


def run_batch(kind: str, batch: BatchOptions, listener: Listener) -> BatchResult:
    """Run a named batch of a kind and return what became of it; `listener` hears of each change.

    Raises `BatchFailed`, which carries `.result`, when nothing succeeded or the batch was stopped.
    """
    flow: Any = getattr(import_module(f"flows.{kind}"), kind)
    with listening(batch.batch_id or "", listener):
        return cast("BatchResult", flow(spilled(kind, batch, settings().home)))
