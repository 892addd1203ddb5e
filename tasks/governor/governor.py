"""The governor: no call of a model is made that would break a limit or a budget, whichever process makes it.

Before a call its worst case is reserved; afterwards what it used is written down and the rest goes back. The
ledger's database holds all of it, so processes that share a ledger share their limits. Where there is
no room, one waits and is told when to come again; who came first goes first.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import cache
from typing import cast
from uuid import uuid4

from tasks.errors import PressroomError
from tasks.governor.breaker import penalised, told
from tasks.governor.charges import Caller, Charge, Lane, Purse, Reservation, Spent, Wait
from tasks.governor.decision import Request, decide
from tasks.governor.lines import Lines, Turn
from tasks.governor.patience import Patience
from tasks.governor.purses import check_price, lock_of
from tasks.governor.room import amounts_of, check_lanes
from tasks.governor.worker import Job, Worker, result_of
from tasks.ledger.lanes import LaneDocument, lane_documents
from tasks.ledger.money import Money
from tasks.ledger.owner import new_owner
from tasks.ledger.till import LaneState, Till
from tasks.settings import Settings


class Governor:
    """Reserves and settles calls for this process. Any event loop may use it; the work is done in a thread of its own.

    A call takes `reserve`, then exactly one of `settle`, `refund` and `hold_unknown`, then `told`.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self._settings = settings
        self._clock = clock
        self._owner = new_owner()
        self._held: dict[str, str] = {}
        self._unwritten: list[Callable[[Till], None]] = []
        self._warned: set[tuple[str, Purse]] = set()
        self._lines = Lines()
        self._worker = Worker(lambda: Money(settings, clock), self._beat, settings.lease_seconds / 3)

    async def try_reserve(
        self, caller: Caller, worst: Charge, lanes: Sequence[Lane], purses: Sequence[Purse], *, ticket: str | None
    ) -> Reservation | Wait:
        """Reserve a call in all its lanes and purses at once, or say what to wait for.

        With a ticket (any name of one's own), whoever lacks room gets a place in the order and has to come again
        with it, or to `forget` it; without one, those that wait go first.
        """
        self._check(caller, worst, lanes, purses)
        request = self._request(caller, worst, lanes, purses, ticket or uuid4().hex)
        found, _ = await self._try(replace(request, asking=0.0 if ticket else None), kept=bool(ticket))
        return found

    async def reserve(
        self,
        caller: Caller,
        worst: Charge,
        lanes: Sequence[Lane],
        purses: Sequence[Purse],
        *,
        patience: float,
        leave_when_shut: bool = False,
    ) -> Reservation:
        """Wait until a call may be made, `patience` seconds at most: LIMIT_WAIT then.

        `leave_when_shut` is for those who can go elsewhere: LIMIT_WAIT as soon as the vendor asks to wait or fails.
        LIMIT_TOO_SMALL, BUDGET_EXCEEDED, TOKENS_EXCEEDED and PRICE_UNKNOWN come at once: waiting does not help.
        """
        self._check(caller, worst, lanes, purses)
        request = self._request(caller, worst, lanes, purses, uuid4().hex)
        patient, asks, found = Patience(patience), Patience(patience), None
        with self._lines.turn(caller.model) as turn:
            try:
                while True:
                    if not turn.is_first:
                        await _come_first(turn, patient, caller.model)
                        asks = Patience(patience)
                    turn.listen()
                    asking = None if found is None else asks.waited
                    found, version = await self._try(replace(request, waited=patient.waited, asking=asking))
                    if isinstance(found, Reservation):
                        return found
                    if leave_when_shut and found.why in ("penalty", "breaker"):
                        raise patient.over(caller.model, found)
                    patient.check(caller.model, found)
                    turn.hopes = found.may_be_sooner
                    if found.why == "budget":
                        turn.step_back()  # its money is not the next one's
                    async with self._watching(turn, found, version, asks.waited):
                        await turn.rest(min(found.seconds, patient.left))
            finally:
                if isinstance(found, Wait):
                    self.forget(request.ticket)

    async def settle(
        self, reservation: Reservation, used: Charge, *, run_seconds: float, error_code: str | None = None
    ) -> None:
        """Write down what a call used; the rest of what it held goes back."""
        await self._end(reservation, "settled", used, run_seconds, error_code)

    async def refund(
        self, reservation: Reservation, *, run_seconds: float = 0.0, error_code: str | None = None
    ) -> None:
        """Give back tokens and money of a call that used none, such as a refused one; vendors count the request."""
        nothing = Charge(requests=reservation.worst.requests, cost_usd=0.0)
        await self._end(reservation, "refunded", nothing, run_seconds, error_code)

    async def hold_unknown(self, reservation: Reservation, *, run_seconds: float, error_code: str | None) -> None:
        """Keep the worst case of a call of which nobody knows what it used."""
        entered = self._clock()

        def lose(till: Till) -> None:
            self._held.pop(reservation.id, None)
            till.lose_call(reservation.id, counts_from=till.at(entered), seconds=run_seconds, code=error_code)

        await self._write_down(lose)
        self._lines.call_first(reservation.caller.model, all_of_them=False)

    async def resolve(self, call_id: str, used: Charge) -> bool:
        """Write down what a call of unknown outcome used after all; False where there is none of this name."""
        return await self._worker.do(lambda till: till.resolve_call(call_id, used))

    async def penalise(self, lane_names: Sequence[str], seconds: float, why: str) -> None:
        """Make all processes wait, because the vendor said so."""
        await self._change(lane_names, lambda state, now: penalised(state, now, seconds=seconds, why=why))

    async def told(self, lane_name: str, ok: bool | None, code: str | None = None) -> None:
        """Count whether a call went well; too many failures in a row shut its lane for all processes.

        None for one that says nothing of its lane, such as one that was cancelled.
        """
        await self._change([lane_name], lambda state, now: told(state, now, ok=ok, code=code))

    async def loads(self, models: Sequence[str]) -> dict[str, int]:
        """How many tokens each model has in flight, over all processes."""
        return await self._worker.do(lambda till: till.loads(models)) if models else {}

    async def lanes(self) -> list[LaneDocument]:
        """How every lane stands that was ever used."""
        return await self._worker.do(lambda till: lane_documents(till.rows, now=till.now))

    def forget(self, ticket: str) -> None:
        """Give a place in the order back, and wait for nothing."""
        self._worker.send(Job(lambda till: till.drop_ticket(ticket)))

    def close(self) -> None:
        """Do what is still to be written down, and end the thread."""
        self._worker.close()

    def _check(self, caller: Caller, worst: Charge, lanes: Sequence[Lane], purses: Sequence[Purse]) -> None:
        check_lanes(tuple(lanes), worst)
        check_price(worst, tuple(purses), caller.model, str(self._settings.models_path))

    def _request(
        self, caller: Caller, worst: Charge, lanes: Sequence[Lane], purses: Sequence[Purse], ticket: str
    ) -> Request:
        seconds = self._settings.lease_seconds
        return Request(caller, worst, tuple(lanes), tuple(purses), ticket, 0.0, None, self._owner, seconds)

    async def _try(self, request: Request, *, kept: bool = True) -> tuple[Reservation | Wait, int]:
        """Ask the ledger. A reservation that nobody waits for any more is given back."""

        def attempt(till: Till) -> tuple[Reservation | Wait, int]:
            version = self._worker.version()
            found = decide(till, request)
            if isinstance(found, Reservation):
                self._held[found.id] = request.caller.model
                found = replace(found, running_low=self._first_told(found.running_low, request.caller))
            elif not kept:
                till.drop_ticket(request.ticket)
            return found, version

        lanes = tuple(lane.name for lane in request.lanes)
        done = self._worker.send(Job(attempt, lanes, tuple(lock_of(purse, request.caller) for purse in request.purses)))
        try:
            return cast(tuple[Reservation | Wait, int], await result_of(done))
        except asyncio.CancelledError:
            done.add_done_callback(lambda done: self._give_back(done, request.ticket))
            raise

    def _give_back(self, done: Future[tuple[Reservation | Wait, int]], ticket: str) -> None:
        self.forget(ticket)
        if not done.exception() and isinstance(found := done.result()[0], Reservation):
            self._held.pop(found.id, None)
            self._worker.send(Job(lambda till: till.delete_call(found.id)))

    def _first_told(self, low: tuple[Spent, ...], caller: Caller) -> tuple[Spent, ...]:
        new = tuple(spent for spent in low if (lock_of(spent.purse, caller), spent.purse) not in self._warned)
        self._warned.update((lock_of(spent.purse, caller), spent.purse) for spent in new)
        return new

    @asynccontextmanager
    async def _watching(self, turn: Turn, wait: Wait, version: int, asking: float) -> AsyncIterator[None]:
        """Call a turn as soon as another process has changed something; looking costs next to nothing."""

        async def watch() -> None:
            pause = max(0.005 if wait.may_be_sooner else 0.05, min(asking / 20, 0.5))
            await asyncio.sleep(pause)
            with suppress(PressroomError):  # asking again will raise it where it is heard
                while await self._worker.see_version() == version:
                    await asyncio.sleep(pause)
            turn.call()

        watching = asyncio.ensure_future(watch())
        try:
            yield
        finally:
            watching.cancel()

    async def _end(self, reservation: Reservation, status: str, used: Charge, seconds: float, code: str | None) -> None:
        entered = self._clock()

        def end(till: Till) -> None:
            self._held.pop(reservation.id, None)
            till.end_call(reservation.id, status, used, counts_from=till.at(entered), seconds=seconds, code=code)

        await self._write_down(end)
        gives_back = amounts_of(used) != amounts_of(reservation.worst)
        self._lines.call_first(reservation.caller.model, all_of_them=gives_back)

    async def _write_down(self, end: Callable[[Till], None]) -> None:
        """Have the end of a call written down; where that fails it is done with a later beat, but said all the same.

        A call whose end is never written would be kept under way as long as this process lives.
        """
        done = self._worker.send(Job(end))
        done.add_done_callback(lambda done: self._unwritten.append(end) if done.exception() else None)
        await result_of(done)

    async def _change(self, names: Sequence[str], change: Callable[[LaneState, float], LaneState]) -> None:
        def write(till: Till) -> None:
            for name in names:
                before = till.lane(name)
                after = change(before, till.now)
                if after != before:
                    till.write_lane(after)

        await self._worker.do(write, tuple(names))

    def _beat(self) -> Job | None:
        """Keep what is under way, while this process lives, and write down what could not be before."""
        unwritten, self._unwritten = self._unwritten, []
        if not (self._held or unwritten):
            return None
        models, seconds = set(self._held.values()), self._settings.lease_seconds

        def beat(till: Till) -> None:
            for end in unwritten:
                end(till)
            till.renew(self._owner, models, till.now + seconds)

        job = Job(beat)
        job.done.add_done_callback(lambda done: self._unwritten.extend(unwritten) if done.exception() else None)
        return job


async def _come_first(turn: Turn, patient: Patience, model: str) -> None:
    """Wait until the others of the line have gone."""
    while not turn.is_first:
        patient.check(model, Wait(0.0, "turn", model))
        turn.listen()
        await turn.rest(patient.left)


@cache
def _governor(settings: Settings, _process: int) -> Governor:
    return Governor(settings)


def governor(settings: Settings) -> Governor:
    """The governor of a ledger in this process: one, since its thread and its lines serve all its calls."""
    return _governor(settings, os.getpid())
