"""Asking a search of the web: reserved before, settled after, and retried for what passes in a moment, as models."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import ValidationError
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from tasks.errors import PressroomError, fault
from tasks.governor.charges import Caller, Charge, Reservation
from tasks.governor.governor import governor
from tasks.llm.ask import TRIED_OUT, USUAL, Patience, may_pass, purses_of, settle, surely, tell_of_purses
from tasks.llm.exchange import Exchange
from tasks.llm.failures import failed, is_refused
from tasks.llm.pace import paced_lanes
from tasks.llm.vendors import line_to
from tasks.models import Item
from tasks.settings import settings
from tasks.work import Work

MOST_BYTES = 4_000_000
SECONDS = 60.0
"""How long an answer may take."""
ReplyT = TypeVar("ReplyT")


class Request(NamedTuple):
    """A request as a search wants it."""

    url: str
    headers: dict[str, str]
    query: dict[str, str] | None = None
    """What it is asked in its address."""
    body: dict[str, Any] | None = None
    """What it is sent; without, it is asked by its address alone."""


@dataclass(frozen=True)
class Errand(Generic[ReplyT]):
    """One question to one search."""

    item: Item
    work: Work
    lane: str
    """As limits, prices and the ledger have it: `perplexity:sonar`."""
    request: Request = field(repr=False)
    worst: Charge
    read: Callable[[bytes], tuple[ReplyT, Charge]]
    """Reads an answer and what it used, or raises ValueError."""
    patience: Patience = USUAL
    seconds: float = SECONDS

    async def reply(self) -> ReplyT:
        """Return the answer. Waits as long as limits and the vendor ask for; a budget holds it as it holds models."""
        patience = self.patience
        retrying = AsyncRetrying(
            stop=stop_after_attempt(patience.retries + 1),
            retry=retry_if_exception(may_pass),
            wait=wait_exponential_jitter(patience.initial, patience.most, patience.multiplier),
            sleep=self.work.sleep,
            reraise=True,
        )
        try:
            return await retrying(self._once)
        except PressroomError as error:
            error.tried_out = error.code in TRIED_OUT
            raise

    async def _once(self) -> ReplyT:
        work = self.work
        work.use(f"waits for {self.lane}")
        reservation = await governor(settings()).reserve(
            Caller(work.batch_id, work.kind, self.item.item_id, work.stage, self.lane, "web search"),
            self.worst,
            paced_lanes(self.lane),
            purses_of(work),
            patience=work.models.wait_seconds,
        )
        exchange = await self._settled(reservation)
        if exchange.error is not None or exchange.value is None:
            raise exchange.error or AssertionError("an exchange brings a value or an error")
        return exchange.value

    async def _settled(self, reservation: Reservation) -> Exchange[ReplyT]:
        tell_of_purses(reservation)
        exchange: Exchange[ReplyT] | None = None
        started = time.perf_counter()
        try:
            self.work.use(self.lane)
            exchange = dataclasses.replace(await self._send(), seconds=time.perf_counter() - started)
        finally:
            self.work.use("")
            await surely(settle(reservation, exchange or Exchange()))
        return exchange

    async def _send(self) -> Exchange[ReplyT]:
        """Ask once. Raises nothing but cancellation, for what was used must be settled."""
        line = await line_to(self.lane.partition(":")[0], most_bytes=MOST_BYTES)
        from tasks.llm.line import traced  # Loaded by now, in a thread.

        asked = self.request
        with traced() as trace:
            try:
                async with asyncio.timeout(self.seconds):
                    method = "GET" if asked.body is None else "POST"
                    await line.request(method, asked.url, params=asked.query, headers=asked.headers, json=asked.body)
            except Exception as error:
                return failed(self.lane, trace, error, seconds=self.seconds)
        if is_refused(trace):
            return failed(self.lane, trace, None, seconds=self.seconds)
        return self._read(trace.body)

    def _read(self, body: bytes) -> Exchange[ReplyT]:
        try:
            value, used = self.read(body)
        except (ValidationError, ValueError):
            why = "it is not in the form that this search has"
            # It was worked on, and what was worked on is billed.
            return Exchange(error=fault("ANSWER_UNPARSABLE", model=self.lane, why=why), used=self.worst)
        return Exchange(value=value, used=used)
