"""What a request says of its lane: that it works, that it fails, or nothing; and how many calls it copes with."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from asking import settle_models
from governor_client import CALL, CALLER, MODEL

from tasks.errors import fault
from tasks.governor.charges import Charge, Lane, Reservation
from tasks.governor.governor import Governor
from tasks.llm.exchange import Exchange
from tasks.llm.failures import NOT_SENT, REFUSED
from tasks.llm.pace import note_pace, pace_of
from tasks.settings import settings

ANSWERED = Charge(1, 10, 100, cost_usd=0.0)


class Clock:
    """A clock that goes when it is told to."""

    now = 1_000_000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.fixture
def our() -> Iterator[Governor]:
    """A governor whose lane has just let the one call through that tries it."""
    settle_models(servers={"harbour": {"address": "http://127.0.0.1:1/v1"}})
    clock = Clock()
    opened = Governor(settings(), clock)

    async def work() -> None:
        for _ in range(5):
            clock.now += 0.3
            await opened.told(MODEL, False, "TIMEOUT")
        clock.now += 30
        assert isinstance(await _tried(opened), Reservation)
        assert not isinstance(await _tried(opened), Reservation)

    asyncio.run(work())
    yield opened
    opened.close()


async def _tried(our: Governor) -> object:
    return await our.try_reserve(CALLER, CALL, [Lane(MODEL)], [], ticket=None)


def breaker_after(our: Governor, exchange: Exchange[str]) -> str:
    async def work() -> str:
        await note_pace(our, MODEL, exchange)
        return next(lane["breaker"] for lane in await our.lanes() if lane["lane"] == MODEL)

    return asyncio.run(work())


@pytest.mark.parametrize(
    "exchange",
    [
        Exchange(value="An answer.", used=ANSWERED),
        Exchange(value="An answer of a server that counts nothing."),
        Exchange(error=fault("ANSWER_EMPTY", model=MODEL), used=ANSWERED),
        Exchange(error=fault("MODEL_REFUSED_REQUEST", model=MODEL, why="400"), used=REFUSED),
    ],
)
def test_whatever_a_vendor_answers_closes_a_lane_that_is_tried(our: Governor, exchange: Exchange[str]) -> None:
    assert breaker_after(our, exchange) == "closed"


@pytest.mark.parametrize(
    "exchange",
    [
        Exchange(),
        Exchange(error=fault("MODEL_KEY_MISSING", model=MODEL, variable="KEY"), used=NOT_SENT),
        Exchange(error=fault("ANSWER_TOO_LARGE", model=MODEL, limit=1)),
    ],
    ids=["cancelled", "not sent", "too large"],
)
def test_when_the_call_that_tries_a_lane_says_nothing_the_next_one_tries_it(
    our: Governor, exchange: Exchange[str]
) -> None:
    breaker_after(our, exchange)
    assert isinstance(asyncio.run(_tried(our)), Reservation)
    assert not isinstance(asyncio.run(_tried(our)), Reservation)


def test_a_lane_that_is_tried_and_asks_to_wait_is_tried_again_after_that(our: Governor) -> None:
    wait = Exchange[str](error=fault("API_RATE_LIMIT", model=MODEL, why="429"), used=REFUSED, retry_after=0.0)
    breaker_after(our, wait)
    assert getattr(asyncio.run(_tried(our)), "why", None) == "penalty"
    our._clock.now += 3  # type: ignore[attr-defined]  # the clock of this file
    assert isinstance(asyncio.run(_tried(our)), Reservation)


def test_a_refusal_that_comes_at_once_does_not_make_answers_look_slow(our: Governor) -> None:
    async def work() -> None:
        for _ in range(40):
            refused = fault("MODEL_REFUSED_REQUEST", model=fresh, why="400")
            await note_pace(our, fresh, Exchange(error=refused, used=REFUSED, seconds=0.001))
        for _ in range(20):
            await note_pace(our, fresh, Exchange(value="An answer.", used=ANSWERED, seconds=2.0))

    fresh = "harbour:oar"
    asyncio.run(work())
    assert pace_of(fresh).value == 8
