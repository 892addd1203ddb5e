"""Whatever comes when, a vendor that counts anywhere within a call never finds more than a limit in any window."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.governor.charges import Caller, Charge, Lane, Limit, Purse, Reservation
from tasks.governor.decision import Request, decide
from tasks.governor.room import amounts_of, check_lanes
from tasks.ledger.money import Money
from tasks.ledger.till import Amounts
from tasks.settings import Settings

LANES = (
    Lane("vendor", (Limit(10, requests=4, input_tokens=100), Limit(3, requests=2)), parallel=3),
    Lane("vendor:one", (Limit(5, output_tokens=60),)),
)
PURSES = (Purse("batch", 2.0), Purse("item", 1.0))
CALLER = Caller("b", "fake", "i", "s", "vendor:one")


@dataclass
class Event:
    """A moment: so many seconds later somebody asks, or the oldest call in flight ends."""

    seconds: float
    kind: str
    tokens: tuple[int, int]
    cents: int
    used: float
    """Share of the worst case that is used."""
    counted: float
    """Where between its beginning and its end the vendor counts it."""


@dataclass
class Counted:
    """A call as the vendor has it."""

    at: float
    amounts: Amounts


events = st.lists(
    st.builds(
        Event,
        seconds=st.floats(0, 4),
        kind=st.sampled_from(["ask", "ask", "settle", "refund", "lose"]),
        tokens=st.tuples(st.integers(0, 60), st.integers(0, 40)),
        cents=st.integers(0, 50),
        used=st.floats(0, 1),
        counted=st.floats(0, 1),
    ),
    max_size=40,
)


class World:
    """A governor's ledger under a clock that goes as told, and a vendor that counts."""

    def __init__(self, folder: str) -> None:
        self.now = 1000.0
        self.money = Money(Settings(home=Path(folder)), clock=lambda: self.now)
        self.flying: list[tuple[float, Reservation, Event]] = []
        self.counted: list[Counted] = []
        self.spent = 0.0
        self.peak = 0

    def ask(self, event: Event) -> None:
        """Ask for a call."""
        worst = Charge(1, *event.tokens, cost_usd=event.cents / 100)
        check_lanes(LANES, worst)
        request = Request(CALLER, worst, LANES, PURSES, "ticket", 0.0, None, "me", 1e9)
        with self.money.transaction((), ()) as till:
            found = decide(till, request)
            till.drop_ticket("ticket")
        if isinstance(found, Reservation):
            self.flying.append((self.now, found, event))
            self.peak = max(self.peak, len(self.flying))

    def end(self, how: str) -> None:
        """End the oldest call in flight."""
        if not self.flying:
            return
        began, reservation, event = self.flying.pop(0)
        worst = reservation.worst
        tokens = int(worst.input_tokens * event.used), int(worst.output_tokens * event.used)
        used = Charge(1, *tokens, cost_usd=(worst.cost_usd or 0) * event.used)
        if how == "refund":
            used = Charge(1, cost_usd=0.0)
        with self.money.transaction((), ()) as till:
            if how == "lose":
                till.lose_call(reservation.id, counts_from=till.now, seconds=0, code=None)
                used = worst
            else:
                till.end_call(reservation.id, how, used, counts_from=till.now, seconds=0, code=None)
        self.spent += used.cost_usd or 0
        self.counted.append(Counted(began + event.counted * (self.now - began), amounts_of(used)))


@given(events)
@settings(max_examples=60, deadline=None)
def test_no_window_ever_holds_more_than_a_limit_and_no_purse_gives_more_than_it_has(story: list[Event]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder)
        for event in story:
            world.now += event.seconds
            try:
                world.ask(event) if event.kind == "ask" else world.end(event.kind)
            except Exception as error:
                if getattr(error, "code", "") != "BUDGET_EXCEEDED":
                    raise
        while world.flying:
            world.now += 0.5
            world.end("settle")
        world.money.close()
    assert world.peak <= 3
    assert world.spent <= 1.0 + 1e-6
    for limit in (limit for lane in LANES for limit in lane.limits):
        bounds = limit.requests, limit.input_tokens, limit.output_tokens
        for last in world.counted:
            within = [one.amounts for one in world.counted if last.at - limit.seconds < one.at <= last.at]
            for bound, total in zip(bounds, map(sum, zip(*within, strict=True)), strict=True):
                assert bound is None or total <= bound


def test_a_window_that_is_full_opens_exactly_when_enough_has_left_it() -> None:
    """Keeps the test above from passing because nothing is ever let through."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder)
        ask = Event(0, "ask", (10, 5), 1, 1.0, 0.5)
        for expected, seconds in ((1, 0.0), (2, 0.0), (2, 2.9), (3, 0.2), (4, 3.1), (4, 3.1), (5, 0.8), (6, 3.1)):
            world.now += seconds
            world.ask(ask)
            world.end("settle")
            assert len(world.counted) == expected
        world.money.close()
