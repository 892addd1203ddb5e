"""What an assistant is told: the documents of the command line, cut to what it can take in."""

from __future__ import annotations

from typing import Any

from flows.assistant.advice import NOTE, advice, in_tools
from flows.assistant.jobs import Job
from tasks.documents.models import DocumentBatch
from tasks.documents.reply import batch_reply
from tasks.errors import BatchFailed, PressroomError
from tasks.results import BatchResult
from tasks.specs import output_folder

TEXT_BYTES = 50_000
"""Most bytes of documents in a reply; it only names the files of the longest, if they are more."""
Document = dict[str, Any]


def shortened(document: Document, name: str, most: int, *, good: str = "") -> Document:
    """Cut a list in a document; those whose status is not `good` come first.

    `<name>_left_out` counts the rest.
    """
    rows: list[Any] = document[name]
    if good:
        rows = sorted(rows, key=lambda row: row["status"] == good)
    return {**document, name: rows[:most], f"{name}_left_out": max(0, len(rows) - most)}


def error_document(error: PressroomError) -> Document:
    """Tell an error, its remedy in the names of the tools."""
    return {"code": error.code, "message": error.message, "remedy": in_tools(error.remedy)}


def told(document: Document, most: int) -> Document:
    """Tell of a batch: of its items those not made first, and what can be done next."""
    cut = shortened({**document, **advice(document)}, "results", most, good="succeeded")
    rows = [{**row, "remedy": in_tools(row["remedy"])} for row in cut["results"]]
    return {**cut, "reason": in_tools(cut["reason"]), "results": rows}


def result_of(outcome: BatchResult | BatchFailed) -> tuple[BatchResult, Document]:
    """Return a batch's result, with the reason where it came to nothing or was stopped."""
    if isinstance(outcome, BatchResult):
        return outcome, {}
    if outcome.result is None:
        raise outcome
    return outcome.result, {"error": error_document(outcome)}


def in_common_form(outcome: BatchResult | BatchFailed, most: int) -> Document:
    """Tell what became of a batch in the form of every kind."""
    result, more = result_of(outcome)
    return {**told(result.model_dump(mode="json"), most), **more}


def in_source_form(outcome: BatchResult | BatchFailed, batch: DocumentBatch) -> Document:
    """Tell what became of documents in the form that those who ask for them know."""
    result, more = result_of(outcome)
    reply = batch_reply(result, batch, text_bytes=TEXT_BYTES).model_dump(mode="json")
    note = advice(result.model_dump(mode="json"))
    return {"batch_id": result.batch_id, **reply, "output_dir": result.output_dir, **note, **more}


def at_work(job: Job) -> Document:
    """Tell of a batch that goes on after its call has waited long enough."""
    progress = job.watch.progress
    return {
        "batch_id": job.batch_id,
        "kind": job.kind,
        "status": "running",
        "total": progress.total if progress is not None else None,
        "counts": job.watch.counts(),
        "output_dir": str(output_folder(job.batch)),
        NOTE: "It goes on in the background; `batch_status` says how far it is, `cancel_batch` ends it.",
    }
