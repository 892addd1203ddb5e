"""What a request says of its lane: to the breaker, to all who wait, and to the number of calls in flight."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tasks.governor.charges import Lane
from tasks.governor.governor import Governor
from tasks.llm.adaptive import Adaptive
from tasks.llm.exchange import Exchange
from tasks.llm.setup import model_setup

REFUSED_SECONDS = 2.0
"""How long a lane rests when its vendor refuses calls and does not say for how long."""
_DOWN = ("TEMPORARY_ERROR", "TIMEOUT", "ANSWER_BROKEN", "AUTH_ERROR", "QUOTA_EXCEEDED")
"""What says that a lane, and not the request, is at fault."""
_paces: dict[str, Adaptive] = {}


def pace_of(model: str) -> Adaptive:
    """Return how many calls of a model this process may have in flight, as it has learnt."""
    if model not in _paces:
        bounds = model_setup().parallel_of(model)
        _paces[model] = Adaptive(bounds.least, bounds.most)
    return _paces[model]


def paced_lanes(model: str) -> list[Lane]:
    """Return the lanes of a model, its own narrowed to what its vendor copes with now."""
    *wider, own = model_setup().lanes_of(model)
    return [*wider, replace(own, own_parallel=pace_of(model).value)]


async def note_pace(governor: Governor, model: str, exchange: Exchange[Any]) -> None:
    """Tell what a request came to, whatever it was: the lane may wait for the one call that tries it."""
    code = exchange.error.code if exchange.error is not None else None
    size = exchange.used.output_tokens or exchange.used.characters if exchange.used is not None else 0
    if size:
        pace_of(model).answered(exchange.seconds, size)
    if code == "API_RATE_LIMIT":
        pace_of(model).refused()
        await governor.penalise([model], exchange.retry_after or REFUSED_SECONDS, "the vendor asks to wait")
    else:
        await governor.told(model, _went_well(exchange, code), code)


def _went_well(exchange: Exchange[Any], code: str | None) -> bool | None:
    """Whether the lane works, None where that is not known: one that never left, or was cancelled, says nothing."""
    if code in _DOWN:
        return False
    is_answered = exchange.used is not None and exchange.used.requests > 0
    return True if is_answered or exchange.value is not None else None
