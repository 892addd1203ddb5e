"""Documents: from content configs to files.

    fill    ──▶ fill_documents                                   many to a task, text replacement
    render  ──▶ render_documents                                 many to a task, killable processes
    write   ──▶ load_document ─▶ generate_document ─▶ write_document      one item a task, a model writes

Each lane has a window of its own, so documents that take milliseconds never wait for those that take
half a minute. Within a lane the more urgent enter first.
"""

from __future__ import annotations

from prefect import flow

from flows.batch import open_batch
from flows.lanes import MIB, Lane
from flows.plan import Prepare
from flows.run_notices import tell_failure
from flows.runner import EventLoopTaskRunner
from flows.scheduled import run_name
from tasks.claims import Claims
from tasks.documents.models import DocumentBatch, DocumentItem
from tasks.documents.plan import DocumentPlan
from tasks.documents.request import items_of
from tasks.documents.stages import (
    fill_documents,
    generate_document,
    load_document,
    render_documents,
    write_document,
)
from tasks.results import BatchResult

LANES = (
    # One at a time: two would hold up each other for the interpreter's lock (measured: 0.87 of the rate). The next
    # ones are in flight, and wait for the place.
    Lane("fill", limit=1, stages=("fill_documents",), chunk=500, cpu_bound=True),
    Lane("render", limit=8, stages=("render_documents",), chunk=10, cpu_bound=True, memory_per_item=128 * MIB),
    Lane("write", limit=5, stages=("generate_document",), memory_per_item=64 * MIB, together="content_config_id"),
)


def _plan(batch: DocumentBatch, claims: Claims) -> tuple[list[DocumentItem], Prepare[DocumentItem]]:
    return items_of(batch), DocumentPlan(batch, claims.claim).prepare


@flow(
    name="documents",
    flow_run_name=run_name,
    task_runner=EventLoopTaskRunner(),
    result_serializer="json",
    on_failure=[tell_failure],
)
def documents(batch: DocumentBatch) -> BatchResult:
    """Make a batch of documents and return what became of each.

    Raises `BatchFailed`, which carries `.result`, when nothing succeeded or the batch was stopped.
    """
    with open_batch("documents", batch, _plan, lanes=LANES) as run:
        for fill, render, write in run.window():
            run.collect(fill, fill_documents.map(fill.chunks))
            run.collect(render, render_documents.map(render.chunks))
            loaded = load_document.map(write.items)
            run.collect(write, write_document.map(loaded, generate_document.map(loaded)))
    return run.settle()
