"""Processes that share a ledger share their limits, and one that is killed gives back what nobody needs to know."""

from __future__ import annotations

import asyncio
import subprocess
import time

import pytest
from governor_client import CALL, CALLER, Plan, clients, noted
from governors import lane, open_governor, refused, reserved, rows

pytestmark = pytest.mark.usefixtures("database")


def wait_for(process: subprocess.Popen[bytes], event: str, count: int) -> None:
    while len(noted(event)) < count:
        assert process.poll() is None, "the process ended before it could be killed"
        time.sleep(0.005)


def peak() -> int:
    now = most = 0
    for event, _ in noted("start", "end"):
        now += 1 if event == "start" else -1
        most = max(most, now)
    return most


def test_processes_that_share_a_lane_never_have_more_calls_in_flight_than_it_allows() -> None:
    with clients(Plan(calls=12, seconds=0.1, clients=3, parallel=4)) as started:
        assert [process.wait(timeout=120) for process in started] == [0, 0, 0]
    assert len(noted("end")) == 36
    assert peak() == 4


def test_processes_that_want_more_than_there_is_get_equal_shares() -> None:
    with clients(Plan(calls=30, clients=2, parallel=1)) as started:
        assert [process.wait(timeout=120) for process in started] == [0, 0]
    order = [who for _, who in noted("start")]
    both = order[max(order.index("0"), order.index("1")) :][:40]
    assert abs(both.count("0") - both.count("1")) <= 4


def test_a_killed_process_gives_back_its_share_of_the_lane_but_not_its_money() -> None:
    plan = Plan(calls=2, seconds=3600, parallel=2, requests_a_second=2, usd=0.35)

    async def go_on() -> None:
        reservation = await our.reserve(CALLER, CALL, plan.lanes, plan.purses, patience=60)
        await our.settle(reservation, CALL, run_seconds=0)
        assert await refused(our.try_reserve(CALLER, CALL, [], plan.purses, ticket=None)) == "BUDGET_EXCEEDED"

    with clients(plan) as (process,), open_governor() as our:
        wait_for(process, "start", 2)
        process.kill()
        process.wait()
        asyncio.run(go_on())
    unknown = rows("model_call", "status = 'unknown'")
    assert [row["cost_usd"] for row in unknown] == [0.1, 0.1]
    assert all(row["counts_from"] == row["lease_until"] for row in unknown)


def test_a_waiter_that_is_killed_does_not_keep_others_from_their_turn() -> None:
    async def work() -> None:
        held = await reserved(our, CALL, lane(parallel=1))
        with clients(Plan(calls=1, parallel=1)) as (process,):
            while not rows("model_ticket"):
                assert process.poll() is None
                await asyncio.sleep(0.01)
        await our.settle(held, CALL, run_seconds=0)
        await our.reserve(CALLER, CALL, lane(parallel=1), [], patience=60)

    with open_governor() as our:
        asyncio.run(work())
    assert not noted("start")


def test_a_process_that_lives_keeps_what_it_has_in_flight_beyond_its_lease() -> None:
    async def work() -> None:
        await reserved(our, CALL, lane(parallel=1))
        await asyncio.sleep(3 * 0.6)
        found = await other.try_reserve(CALLER, CALL, lane(parallel=1), [], ticket=None)
        assert getattr(found, "why", None) == "parallel"

    with open_governor(lease_seconds=0.6) as our, open_governor(lease_seconds=0.6) as other:
        asyncio.run(work())
