"""Asking a search of the web."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from tasks.errors import fault
from tasks.governor.charges import Charge
from tasks.llm.exchange import Exchange
from tasks.llm.failures import failed, is_refused
from tasks.llm.vendors import line_to

MOST_BYTES = 4_000_000
SECONDS = 60.0
"""How long an answer may take."""
ReplyT = TypeVar("ReplyT")
Read = Callable[[bytes], tuple[ReplyT, Charge]]
"""Reads an answer and what it used, or raises ValueError."""


class Request(NamedTuple):
    """A request as a search wants it."""

    url: str
    headers: dict[str, str]
    query: dict[str, str] | None = None
    """What it is asked in its address."""
    body: dict[str, Any] | None = None
    """What it is sent; without, it is asked by its address alone."""


async def ask_search(lane: str, request: Request, worst: Charge, read: Read[ReplyT]) -> Exchange[ReplyT]:
    """Ask a search once. Raises nothing but cancellation, for what was used must be settled."""
    started = time.perf_counter()
    exchange = await _asked(lane, request, worst, read)
    return dataclasses.replace(exchange, seconds=time.perf_counter() - started)


async def _asked(lane: str, request: Request, worst: Charge, read: Read[ReplyT]) -> Exchange[ReplyT]:
    line = await line_to(lane.partition(":")[0], most_bytes=MOST_BYTES)
    from tasks.llm.line import traced  # Loaded by now, in a thread.

    method = "GET" if request.body is None else "POST"
    with traced() as trace:
        try:
            async with asyncio.timeout(SECONDS):
                await line.request(
                    method, request.url, params=request.query, headers=request.headers, json=request.body
                )
        except Exception as error:
            return failed(lane, trace, error, seconds=SECONDS)
    if is_refused(trace):
        return failed(lane, trace, None, seconds=SECONDS)
    try:
        value, used = read(trace.body)
    except (ValidationError, ValueError):
        why = "it is not in the form that this search has"
        # It was worked on, and what was worked on is billed.
        return Exchange(error=fault("ANSWER_UNPARSABLE", model=lane, why=why), used=worst)
    return Exchange(value=value, used=used)
