"""Batches from Python: make one, and hear of each item as it is done.

    from flows.generate import batch_generate, batch_generate_stream, retry_failed

    result = batch_generate(["note-1", "note-2"], base_dir="site", on_progress=print)
    result = batch_generate(["note-1", "note-2"], shared_context={"month": "May"}, contexts={"note-2": {"day": 3}})
    for item in batch_generate_stream(["note-1", "note-2"], base_dir="site"):
        ...
    result = retry_failed(result)

They differ from a direct call of the flow only in that items which are too many for Prefect's
parameters go to a file first.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import copy_context
from importlib import import_module
from pathlib import Path
from queue import SimpleQueue
from typing import Any, cast

from pydantic import JsonValue

from flows.answering import answering
from flows.callbacks import Callbacks, OnBatch, OnItem, item_result
from tasks.documents.models import DocumentBatch
from tasks.documents.request import named_operations
from tasks.errors import BatchFailed, fault
from tasks.events import Listener, Progress, listening
from tasks.ledger.store import Ledger
from tasks.models import CAME_OUT, BatchOptions, ItemStatus, Mode, Outcome, Select
from tasks.parameters import BOUNDLESS
from tasks.results import BatchResult, ItemResult
from tasks.settings import settings
from tasks.specs import kind_spec, new_batch_id, read_stored, spilled

logger = logging.getLogger("pressroom")

OnProgress = Callable[[int, int, str], object]
Values = Mapping[str, JsonValue] | str
"""Names and values, or the JSON text of such an object."""
CANCEL_EVERY = 0.2


def batch_generate(
    ids: Iterable[str],
    *,
    base_dir: str | os.PathLike[str] = ".",
    output_dir: str | os.PathLike[str] | None = None,
    contexts: Mapping[str, Values] | None = None,
    shared_context: Values | None = None,
    on_progress: OnProgress | None = None,
    **options: Any,
) -> BatchResult:
    """Make a document from each content config and return what became of them.

    `contexts` holds values by config id; they win over the shared ones, and these over the configs' own.
    `on_progress(completed, total, config_id)` is called once for each item that is done; what it raises
    is logged and harms nothing. `options` are the fields of `DocumentBatch`: with `operations`, `requests` or a
    `matrix` among them, `ids` may be empty. Raises `BatchFailed`, which carries `.result`, when nothing succeeded
    or the batch was stopped.
    """
    batch = _documents(ids, base_dir, output_dir, contexts, shared_context, options)
    return run_batch("documents", batch, _Counted(on_progress, batch).hear if on_progress is not None else None)


def batch_generate_stream(
    ids: Iterable[str],
    *,
    base_dir: str | os.PathLike[str] = ".",
    output_dir: str | os.PathLike[str] | None = None,
    contexts: Mapping[str, Values] | None = None,
    shared_context: Values | None = None,
    **options: Any,
) -> Iterator[ItemResult]:
    """Make a document from each content config and yield each result as it is done.

    Every item is yielded once, those that did not come out included. Closing the iterator early cancels
    the batch; what is finished is kept.
    """
    batch = _documents(ids, base_dir, output_dir, contexts, shared_context, options)
    stream = _Stream(batch)
    try:
        yield from stream.results()
    finally:
        stream.end()


def retry_failed(result: BatchResult) -> BatchResult:
    """Try a batch's failed items again, and those skipped because of them; the whole batch's result comes back."""
    if not any(one.status in (ItemStatus.FAILED, ItemStatus.SKIPPED) for one in result.results):
        return result
    ledger = Ledger(settings())
    try:
        row = ledger.batch(result.batch_id)
    finally:
        ledger.close()
    if row is None:
        raise fault("UNKNOWN_BATCH", batch_id=result.batch_id)
    return run_batch(row.kind, read_stored(row.kind, row.spec, Select.FAILED))


def run_batch(
    kind: str,
    batch: BatchOptions,
    listener: Listener | None = None,
    *,
    on_item_complete: OnItem | None = None,
    on_batch_complete: OnBatch | None = None,
) -> BatchResult:
    """Run a batch of a kind and return what became of it; `listener` hears of each change.

    `on_item_complete(item_id, result)` is called once for each item that this run brings to an end, and
    `on_batch_complete(result)` when reports are written, notifications sent and temporary files gone; what they raise
    is logged and harms nothing. Raises `BatchFailed`, which carries `.result`, when nothing succeeded or the batch was
    stopped, UNKNOWN_KIND where there is no such kind, and NO_SERVER where the server that Prefect is set to does not
    answer.
    """
    kind_spec(kind)
    flow: Any = getattr(import_module(f"flows.{kind}"), kind)
    if batch.batch_id is None:
        batch = batch.model_copy(update={"batch_id": new_batch_id(kind)})
    calls = Callbacks(batch.mode, on_item_complete, on_batch_complete)
    with listening(batch.batch_id or "", listener or _ignore), listening(batch.batch_id or "", calls.hear):
        try:
            with answering():
                result = cast(BatchResult, flow(spilled(kind, batch, settings().home)))
        except BatchFailed as error:
            if error.result is not None:
                calls.end(error.result)
            raise
    calls.end(result)
    return result


def ask_to_cancel(batch_id: str) -> None:
    """Ask a batch to end and to keep what is finished; one that is not in the ledger yet hears nothing."""
    ledger = Ledger(settings())
    try:
        ledger.update_batch(batch_id, control="cancel")
    finally:
        ledger.close()


def _ignore(_progress: Progress, _outcomes: list[Outcome]) -> None:
    """Hear nothing."""


def _documents(
    ids: Iterable[str],
    base_dir: str | os.PathLike[str],
    output_dir: str | os.PathLike[str] | None,
    contexts: Mapping[str, Values] | None,
    shared_context: Values | None,
    options: dict[str, Any],
) -> DocumentBatch:
    given = {"batch_id": new_batch_id("documents"), "base_dir": Path(base_dir).absolute(), **options}
    given |= {"individual_contexts": contexts} if contexts is not None else {}
    given |= {"shared_context": shared_context} if shared_context is not None else {}
    if output_dir is not None:
        given["output_dir"] = Path(output_dir).absolute()
    given["content_config_ids"] = list(ids)
    batch = DocumentBatch.model_validate(given, context=BOUNDLESS)
    if batch.batch_id is None:
        batch = batch.model_copy(update={"batch_id": new_batch_id("documents")})
    return batch


class _Counted:
    """Turns snapshots and outcomes into calls of `on_progress`, one an item."""

    def __init__(self, on_progress: OnProgress, batch: DocumentBatch) -> None:
        self._on_progress = on_progress
        # Not to be read off an item's name, which tells the items of one config apart.
        self._configs = {name: operation.content_config_id for name, operation in named_operations(batch)}
        self._seen: set[str] = set()
        self._before: int | None = None

    def hear(self, progress: Progress, outcomes: list[Outcome]) -> None:
        if not outcomes:
            return
        if self._before is None:
            self._before = progress.finished - len(outcomes)
        for outcome in outcomes:
            if outcome.item_id in self._seen:
                continue  # Mode `retry` ends an item more than once.
            self._seen.add(outcome.item_id)
            config_id = self._configs.get(outcome.item_id, outcome.item_id)
            try:
                self._on_progress(self._before + len(self._seen), progress.total, config_id)
            except Exception:
                logger.exception("`on_progress` raised for %r.", config_id)


class _Stream:
    """A batch in a thread of its own, whose outcomes come through a queue."""

    def __init__(self, batch: BatchOptions) -> None:
        self._batch = batch
        self._queue: SimpleQueue[list[ItemResult] | None] = SimpleQueue()
        self._result: BatchResult | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(
            target=copy_context().run, args=(self._run,), name="pressroom-stream", daemon=True
        )

    def results(self) -> Iterator[ItemResult]:
        """Yield each item's result once."""
        told: set[str] = set()
        self._thread.start()
        while (batch := self._queue.get()) is not None:
            for one in batch:
                told.add(one.item_id)
                yield one
        if self._result is None:
            assert self._error is not None
            raise self._error
        # Made in an earlier run, cancelled, or kept back because mode `retry` might have tried them again.
        yield from (one for one in self._result.results if one.item_id not in told)

    def end(self) -> None:
        """Cancel the batch if it still runs, and wait for its end."""
        while self._thread.is_alive():
            # Said again and again, because a batch that is just beginning wipes out what was asked before.
            ask_to_cancel(self._batch.batch_id or "")
            self._thread.join(CANCEL_EVERY)

    def _run(self) -> None:
        try:
            self._result = run_batch("documents", self._batch, self._hear)
        except BatchFailed as error:
            self._result, self._error = error.result, error
        except BaseException as error:
            self._error = error
        finally:
            self._queue.put(None)

    def _hear(self, _progress: Progress, outcomes: list[Outcome]) -> None:
        final = [one for one in outcomes if self._batch.mode is not Mode.RETRY or one.status in CAME_OUT]
        if final:
            self._queue.put([item_result(one) for one in final])
