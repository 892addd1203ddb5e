"""The server that assistants talk to: its tools, its one resource, and what becomes of errors."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import anyio
from fastmcp import FastMCP
from fastmcp.exceptions import FastMCPError
from fastmcp.server.middleware import CallNext, Middleware, MiddlewareContext
from fastmcp.tools import ToolResult
from mcp_types import CallToolRequestParams
from pydantic import ValidationError

from flows.assistant.desk import Desk
from flows.assistant.looking import Looking
from flows.assistant.making import Making
from flows.assistant.parameters import MOST_ITEMS
from flows.assistant.replies import error_document
from flows.command import capabilities
from tasks.complaints import complaints
from tasks.documents.models import DocumentBatch
from tasks.errors import PressroomError, as_fault, rebuilt

logger = logging.getLogger("pressroom")
END_SECONDS = 20.0
"""How long batches may take to end when the assistant leaves; what is finished is kept in any case."""

INSTRUCTIONS = """Pressroom makes content in batches: documents from content configs, creators' weekly schedules, \
fiction, podcast episodes. Read capabilities://server for kinds, fields of specs and limits. `validate`, `plan` and \
`preview_generation` make nothing; `batch_generate` makes documents, `run_batch` a batch of any kind. One that takes \
longer than `wait_seconds` goes on: follow it with `batch_status`. Failed items are tried again with `retry_failed`. \
Where a reply has a `note`, it says what can be done next: by which tool, or by a person, who must be told, since \
for what people decide there is no tool. An error has a code, a message and a remedy; where that names \
`pressroom resume` or `retry`, use `resume_batch` or `retry_failed`."""


def build(root: Path) -> FastMCP[Any]:
    """Build a server for a folder, which no request leaves."""
    desk = Desk(root)

    @asynccontextmanager
    async def lifespan(_server: FastMCP[Any]) -> AsyncIterator[None]:
        yield
        with anyio.move_on_after(END_SECONDS, shield=True):
            await desk.jobs.end()

    server: FastMCP[Any] = FastMCP(
        "pressroom", INSTRUCTIONS, version=version("pressroom"), middleware=[Refusals()], lifespan=lifespan
    )
    Making(desk).add_to(server)
    Looking(desk).add_to(server)

    @server.resource("capabilities://server", mime_type="application/json")
    def read_capabilities() -> str:
        """What this version can do: kinds with the fields of their specs, shapes of requests, generators, limits."""
        found = capabilities.as_document()
        found["limits"] |= {
            "max_batch_size": MOST_ITEMS,
            "note": "`batch_generate` takes so many items in a call; a spec file for `run_batch` may have any number.",
        }
        return json.dumps(found, ensure_ascii=False)

    return server


class Refusals(Middleware):
    """Turns what a tool raises into a reply with code, message and remedy."""

    async def on_call_tool(
        self,
        context: MiddlewareContext[CallToolRequestParams],
        call_next: CallNext[CallToolRequestParams, ToolResult],
    ) -> ToolResult:
        """Call a tool."""
        try:
            return await call_next(context)
        except FastMCPError as error:
            cause = error.__cause__
            if cause is None:
                raise  # fastmcp's own, such as of a tool that does not exist.
            found = _refused(cause, context.message.name)
        document = {"error": error_document(found)}
        return ToolResult(json.dumps(document, ensure_ascii=False), document, is_error=True)


def _refused(cause: BaseException, tool: str) -> PressroomError:
    if isinstance(cause, ValidationError):
        first = complaints(cause, DocumentBatch, tool, "")[0]
        why = first.message.partition(f"{first.field}: ")[2] or first.message
        code = "INVALID_INPUT" if first.code == "SPEC_INVALID" else first.code
        return rebuilt(code, f"{tool}, {first.field}: {why}", first.remedy)
    found = as_fault(cause, what=tool)
    if found.code == "INTERNAL":
        logger.error("The tool %r failed.", tool, exc_info=cause)
    return found
