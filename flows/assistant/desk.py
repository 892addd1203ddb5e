"""What the tools work with: the folder, the batches at work, and threads for what blocks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from anyio import CancelScope
from anyio.to_thread import run_sync
from fastmcp import Context

from flows.assistant.folder import Folder
from flows.assistant.jobs import Job, Jobs, wait_for
from flows.assistant.replies import Document, at_work, told
from flows.command import status
from flows.command.again import at_rest, is_work_left, stored
from tasks.errors import BatchFailed, PressroomError, fault
from tasks.ledger.glance import BatchDocument
from tasks.models import BatchOptions, Select
from tasks.results import BatchResult
from tasks.specs import kind_spec

ResultT = TypeVar("ResultT")


class Desk:
    """One server's state."""

    def __init__(self, root: Path) -> None:
        self.folder = Folder(root)
        self.jobs = Jobs()

    async def do(self, function: Callable[[], ResultT]) -> ResultT:
        """Do what reads files or the ledger, away from the event loop."""
        return await run_sync(function, abandon_on_cancel=True)

    async def start(self, function: Callable[[], ResultT]) -> ResultT:
        """Do what begins a batch, to its end: a call that is cancelled meanwhile must have the batch that it ends."""
        with CancelScope(shield=True):
            begun = await run_sync(function)
        return begun

    def begin(self, kind: str, batch: BatchOptions) -> Job:
        """Begin a batch; EMPTY_BATCH when it asks for nothing."""
        if kind_spec(kind).size_of(batch) == 0:
            raise fault("EMPTY_BATCH")
        return self.jobs.start(kind, batch)

    def take_up(self, batch_id: str, select: Select) -> Job | BatchDocument:
        """Take a known batch up again, or say what became of it where there is nothing to take up.

        BATCH_BUSY when somebody has it at work, PATH_OUTSIDE when it belongs to another folder.
        """
        result = at_rest(batch_id)
        if not is_work_left(result, select):
            return result
        kind, batch = stored(batch_id, select)
        self.folder.refuse_leaving(batch)
        return self.jobs.start(kind, batch)

    def standing(self, batch_id: str, most: int) -> Document:
        """Say where a batch stands; one that never reached the ledger is told of by its job."""
        job = self.jobs.find(batch_id)
        try:
            return told(status.as_document(batch_id), most)
        except PressroomError as error:
            if error.code != "UNKNOWN_BATCH" or job is None:
                raise
        if job.outcome.done():
            job.outcome.result()
        return at_work(job)


async def outcome_of(job: Job, context: Context, seconds: float) -> BatchResult | BatchFailed | Document:
    """Wait so long for a batch and return what became of it, or that it goes on; raise why it did not run."""
    if not await wait_for(job, context, seconds):
        return at_work(job)
    try:
        return job.outcome.result()
    except BatchFailed as error:
        return error
