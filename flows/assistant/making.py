"""The tools that make something: batches of documents and of every kind, and those that are taken up again."""

from __future__ import annotations

from typing import Annotated, Any, cast

from fastmcp import Context as Call
from fastmcp import FastMCP
from pydantic_core import to_jsonable_python

from flows.assistant.desk import Desk, outcome_of
from flows.assistant.jobs import Job
from flows.assistant.parameters import (
    MOST_ITEMS,
    WAIT_SECONDS,
    BatchId,
    Most,
    NewBatchId,
    SpecParameter,
    WaitSeconds,
    of_spec,
)
from flows.assistant.replies import Document, in_common_form, in_source_form, told
from flows.command.ledger import ask, result_of
from tasks.documents.contexts import ConfigId, Context, Contexts
from tasks.documents.matrix import Matrix
from tasks.documents.models import DocumentBatch, Operation
from tasks.errors import fault
from tasks.ledger.batch_rows import AT_WORK
from tasks.models import JsonObject, Mode, Reuse, Select
from tasks.specs import kind_spec

KIND = "documents"
MAKES = {"destructiveHint": True, "idempotentHint": True, "openWorldHint": True}
"""What clients are told of these tools: they overwrite files, models answer, and nothing is made twice."""


def _many(name: str) -> Any:
    return of_spec(name, max_length=MOST_ITEMS)


