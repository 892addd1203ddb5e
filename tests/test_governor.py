"""What the governor promises to one process: limits, turns, lanes that are shut; on SQLite and on Postgres."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import replace

import pytest
from governor_client import CALL, CALLER, MODEL
from governors import kept_waiting, lane, open_governor, refused, reserved, rows, run

from tasks.governor.charges import Charge, Lane, Limit, Purse, Reservation, Wait
from tasks.governor.governor import Governor
from tasks.settings import settings
from tasks.work import Work, begin_work


@pytest.mark.parametrize(
    ("limit", "fits", "is_too_much"),
    [
        (Limit(60, requests=2), Charge(1), Charge(1)),
        (Limit(60, input_tokens=25), Charge(1, 10), Charge(1, 6)),
        (Limit(60, output_tokens=25), Charge(1, 0, 10), Charge(1, 0, 6)),
    ],
    ids=["requests", "input", "output"],
)
@pytest.mark.usefixtures("database")
def test_what_does_not_fit_into_a_window_waits_until_enough_has_left_it(
    limit: Limit, fits: Charge, is_too_much: Charge
) -> None:
    async def work() -> Wait:
        for _ in range(2):
            await our.settle(await reserved(our, fits, lane(limit)), fits, run_seconds=0)
        return await kept_waiting(our, is_too_much, lane(limit))

    with open_governor() as our:
        wait = run(work())
    assert (wait.why, wait.lane, wait.may_be_sooner) == ("limit", "harbour", False)
    assert 50 < wait.seconds <= 60


@pytest.mark.usefixtures("database")
def test_a_call_that_lacks_room_in_one_lane_takes_nothing_in_the_other_nor_money() -> None:
    wide, narrow = Lane("harbour", (Limit(60, requests=10),)), Lane(MODEL, (Limit(60, output_tokens=15),))

    async def work() -> None:
        purse = [Purse("batch", 0.3)]
        await reserved(our, CALL, [wide, narrow], purse)
        for _ in range(20):
            assert (await kept_waiting(our, CALL, [wide, narrow], purse)).lane == MODEL
        for _ in range(9):
            await reserved(our, Charge(1, cost_usd=0.0), [wide], purse)
        assert (await kept_waiting(our, Charge(1), [wide])).lane == "harbour"
        await reserved(our, replace(CALL, cost_usd=0.2), (), purse)

    with open_governor() as our:
        run(work())


@pytest.mark.usefixtures("database")
def test_what_a_call_did_not_use_goes_back_at_once() -> None:
    lanes = lane(Limit(60, input_tokens=100))

    async def work() -> None:
        first = await reserved(our, Charge(1, 90), lanes)
        assert (await kept_waiting(our, Charge(1, 60), lanes)).may_be_sooner
        await our.settle(first, Charge(1, 40), run_seconds=1)
        second = await reserved(our, Charge(1, 60), lanes)
        await our.refund(second, error_code="API_RATE_LIMIT")
        await reserved(our, Charge(1, 60), lanes)

    with open_governor() as our:
        run(work())


@pytest.mark.usefixtures("database")
def test_a_refused_call_counts_as_a_request_and_costs_nothing() -> None:
    lanes, purse = lane(Limit(60, requests=1)), [Purse("batch", 0.1)]

    async def work() -> None:
        await our.refund(await reserved(our, CALL, lanes, purse))
        await kept_waiting(our, CALL, lanes, purse)
        await reserved(our, CALL, (), purse)

    with open_governor() as our:
        run(work())


@pytest.mark.usefixtures("database")
def test_of_many_calls_no_more_are_in_flight_than_a_lane_allows_and_no_place_stays_empty() -> None:
    now = peak = 0

    async def call() -> None:
        nonlocal now, peak
        reservation = await our.reserve(CALLER, CALL, lane(parallel=3), [], patience=60)
        now += 1
        peak = max(peak, now)
        await asyncio.sleep(0.02)
        now -= 1
        await our.settle(reservation, CALL, run_seconds=0.02)

    async def work() -> None:
        await asyncio.gather(*(call() for _ in range(20)))

    with open_governor() as our:
        run(work())
    assert peak == 3


@pytest.mark.usefixtures("database")
def test_who_came_first_goes_first() -> None:
    gone: list[int] = []

    async def call(number: int) -> None:
        reservation = await our.reserve(CALLER, CALL, lane(parallel=1), [], patience=60)
        gone.append(number)
        await our.settle(reservation, CALL, run_seconds=0)

    async def work() -> None:
        await asyncio.gather(*(call(number) for number in range(15)))

    with open_governor() as our:
        run(work())
    assert gone == list(range(15))


@pytest.mark.usefixtures("database")
def test_a_large_call_is_not_overtaken_for_ever_by_small_ones() -> None:
    lanes = lane(Limit(60, input_tokens=100))

    async def work() -> None:
        first = await reserved(our, Charge(1, 50), lanes)
        large = await our.try_reserve(CALLER, Charge(1, 80), lanes, [], ticket="large")
        assert isinstance(large, Wait)
        assert (await kept_waiting(our, Charge(1, 30), lanes)).why == "turn"
        await reserved(our, Charge(1, 20), lane(Limit(60, input_tokens=1000), name=MODEL))
        await our.refund(first)
        assert isinstance(await our.try_reserve(CALLER, Charge(1, 80), lanes, [], ticket="large"), Reservation)

    with open_governor() as our:
        run(work())


@pytest.mark.usefixtures("database")
def test_a_model_that_waits_for_its_own_limit_keeps_no_room_of_its_vendor_from_another() -> None:
    vendor, own = Lane("harbour", parallel=1), Lane(MODEL, (Limit(60, requests=1),))

    async def work() -> None:
        await our.settle(await reserved(our, CALL, [vendor, own]), CALL, run_seconds=0)
        assert isinstance(await our.try_reserve(CALLER, CALL, [vendor, own], [], ticket="waits"), Wait)
        await reserved(our, CALL, [vendor, Lane("harbour:mate")], model="harbour:mate")

    with open_governor() as our:
        run(work())


def test_patience_ends_and_leaves_no_place_in_the_order() -> None:
    lanes = lane(parallel=1)

    async def work() -> None:
        held = await reserved(our, CALL, lanes)
        assert await refused(our.reserve(CALLER, CALL, lanes, [], patience=0.05)) == "LIMIT_WAIT"
        await our.refund(held)
        await reserved(our, CALL, lanes)

    with open_governor() as our:
        run(work())


def test_who_is_cancelled_while_he_waits_leaves_neither_a_place_nor_a_reservation() -> None:
    lanes = lane(parallel=2)

    async def work() -> None:
        held = await reserved(our, CALL, lanes)
        for pause in (0.0, 0.0001, 0.001, 0.01, 0.05):
            waits = [asyncio.ensure_future(our.reserve(CALLER, CALL, lanes, [], patience=60)) for _ in range(3)]
            await asyncio.sleep(pause)
            for wait in waits:
                wait.cancel()
            for found in await asyncio.gather(*waits, return_exceptions=True):
                if isinstance(found, Reservation):
                    await our.refund(found)
        await reserved(our, CALL, lanes)
        await our.refund(held)
        await our.lanes()  # what was sent before it is done by then
        assert (len(rows("model_call", "counts_from IS NULL")), rows("model_ticket")) == (1, [])

    with open_governor() as our:
        run(work())


@pytest.mark.usefixtures("database")
def test_what_a_vendor_asks_to_wait_holds_for_every_governor_and_only_in_its_lanes() -> None:
    async def work() -> None:
        await one.penalise(["harbour"], 30, "busy")
        await one.penalise(["harbour"], 5, "busy again")
        wait = await kept_waiting(two, CALL, lane())
        assert wait.why == "penalty"
        assert 25 < wait.seconds <= 30
        await reserved(two, CALL, lane(name="orchard"), model="orchard:pear")

    with open_governor() as one, open_governor() as two:
        run(work())


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def test_a_lane_opens_after_five_failures_in_a_row_and_one_call_tries_it() -> None:
    clock, lanes = Clock(), lane(name=MODEL)

    async def fail(times: int, apart: float = 0.3) -> None:
        for _ in range(times):
            clock.now += apart
            await our.told(MODEL, False, "TEMPORARY_ERROR")

    async def work() -> None:
        await fail(9, apart=0.1)  # by chance, among calls that go well
        await reserved(our, CALL, lanes)
        await our.told(MODEL, True)
        await fail(4)
        await our.told(MODEL, True)
        await fail(4)
        await reserved(our, CALL, lanes)
        await fail(1)
        wait = await kept_waiting(our, CALL, lanes)
        assert (wait.why, wait.seconds) == ("breaker", 30)
        for seconds in (30, 60, 120, 240, 300, 300):
            clock.now += seconds
            await reserved(our, CALL, lanes)
            assert (await kept_waiting(our, CALL, lanes)).why == "breaker"
            await fail(1)
            await fail(1)  # one that had begun before counts no more
        clock.now += 300
        await reserved(our, CALL, lanes)
        assert (await our.lanes())[0]["breaker"] == "half_open"
        await our.told(MODEL, True)
        await reserved(our, CALL, lanes)
        assert (await our.lanes())[0]["breaker"] == "closed"

    our = Governor(settings(), clock)
    run(work())
    our.close()


def test_waiting_is_told_to_the_work_at_hand_as_not_its_own() -> None:
    work_at_hand = Work()

    async def wait() -> None:
        begin_work(work_at_hand)
        await our.reserve(CALLER, CALL, lane(parallel=1), [], patience=60)

    async def work() -> None:
        held = await reserved(our, CALL, lane(parallel=1))
        waiting = asyncio.ensure_future(wait())
        await asyncio.sleep(0.2)
        await our.settle(held, CALL, run_seconds=0.2)
        await waiting

    with open_governor() as our:
        run(work())
    assert work_at_hand.waited_seconds > 0.1


@pytest.mark.usefixtures("database")
def test_tokens_in_flight_are_told_by_model() -> None:
    async def work() -> dict[str, int]:
        await our.settle(await reserved(our), CALL, run_seconds=0)
        await reserved(our, Charge(1, 30, 12))
        return await our.loads([MODEL, "orchard:pear"])

    with open_governor() as our:
        assert run(work()) == {MODEL: 42, "orchard:pear": 0}


@pytest.mark.usefixtures("database")
def test_what_a_process_allows_itself_bounds_no_other_and_keeps_no_room_from_it() -> None:
    slow, quick = [Lane(MODEL, own_parallel=1)], [Lane(MODEL, (Limit(60, requests=5),), own_parallel=8)]

    async def work() -> None:
        for _ in range(3):
            await reserved(one, CALL, quick)
        held = await reserved(two, CALL, slow)
        waiting = asyncio.ensure_future(two.reserve(CALLER, CALL, slow, [], patience=60))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        await reserved(one, CALL, quick)
        await two.settle(held, CALL, run_seconds=0)
        await asyncio.wait_for(waiting, 10)

    with open_governor() as one, open_governor() as two:
        run(work())


def test_those_who_wait_for_money_in_flight_do_not_keep_each_other_awake() -> None:
    purse, naps = [Purse("batch", 0.1)], list[float]()

    class Counted(Work):
        async def sleep(self, seconds: float, until: asyncio.Event | None = None) -> None:
            naps.append(seconds)
            await super().sleep(seconds, until)

    async def wait() -> None:
        begin_work(Counted())
        await our.refund(await our.reserve(CALLER, CALL, [], purse, patience=60))

    async def work() -> None:
        held = await reserved(our, CALL, (), purse)
        waiting = [asyncio.ensure_future(wait()) for _ in range(3)]
        await asyncio.sleep(0.5)
        assert len(naps) < 10
        await our.refund(held)
        await asyncio.wait_for(asyncio.gather(*waiting), 10)

    with open_governor() as our:
        run(work())


def test_the_end_of_a_call_that_could_not_be_written_down_is_written_down_later() -> None:
    async def work() -> None:
        held = await reserved(our, CALL, lane(parallel=1), [Purse("batch", 0.15)])
        other = sqlite3.connect(settings().ledger_path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert await refused(our.settle(held, replace(CALL, cost_usd=0.01), run_seconds=0)) == "LEDGER_LOCKED"
        other.execute("COMMIT")
        other.close()
        await our.reserve(CALLER, CALL, lane(parallel=1), [Purse("batch", 0.15)], patience=10)

    with open_governor(ledger_patience_seconds=0.1, lease_seconds=0.6) as our:
        run(work())
