"""The tools that make nothing: what is wrong with a spec, what it would make, and where batches stand."""

from __future__ import annotations

from typing import Annotated, Any

from fastmcp import Context as Call
from fastmcp import FastMCP
from pydantic import Field

from flows.assistant.desk import Desk
from flows.assistant.folder import REQUEST
from flows.assistant.jobs import wait_for
from flows.assistant.parameters import MaybeBatchId, MaybeSpec, Most, SpecParameter, WaitSeconds
from flows.assistant.replies import Document, shortened
from flows.command import plan as planning
from flows.command import preview as previewing
from flows.command import status as standing
from flows.command import validate as checking
from flows.command.ledger import looking
from tasks.documents.contexts import ConfigId, Context
from tasks.errors import fault
from tasks.planner import plan_batch
from tasks.settings import settings
from tasks.specs import Spec, check_read, hook, name_batch

LOOKS = {"readOnlyHint": True}
"""What clients are told of these tools, so that they need not ask before each call."""
ItemId = Annotated[str | None, Field(description="Only this item.")]


class Looking:
    """These tools, at one server's self.desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def add_to(self, server: FastMCP[Any]) -> None:
        """Add them to a server."""
        for tool in (self.preview_generation, self.validate, self.plan, self.batch_status):
            server.tool(tool, annotations=LOOKS)

    async def preview_generation(
        self,
        content_config_id: Annotated[ConfigId | None, Field(description="A content config to preview.")] = None,
        context: Annotated[Context, Field(description="Values for its template, before the config's own.")] = {},  # noqa: B006
        spec: MaybeSpec = None,
        item_id: ItemId = None,
        most: Annotated[int, Field(ge=1, le=20, description="How many items of a spec to show.")] = 3,
    ) -> Document:
        """Show what would be made, without writing it: of one content config with values, or of the items of a spec.

        Tells the text, the template and its hash, where each value comes from, which are missing and which are not
        used. What a model would write is not made: its prompt is shown. For time and cost see `plan`.
        """
        return await self.desk.do(lambda: _previewed(self.desk, content_config_id, context, spec, item_id, most))

    async def validate(self, spec: SpecParameter, most: Most = 50) -> Document:
        """Find what is wrong with a spec and all it names, without making anything.

        Lists each problem with code, message, remedy, file, line and field; `valid` says whether there is none.
        """

        def check() -> Document:
            checked = check_read(*self.desk.folder.read(spec))
            return shortened(checking.as_document(_named(spec), checked), "problems", most)

        return await self.desk.do(check)

    async def plan(self, spec: SpecParameter, most: Most = 50) -> Document:
        """Say of each item of a spec what `run_batch` would do with it and why, with time, tokens and money.

        `counts` has the verdicts: new, rerun (and what has changed), reuse, done, left, refused. Makes nothing.
        """

        def foresee() -> Document:
            read = self.desk.folder.load(spec)
            with looking() as glance:
                execute = glance.execute if glance is not None else None
                found = plan_batch(
                    read.kind, read.batch, hook(read.kind, "plan", "be planned"), execute, settings().home
                )
            return shortened(planning.as_document(_named(spec), found), "items", most)

        return await self.desk.do(foresee)

    async def batch_status(
        self, call: Call, batch_id: MaybeBatchId = None, wait_seconds: WaitSeconds = 0.0, most: Most = 50
    ) -> Document:
        """Say where a batch stands: status, counts, what is at work, money, and its items, those not made first.

        Without `batch_id`: all batches, the newest first. With `wait_seconds` it waits for the end of a batch that
        this server has at work.
        """
        if batch_id is None:
            return shortened(await self.desk.do(standing.all_as_document), "batches", most)
        if wait_seconds and (job := self.desk.jobs.find(batch_id)) is not None:
            await wait_for(job, call, wait_seconds, cancels=False)
        return await self.desk.do(lambda: self.desk.standing(batch_id, most))


def _previewed(
    desk: Desk, content_config_id: str | None, context: Any, spec: Any, item_id: str | None, most: int
) -> Document:
    if (content_config_id is None) == (spec is None):
        raise fault("INVALID_INPUT", what="Name either `content_config_id` or `spec`.")
    if content_config_id is not None:
        spec = {"operations": [{"content_config_id": content_config_id, "context": context}]}
    read: Spec = desk.folder.load(spec)
    make = hook(read.kind, "preview", "be previewed")
    total, previews = make(name_batch(read.kind, read.batch), item_id, most)
    shown = list(previews)
    if content_config_id is not None:
        return previewing.item_document(shown[0])
    return previewing.as_document(_named(spec), read.kind, total, shown)


def _named(spec: Any) -> str:
    return spec if isinstance(spec, str) and not spec.lstrip().startswith("{") else str(REQUEST)
