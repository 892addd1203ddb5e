"""When a lane is shut: the vendor asked to wait, or too much has failed in a row.

Closed, calls go through. After a number of failures in a row it opens, and no call is made; when its
time is over, one call of one process tries (half-open): its success closes the lane, its failure opens it
for twice as long.
"""

from __future__ import annotations

from dataclasses import replace

from tasks.governor.charges import Wait
from tasks.ledger.till import LaneState

FAILURES, FOR_SECONDS = 5, 1.0
"""Failures in a row that open a lane, and for how long at least: of ten calls at once that a vendor fails by chance,
five may well end one after the other, but not for a second without a good one between them."""
OPEN_SECONDS = 30.0
LONGEST_SECONDS = 300.0
"""How long a lane is open at first, and at most."""


def shut(state: LaneState, now: float) -> Wait | None:
    """Say whether no call may be made, and how long that lasts at least."""
    if state.penalised_until > now:
        return Wait(state.penalised_until - now, "penalty", state.name)
    if state.breaker == "open" and state.opened_until > now:
        return Wait(state.opened_until - now, "breaker", state.name)
    if state.breaker == "half_open" and state.probe_until > now:
        return Wait(state.probe_until - now, "breaker", state.name, may_be_sooner=True)
    return None


def probing(state: LaneState, until: float) -> LaneState:
    """Let one call try; another may when nothing was heard of it by then."""
    return replace(state, breaker="half_open", probe_until=until)


def told(state: LaneState, now: float, *, ok: bool | None, code: str | None) -> LaneState:
    """Count how a call ended. What had begun before the lane opened changes nothing while it is open.

    One that says nothing of its lane (`ok` is None) counts neither way; if it was the one that tried, another may.
    """
    if state.breaker == "open":
        return state
    if ok is None:
        return replace(state, breaker="open", opened_until=now) if state.breaker == "half_open" else state
    if ok:
        return replace(state, breaker="closed", failures=0, reason=None if state.failures else state.reason)
    failures, since = state.failures + 1, state.failing_since if state.failures else now
    if state.breaker == "closed":
        if failures < FAILURES or now - since < FOR_SECONDS:
            return replace(state, failures=failures, failing_since=since, reason=code)
        failures = FAILURES  # however many there were until now: each that tries and fails doubles the time
    until = now + min(LONGEST_SECONDS, OPEN_SECONDS * 2.0 ** min(failures - FAILURES, 10))
    return replace(state, breaker="open", failures=failures, failing_since=since, opened_until=until, reason=code)


def penalised(state: LaneState, now: float, *, seconds: float, why: str) -> LaneState:
    """Make everyone wait; a longer wait that is known already stands. Whether a lane works is not said by it."""
    state = told(state, now, ok=None, code=None)
    if state.penalised_until >= now + seconds:
        return state
    return replace(state, penalised_until=now + seconds, reason=why)
