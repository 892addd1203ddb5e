"""What the governor lets nobody spend, on SQLite and on Postgres; and what it refuses at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from governor_client import CALL, CALLER
from governors import kept_waiting, lane, open_governor, refused, reserved, run

from tasks.governor.charges import Charge, Limit, Purse


@pytest.mark.usefixtures("database")
def test_a_budget_counts_what_is_spent_what_is_unknown_and_what_is_in_flight() -> None:
    purse = [Purse("batch", 0.3)]

    async def work() -> None:
        spent, lost = await reserved(our, CALL, (), purse), await reserved(our, CALL, (), purse)
        await our.settle(spent, replace(CALL, cost_usd=0.05), run_seconds=0)
        await our.hold_unknown(lost, run_seconds=0, error_code="TIMEOUT")
        last = await reserved(our, CALL, (), purse)
        assert (await kept_waiting(our, CALL, (), purse)).why == "budget"
        await our.settle(last, CALL, run_seconds=0)
        assert await refused(our.try_reserve(CALLER, CALL, [], purse, ticket=None)) == "BUDGET_EXCEEDED"
        assert await our.resolve(lost.id, replace(CALL, cost_usd=0.0))
        assert not await our.resolve(lost.id, CALL)
        await reserved(our, CALL, (), purse)

    with open_governor() as our:
        run(work())


@pytest.mark.parametrize("scope", ["batch", "item", "kind"])
@pytest.mark.usefixtures("database")
def test_a_budget_bounds_its_own_batch_item_or_kind_only(scope: Any) -> None:
    purse = [Purse(scope, 0.1, days=7 if scope == "kind" else None)]

    async def work() -> None:
        await our.settle(await reserved(our, CALL, (), purse), CALL, run_seconds=0)
        assert await refused(our.try_reserve(CALLER, CALL, [], purse, ticket=None)) == "BUDGET_EXCEEDED"
        await reserved(our, CALL, (), purse, batch_id="other", item_id="other", kind="other")

    with open_governor() as our:
        run(work())


@pytest.mark.usefixtures("database")
def test_a_purse_that_is_nearly_empty_is_told_once() -> None:
    purse = [Purse("batch", 1.0)]

    async def work() -> list[list[float]]:
        found = []
        for _ in range(10):
            reservation = await reserved(our, CALL, (), purse)
            await our.settle(reservation, CALL, run_seconds=0)
            found.append([spent.usd for spent in reservation.running_low])
        return found

    with open_governor() as our:
        assert run(work()) == [[]] * 8 + [[pytest.approx(0.8)]] + [[]]


def test_waiting_for_a_budget_lets_other_batches_go_on() -> None:
    async def work() -> None:
        purse = [Purse("batch", 0.1)]
        held = await reserved(our, CALL, (), purse)
        stuck = asyncio.ensure_future(our.reserve(CALLER, CALL, [], purse, patience=60))
        await asyncio.sleep(0.05)
        other = replace(CALLER, batch_id="other")
        await asyncio.wait_for(our.reserve(other, CALL, [], purse, patience=60), 10)
        await our.refund(held)
        await asyncio.wait_for(stuck, 10)

    with open_governor() as our:
        run(work())


@pytest.mark.parametrize(
    ("lanes", "purses", "worst", "code"),
    [
        (lane(Limit(60, requests=0)), [], CALL, "LIMIT_TOO_SMALL"),
        (lane(Limit(60, input_tokens=9)), [], CALL, "LIMIT_TOO_SMALL"),
        (lane(Limit(60, output_tokens=-1)), [], CALL, "LIMIT_TOO_SMALL"),
        (lane(Limit(0, requests=5)), [], CALL, "INVALID_INPUT"),
        (lane(parallel=0), [], CALL, "INVALID_INPUT"),
        ([], [Purse("batch", 0.05)], CALL, "BUDGET_EXCEEDED"),
        ([], [Purse("batch", 0.0)], CALL, "INVALID_INPUT"),
        ([], [Purse("batch", float("nan"))], CALL, "INVALID_INPUT"),
        ([], [Purse("item", 5.0)], replace(CALL, cost_usd=None), "PRICE_UNKNOWN"),
    ],
)
def test_what_waiting_does_not_help_is_refused_at_once(lanes: Any, purses: Any, worst: Charge, code: str) -> None:
    with open_governor() as our:
        assert run(refused(our.reserve(CALLER, worst, lanes, purses, patience=60))) == code


def test_a_call_whose_price_is_not_known_may_be_made_where_money_is_not_bounded() -> None:
    with open_governor() as our:
        run(reserved(our, replace(CALL, cost_usd=None)))
