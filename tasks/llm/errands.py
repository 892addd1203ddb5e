"""Errands: one request to a vendor that is no language model, such as a voice or a search of the web.

It is reserved before, settled after, and retried for what passes in a moment, as calls of models are.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from tasks.errors import PressroomError
from tasks.governor.charges import Caller, Charge, Reservation
from tasks.governor.governor import governor
from tasks.llm.ask import TRIED_OUT, USUAL, Patience, may_pass, purses_of, settle, surely, tell_of_purses
from tasks.llm.exchange import Exchange
from tasks.llm.pace import paced_lanes
from tasks.models import Item
from tasks.settings import settings
from tasks.work import WAITS_FOR, Work

ReplyT = TypeVar("ReplyT")


@dataclass(frozen=True)
class Errand(Generic[ReplyT]):
    """One request."""

    item: Item
    work: Work
    lane: str
    """As limits, prices and the ledger have it: `elevenlabs:eleven_multilingual_v2`, `perplexity:sonar`."""
    reason: str
    """Why it goes there, for the ledger."""
    worst: Charge
    send: Callable[[], Awaitable[Exchange[ReplyT]]]
    """Asks once; raises nothing but cancellation, for what was used must be settled."""
    patience: Patience = USUAL

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
        work.use(f"{WAITS_FOR}{self.lane}")
        reservation = await governor(settings()).reserve(
            Caller(work.batch_id, work.kind, self.item.item_id, work.stage, self.lane, self.reason, work.part_of),
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
        try:
            self.work.use(self.lane)
            exchange = await self.send()
        finally:
            self.work.use("")
            await surely(settle(reservation, exchange or Exchange()))
        return exchange
