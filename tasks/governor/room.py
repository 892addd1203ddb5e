"""Whether a lane has room for a call, and when it will.

What is in flight counts in every window, since nobody knows when the vendor counts it; what has ended counts from
the last moment at which the vendor can have counted it. So the vendor's own clock never finds more than a
limit in any window, whenever within a call it counts. Those who came before and wait for the same lane
count as if their calls were made: a call goes before them only when it takes nothing from them, and not
while they are about to come.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tasks.errors import fault
from tasks.governor.charges import Charge, Lane, Limit, Wait
from tasks.ledger.till import Amounts, Till

UNITS = ("requests", "input tokens", "output tokens")
_SOON_SECONDS = 0.25
_LATE_SECONDS = 5.0
"""How long to wait, at first and at most, for what nobody knows the time of."""
_TURN_SECONDS = 0.02
"""How long to wait for somebody who is on his way."""


@dataclass(frozen=True)
class Waiter:
    """Who asks for room: his ticket, since when he is in the order, and for how long he has asked."""

    ticket: str
    since: float
    asking: float


def check_lanes(lanes: tuple[Lane, ...], worst: Charge) -> None:
    """Refuse limits that let nothing through, and a call that is larger than a whole limit."""
    for lane in lanes:
        for most in (lane.parallel, lane.own_parallel):
            if most is not None and most <= 0:
                raise fault("INVALID_INPUT", what=f"Lane {lane.name!r} allows {most} calls at once, which is none.")
        for limit in lane.limits:
            if limit.seconds <= 0:
                raise fault("INVALID_INPUT", what=f"Lane {lane.name!r} has a limit for {limit.seconds:g} seconds.")
            for unit, bound, wanted in zip(UNITS, _bounds(limit), amounts_of(worst), strict=True):
                if bound is not None and (wanted > bound or bound <= 0):
                    details = {"what": wanted, "unit": unit, "limit": bound, "seconds": limit.seconds}
                    raise fault("LIMIT_TOO_SMALL", lane=lane.name, **details)


def amounts_of(charge: Charge) -> Amounts:
    """What of a charge is limited in windows."""
    return Amounts(charge.requests, charge.input_tokens, charge.output_tokens)


def find_own_room(till: Till, lane: Lane, owner: str, asking: float) -> Wait | None:
    """Say what a call has to wait for among those of its own process."""
    if lane.own_parallel is None or till.in_flight_of(lane.name, owner) < lane.own_parallel:
        return None
    return Wait(_unsure_seconds(asking), "parallel", lane.name, may_be_sooner=True)


def find_room(till: Till, lane: Lane, worst: Charge, waiter: Waiter) -> Wait | None:
    """Say what a call has to wait for in a lane, if for anything."""
    if not lane.limits and lane.parallel is None:
        return None
    flight = till.in_flight(lane.name)
    if flight.calls and flight.lease_until < till.now:
        till.expire(lane.name)
        flight = till.in_flight(lane.name)
    ahead = till.ahead(lane.name, waiter.ticket, waiter.since)
    own = flight.amounts.plus(amounts_of(worst))
    waits = [_in_window(till, lane, limit, own, ahead.amounts) for limit in lane.limits]
    if lane.parallel is not None and flight.calls + ahead.amounts.requests >= lane.parallel:
        waits.append((None, "turn" if flight.calls < lane.parallel else "parallel"))
    found = [wait for wait in waits if wait is not None]
    if not found:
        # There is room, but somebody is on his way to it; whoever wakes first would take all of it.
        return Wait(_TURN_SECONDS, "turn", lane.name, may_be_sooner=True) if ahead.due else None
    unsure = [why for seconds, why in found if seconds is None]
    if unsure:
        return Wait(_unsure_seconds(waiter.asking), unsure[0], lane.name, may_be_sooner=True)
    seconds, why = max((seconds or 0.0, why) for seconds, why in found)
    return Wait(seconds, why, lane.name)


def _unsure_seconds(asking: float) -> float:
    return min(max(_SOON_SECONDS, asking), _LATE_SECONDS)


_Why = Literal["limit", "parallel", "turn"]


def _in_window(till: Till, lane: Lane, limit: Limit, own: Amounts, ahead: Amounts) -> tuple[float | None, _Why] | None:
    """Say in how many seconds enough will have left a window, None where that needs calls that are in flight."""
    since = till.now - limit.seconds
    wanted = till.used(lane.name, since).plus(own)
    if not any(_over(limit, wanted.plus(ahead))):
        return None
    why: _Why = "limit" if any(_over(limit, wanted)) else "turn"
    over = list(_over(limit, wanted.plus(ahead)))
    for counts_from, *amounts in till.leaving(lane.name, since):
        over = [left - amount for left, amount in zip(over, amounts, strict=True)]
        if max(over) <= 0:
            return counts_from - since, why
    return None, why


def _bounds(limit: Limit) -> tuple[int | None, int | None, int | None]:
    return limit.requests, limit.input_tokens, limit.output_tokens


def _over(limit: Limit, wanted: Amounts) -> tuple[int, ...]:
    """By how much a window would be overfull."""
    return tuple(
        0 if bound is None else max(0, want - bound) for bound, want in zip(_bounds(limit), wanted, strict=True)
    )
