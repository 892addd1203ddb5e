"""Asking a vendor to speak: reserved before, settled after, and retried for what passes in a moment, as models are."""

from __future__ import annotations

from dataclasses import dataclass

from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from tasks.errors import PressroomError
from tasks.governor.charges import Caller, Reservation
from tasks.governor.governor import governor
from tasks.llm.ask import TRIED_OUT, USUAL, Patience, may_pass, purses_of, settle, surely, tell_of_purses
from tasks.llm.exchange import Exchange
from tasks.llm.pace import paced_lanes
from tasks.models import Item
from tasks.settings import settings
from tasks.speech.charges import charge_of
from tasks.speech.names import Voice
from tasks.speech.wire import TIMEOUT_SECONDS, Call, send
from tasks.work import Work


@dataclass(frozen=True)
class Asking:
    """One text for one voice of a vendor."""

    item: Item
    work: Work
    name: str
    """The voice as it was given."""
    voice: Voice
    call: Call
    text: str
    patience: Patience = USUAL
    timeout_seconds: float = TIMEOUT_SECONDS

    async def answer(self) -> bytes:
        """Return the sound. Waits as long as limits and the vendor ask for; a budget holds it as it holds models."""
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

    async def _once(self) -> bytes:
        self.work.use(f"waits for {self.voice.lane}")
        reservation = await governor(settings()).reserve(
            self._caller(),
            charge_of(self.voice, self.text),
            paced_lanes(self.voice.lane),
            purses_of(self.work),
            patience=self.work.models.wait_seconds,
        )
        exchange = await self._send(reservation)
        if exchange.error is not None or exchange.value is None:
            raise exchange.error or AssertionError("an exchange brings a value or an error")
        return exchange.value

    async def _send(self, reservation: Reservation) -> Exchange[bytes]:
        tell_of_purses(reservation)
        exchange: Exchange[bytes] | None = None
        try:
            self.work.use(self.voice.lane)
            exchange = await send(self.name, self.voice, self.call, self.text, self.timeout_seconds)
        finally:
            self.work.use("")
            await surely(settle(reservation, exchange or Exchange()))
        return exchange

    def _caller(self) -> Caller:
        work = self.work
        reason = f"the voice {self.voice.voice}"
        return Caller(work.batch_id, work.kind, self.item.item_id, work.stage, self.voice.lane, reason)
