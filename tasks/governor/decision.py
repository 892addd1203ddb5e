"""Whether a call may be made: money, every lane and every window are asked in one transaction, all or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from tasks.governor.breaker import probing, shut
from tasks.governor.charges import Caller, Charge, Lane, Purse, Reservation, Spent, Wait
from tasks.governor.purses import find_money
from tasks.governor.room import Waiter, find_own_room, find_room
from tasks.ledger.till import LaneState, Till


@dataclass(frozen=True)
class Request:
    """A call that somebody wants to make."""

    caller: Caller
    worst: Charge
    lanes: tuple[Lane, ...]
    purses: tuple[Purse, ...]
    ticket: str
    waited: float
    """For how many seconds it has waited."""
    asking: float | None
    """For how many of them it was its turn to ask; none for one that has not asked before and so has no ticket."""
    owner: str
    """The process that asks."""
    lease_seconds: float


def decide(till: Till, request: Request) -> Reservation | Wait:
    """Reserve everything, or nothing and say what stands in the way.

    Only who lacks room gets a place in the order: one that waits for a lane that is shut, for money, or for the calls
    of its own process, would keep room from others that it cannot use itself.
    """
    money = find_money(till, request.caller, request.worst, request.purses)
    states = [till.lane(lane.name) for lane in request.lanes]
    closed = [wait for state in states if (wait := shut(state, till.now))]
    asking = request.asking or 0.0
    full = [wait for lane in request.lanes if (wait := find_own_room(till, lane, request.owner, asking))]
    closed = closed or full
    known = till.ticket(request.ticket) if request.asking is not None else None
    waiter = Waiter(request.ticket, known.since if known else till.now, asking)
    waits = {lane: wait for lane in request.lanes if (wait := find_room(till, lane, request.worst, waiter))}
    if closed or isinstance(money, Wait) or not waits:
        if known is not None:
            till.drop_ticket(request.ticket)
        if closed:
            return max(closed, key=lambda wait: wait.seconds)
        return money if isinstance(money, Wait) else _reserve(till, request, states, money)
    wait = max(waits.values(), key=lambda wait: wait.seconds)
    names = [lane.name for lane in waits]
    seconds, is_vague = wait.seconds, wait.may_be_sooner
    till.write_ticket(
        request.ticket, names, request.worst, owner=request.owner, known=known, seconds=seconds, is_vague=is_vague
    )
    return wait


def _reserve(till: Till, request: Request, states: list[LaneState], low: tuple[Spent, ...]) -> Reservation:
    until = till.now + request.lease_seconds
    for state in states:
        if state.breaker != "closed":
            till.write_lane(probing(state, until))
    call_id = uuid4().hex
    owner, waited = request.owner, request.waited
    till.insert_call(call_id, request.caller, request.worst, owner=owner, lease_until=until, waited=waited)
    return Reservation(call_id, request.caller, request.worst, waited, low)