class Making:
    """These tools, at one server's desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def add_to(self, server: FastMCP[Any]) -> None:
        """Add them to a server."""
        for tool in (self.batch_generate, self.run_batch, self.retry_failed, self.resume_batch, self.cancel_batch):
            server.tool(tool, annotations=MAKES)

    async def batch_generate(
        self,
        call: Call,
        content_config_ids: Annotated[list[ConfigId], _many("content_config_ids")] = [],  # noqa: B006
        operations: Annotated[list[Operation], _many("operations")] = [],  # noqa: B006
        requests: Annotated[list[Operation], _many("requests")] = [],  # noqa: B006
        content_ids: Annotated[list[ConfigId], _many("content_ids")] = [],  # noqa: B006
        matrix: Annotated[Matrix | None, of_spec("matrix")] = None,
        shared_context: Annotated[Context, of_spec("shared_context")] = {},  # noqa: B006
        individual_contexts: Annotated[Contexts, of_spec("individual_contexts")] = {},  # noqa: B006
        output_dir: Annotated[str | None, of_spec("output_dir", min_length=1)] = None,
        base_dir: Annotated[str | None, of_spec("base_dir", min_length=1)] = None,
        force: Annotated[bool, of_spec("force")] = False,
        continue_on_error: Annotated[bool | None, of_spec("continue_on_error")] = None,
        max_parallel: Annotated[int | None, of_spec("max_parallel", ge=1, le=1000)] = None,
        max_parallelism: Annotated[int | None, of_spec("max_parallelism", ge=1, le=1000)] = None,
        model: Annotated[str | None, of_spec("model")] = None,
        batch_id: NewBatchId = None,
        wait_seconds: WaitSeconds = WAIT_SECONDS,
    ) -> Document:
        """Make documents from content configs, many at once, and write them to files.

        Say what to make in one of five ways: `content_config_ids` or `content_ids`, `operations` or `requests` with
        values and output paths of their own, or a `matrix`. A failure does not stop the others: each result has
        `success`, and `errors` lists what failed. What was made before from the same input is not made again
        (`skipped`). The reply holds the texts where they are short; `output_path` names each file.
        """
        given = _given({name: value for name, value in locals().items() if name in DocumentBatch.model_fields})
        job = await self.desk.start(lambda: self.desk.begin(KIND, _documents(self.desk, given)))
        outcome = await outcome_of(job, call, wait_seconds)
        if isinstance(outcome, dict):
            return outcome
        return await self.desk.do(lambda: in_source_form(outcome, cast(DocumentBatch, job.batch)))

    async def run_batch(
        self,
        call: Call,
        spec: SpecParameter,
        batch_id: NewBatchId = None,
        mode: Annotated[Mode | None, of_spec("mode")] = None,
        reuse: Annotated[Reuse | None, of_spec("reuse")] = None,
        max_parallel: Annotated[int | None, of_spec("max_parallel", ge=1, le=1000)] = None,
        wait_seconds: WaitSeconds = WAIT_SECONDS,
        most: Most = 100,
    ) -> Document:
        """Make a batch of any kind from a spec: documents, creators' weeks, fiction, episodes of a podcast.

        The same `batch_id` again goes on with that batch. `validate` and `plan` say before what is wrong and what it
        would take; fiction and podcasts may take hours, and models cost money (`budget` in the spec bounds it).
        """
        given = _given({"batch_id": batch_id, "mode": mode, "reuse": reuse, "max_parallel": max_parallel})

        def begin() -> Job:
            read = self.desk.folder.load(spec, given)
            return self.desk.begin(read.kind, read.batch)

        return await self._told(await self.desk.start(begin), call, wait_seconds, most)

    async def retry_failed(
        self, call: Call, batch_id: BatchId, wait_seconds: WaitSeconds = WAIT_SECONDS, most: Most = 100
    ) -> Document:
        """Try the failed items of a batch again, and those skipped because of them. The whole batch is told of."""
        return await self._again(batch_id, Select.FAILED, call, wait_seconds, most)

    async def resume_batch(
        self, call: Call, batch_id: BatchId, wait_seconds: WaitSeconds = WAIT_SECONDS, most: Most = 100
    ) -> Document:
        """Go on with a batch that was cancelled, stopped or interrupted. What is finished stays as it is."""
        return await self._again(batch_id, Select.UNFINISHED, call, wait_seconds, most)

    async def cancel_batch(self, batch_id: BatchId, most: Most = 50) -> Document:
        """End a batch that is at work. What is finished is kept, and `resume_batch` goes on."""
        if (job := self.desk.jobs.find(batch_id)) is not None and not job.outcome.done():
            await self.desk.do(job.cancel)
        else:
            await self.desk.do(lambda: _ask_to_cancel(batch_id))
        return await self.desk.do(lambda: self.desk.standing(batch_id, most))

    async def _again(self, batch_id: str, select: Select, call: Call, seconds: float, most: int) -> Document:
        found = await self.desk.start(lambda: self.desk.take_up(batch_id, select))
        if isinstance(found, Job):
            return await self._told(found, call, seconds, most)
        return told({**found}, most)

    async def _told(self, job: Job, call: Call, seconds: float, most: int) -> Document:
        outcome = await outcome_of(job, call, seconds)
        return outcome if isinstance(outcome, dict) else await self.desk.do(lambda: in_common_form(outcome, most))


def _documents(desk: Desk, given: JsonObject) -> DocumentBatch:
    """Read a request for documents; BATCH_TOO_LARGE when it asks for more than one call takes."""
    batch = cast(DocumentBatch, desk.folder.load({"kind": KIND, **given}).batch)
    if (size := kind_spec(KIND).size_of(batch)) > MOST_ITEMS:
        raise fault("BATCH_TOO_LARGE", size=size, limit=MOST_ITEMS)
    return batch


def _given(values: dict[str, Any]) -> JsonObject:
    """Return what was said, as fields of a spec; what was left out is the spec's own to decide."""
    found: JsonObject = to_jsonable_python(
        {name: value for name, value in values.items() if value not in (None, [], {})}
    )
    return found


def _ask_to_cancel(batch_id: str) -> None:
    """Ask a batch that another process has at work."""
    if (status := result_of(batch_id)["status"]) not in AT_WORK:
        raise fault("BATCH_NOT_RUNNING", batch_id=batch_id, status=status, hint="`batch_status` shows it.")
    ask(batch_id, "cancel")
