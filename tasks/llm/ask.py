"""Asking a model: the one place from which every model is called.

    answer = await ask(item, Prompt(shared=characters, own=request), Chapter, tuning)

Each request is reserved, sent and settled by itself, so what is retried here is counted and paid for as the vendor
does. This is the owner of what passes in a moment: a vendor that refuses for want of room, an error of its server,
a connection that fails. What is still wrong after that is marked as tried out, and its stage does not try again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar, overload

from anyio import CancelScope
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from tasks.errors import PressroomError, fault
from tasks.governor.charges import Caller, Charge, Purse, Reservation
from tasks.governor.governor import governor
from tasks.llm.exchange import Exchange
from tasks.llm.order import heading_for, order_of
from tasks.llm.pace import note_pace, paced_lanes
from tasks.llm.prompts import Prompt, Tuning
from tasks.llm.setup import model_setup
from tasks.llm.vendors import connect
from tasks.llm.wire import send
from tasks.llm.worst_case import worst_case
from tasks.models import Item
from tasks.notices import notices
from tasks.settings import settings
from tasks.traces import Facts, traces
from tasks.work import WAITS_FOR, Work, current_work

logger = logging.getLogger("pressroom")
ATTEMPTS = 4
"""Requests to one model for one answer, at most, where nobody says otherwise."""
ATTEMPTS_WITH_OTHERS = 2
"""The same where another model stands by."""
PASSING = ("API_RATE_LIMIT", "TEMPORARY_ERROR")
"""What may pass in a moment, and is retried here and nowhere else."""
TRIED_OUT = (*PASSING, "LIMIT_WAIT")
"""What its stage does not try again: one that has waited as long as it may must not wait as long three times more."""
OF_THE_LANE = (*PASSING, "LIMIT_WAIT", "AUTH_ERROR", "QUOTA_EXCEEDED", "MODEL_KEY_MISSING", "LOCAL_MODEL_MISSING")
"""What another model may not suffer from."""


class Patience(NamedTuple):
    """How often a request is made again that failed for what may pass in a moment, and after how many seconds."""

    retries: int = ATTEMPTS - 1
    initial: float = 1.0
    multiplier: float = 2.0
    most: float = 20.0


PLAIN, USUAL = Tuning(), Patience()
AnswerT = TypeVar("AnswerT")


@dataclass(frozen=True)
class Answer(Generic[AnswerT]):
    """What a model answered, which one it was, and what the request used."""

    value: AnswerT
    model: str
    used: Charge


@overload
async def ask(item: Item, prompt: Prompt, *, tuning: Tuning = ..., patience: Patience = ...) -> Answer[str]: ...
@overload
async def ask(
    item: Item, prompt: Prompt, output: type[AnswerT], tuning: Tuning = ..., patience: Patience = ...
) -> Answer[AnswerT]: ...
async def ask(
    item: Item, prompt: Prompt, output: type[Any] = str, tuning: Tuning = PLAIN, patience: Patience = USUAL
) -> Answer[Any]:
    """Ask one of an item's models and return its answer, a text or an object of the type `output`.

    Waits as long as limits, other models and the vendor's own wishes ask for. Raises MODEL_NONE for an item
    without models, BUDGET_EXCEEDED, CAP_EXCEEDED or TOKENS_EXCEEDED before a call that might take more than is left,
    and the codes of answers that do not serve (ANSWER_...).
    """
    work = current_work()
    if not item.models:
        raise fault("MODEL_NONE", what=f"Item {item.item_id!r}")
    choices = await order_of(item, work.models)
    for position, (model, reason) in enumerate(choices):
        others = position + 1 < len(choices)
        asking = _Asking(item, work, model, reason, prompt, output, tuning, patience)
        attempts = patience.retries + 1
        try:
            return await asking.answer(
                min(ATTEMPTS_WITH_OTHERS, attempts) if others else attempts, leave_when_shut=others
            )
        except PressroomError as error:
            if not (others and error.code in OF_THE_LANE):
                raise
            logger.warning("%s goes to the next model: %s", item.item_id, error)
    raise AssertionError("every item with models has a last one")


@dataclass
class _Asking:
    """One question to one model."""

    item: Item
    work: Work
    model: str
    reason: str
    prompt: Prompt
    output: type[Any]
    tuning: Tuning
    patience: Patience

    async def answer(self, attempts: int, *, leave_when_shut: bool) -> Answer[Any]:
        """Ask, and ask again for what may pass in a moment."""
        retrying = AsyncRetrying(
            stop=stop_after_attempt(attempts),
            retry=retry_if_exception(may_pass),
            wait=wait_exponential_jitter(self.patience.initial, self.patience.most, self.patience.multiplier),
            sleep=self.work.sleep,
            reraise=True,
        )
        try:
            return await retrying(self._once, leave_when_shut)
        except PressroomError as error:
            error.tried_out = error.code in TRIED_OUT
            raise

    async def _once(self, leave_when_shut: bool) -> Answer[Any]:
        """Reserve, send, settle."""
        worst = worst_case(self.model, self.prompt, self.tuning, self.output)
        with heading_for(self.model, worst):
            # The first time takes seconds; who is cancelled meanwhile has sent nothing, so nothing must be held for it.
            await connect(self.model)
            self.work.use(f"{WAITS_FOR}{self.model}")
            reservation = await governor(settings()).reserve(
                self._caller(),
                worst,
                paced_lanes(self.model),
                purses_of(self.work),
                patience=self.work.models.wait_seconds,
                leave_when_shut=leave_when_shut,
            )
            return await self._send(reservation)

    async def _send(self, reservation: Reservation) -> Answer[Any]:
        tell_of_purses(reservation)
        exchange: Exchange[Any] | None = None
        try:
            self.work.use(self.model)
            exchange = await send(self.model, self.prompt, self.output, self.tuning)
        finally:
            self.work.use("")
            # Also when the work was cancelled while the request was out: then it is not known what it used.
            await surely(settle(reservation, exchange or Exchange()))
        if exchange.error is not None:
            raise exchange.error
        return Answer(exchange.value, self.model, exchange.used or Charge())

    def _caller(self) -> Caller:
        work = self.work
        whose = (work.batch_id, work.kind, self.item.item_id, work.stage)
        return Caller(*whose, self.model, self.reason, work.part_of)


def purses_of(work: Work) -> list[Purse]:
    """Return what bounds the money and the tokens of a call that the work at hand makes."""
    budget = work.budget
    purses = model_setup().purses_of(work.kind)
    if budget.batch_usd is not None:
        purses.append(Purse("batch", budget.batch_usd))
    if budget.item_usd is not None:
        purses.append(Purse("item", budget.item_usd))
    if budget.item_tokens is not None:
        purses.append(Purse("item", tokens=budget.item_tokens))
    for cap in budget.caps:
        if not cap.stages or work.stage in cap.stages:
            purses.append(Purse("item", cap.usd, cap=cap.name, stages=tuple(cap.stages)))
    return purses


def tell_of_purses(reservation: Reservation) -> None:
    """Tell a person of the purses that are nearly empty."""
    for spent in reservation.running_low:
        told = f"{spent.usd:.4f} of {spent.purse.usd or 0:g} USD of {spent.purse.scope} {spent.name!r} are spent."
        what = f"cap {spent.purse.cap!r}" if spent.purse.cap else "budget"
        notices().warn(f"80 % of the {what} of {spent.purse.scope} {spent.name}", told)


def may_pass(error: BaseException) -> bool:
    """Say whether a call that failed so is made again in a moment."""
    return isinstance(error, PressroomError) and error.code in PASSING


async def settle(reservation: Reservation, exchange: Exchange[Any]) -> None:
    """Write down what a request used, and what it says of its lane.

    A ledger that is locked just then must not lose an answer that was paid for: the governor writes it down later, and
    should this process end before, the reservation counts as of unknown outcome once its lease has run out.
    """
    keeper, code = governor(settings()), exchange.error.code if exchange.error is not None else None
    traces().call(reservation.caller.model, exchange.seconds, _traced(reservation, exchange), code)
    try:
        if exchange.used is None:
            await keeper.hold_unknown(reservation, run_seconds=exchange.seconds, error_code=code)
        elif exchange.used.requests == 0:
            await keeper.refund(reservation, run_seconds=exchange.seconds, error_code=code)
        else:
            await keeper.settle(reservation, exchange.used, run_seconds=exchange.seconds, error_code=code)
        await note_pace(keeper, reservation.caller.model, exchange)
    except PressroomError as error:
        logger.warning("What a call of %r used could not be written down yet: %s", reservation.caller.model, error)


def _traced(reservation: Reservation, exchange: Exchange[Any]) -> Facts:
    """Return what is told of a call: for whom, and what it used where that is known."""
    caller, used = reservation.caller, exchange.used
    facts: Facts = {"item_id": caller.item_id, "stage": caller.stage, "unknown_outcome": used is None or None}
    if used is None:
        return facts
    counted = {name: getattr(used, name) for name in ("input_tokens", "cached_tokens", "output_tokens")}
    return {**facts, **counted, "requests": used.requests, "cost_usd": used.cost_usd}


async def surely(settling: Coroutine[Any, Any, None]) -> None:
    """Let it end, even when whoever asked for it is cancelled meanwhile."""
    task, cancelled = asyncio.ensure_future(settling), None
    with CancelScope(shield=True):  # A timeout's scope cancels again and again, and would come through.
        while not task.done():
            try:
                await asyncio.wait([task])
            except asyncio.CancelledError as error:
                cancelled = error
    if cancelled is not None:
        raise cancelled
    task.result()
