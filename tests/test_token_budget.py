"""What an item may use in tokens: asked before each call, counted from the ledger, and the item's own affair."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from asking import ask_batch, askers, settle_models
from governor_client import CALL, CALLER
from governors import kept_waiting, open_governor, refused, reserved, rows, run
from model_server import ModelServer

from tasks.governor.charges import Purse
from tasks.governor.governor import Governor
from tasks.results import BatchResult

TOKENS = [Purse("item", tokens=50)]
"""A call takes 20 of them at worst."""


@pytest.fixture
def vendor() -> Iterator[ModelServer]:
    """A vendor on loopback, known as `fake`, who counts 110 tokens a call."""
    with ModelServer(input_tokens=100, output_tokens=10) as server:
        settle_models(servers={"fake": {"address": f"{server.address}/v1"}})
        yield server


async def refusal(our: Governor) -> str:
    return await refused(our.try_reserve(CALLER, CALL, [], TOKENS, ticket=None))


@pytest.mark.usefixtures("database")
def test_tokens_count_what_is_used_what_is_unknown_and_what_is_in_flight() -> None:
    async def work() -> None:
        used, lost = await reserved(our, CALL, (), TOKENS), await reserved(our, CALL, (), TOKENS)
        assert (await kept_waiting(our, CALL, (), TOKENS)).why == "budget", "those in flight may give some back"
        await our.settle(used, replace(CALL, input_tokens=3, output_tokens=4), run_seconds=0)
        await our.hold_unknown(lost, run_seconds=0, error_code="TIMEOUT")
        last = await reserved(our, CALL, (), TOKENS)
        await our.settle(last, CALL, run_seconds=0)
        assert await refusal(our) == "TOKENS_EXCEEDED", "7 + 20 + 20 are gone"
        assert await our.resolve(lost.id, replace(CALL, input_tokens=1, output_tokens=1))
        await reserved(our, CALL, (), TOKENS)

    with open_governor() as our:
        run(work())


@pytest.mark.usefixtures("database")
def test_tokens_are_each_items_own_and_another_process_knows_them() -> None:
    async def use() -> None:
        for _ in range(2):
            await our.settle(await reserved(our, CALL, (), TOKENS), CALL, run_seconds=0)

    async def ask_again() -> None:
        assert await refusal(our) == "TOKENS_EXCEEDED"
        await reserved(our, CALL, (), TOKENS, item_id="other")
        await reserved(our, CALL, (), TOKENS, batch_id="other")
        await reserved(our, CALL, (), [Purse("item", tokens=60)])

    with open_governor() as our:
        run(use())
    with open_governor() as our:
        run(ask_again())


@pytest.mark.usefixtures("database")
def test_many_calls_at_once_never_take_more_than_there_is() -> None:
    async def call() -> str:
        try:
            reservation = await our.reserve(CALLER, CALL, [], TOKENS, patience=60)
        except Exception as error:
            return str(getattr(error, "code", error))
        await asyncio.sleep(0.01)
        await our.settle(reservation, CALL, run_seconds=0)
        return "used"

    async def work() -> list[str]:
        return sorted(await asyncio.gather(*(call() for _ in range(6))))

    with open_governor() as our:
        assert run(work()) == ["TOKENS_EXCEEDED"] * 4 + ["used"] * 2
    assert sum(row["input_tokens"] + row["output_tokens"] for row in rows("model_call")) == 40


@pytest.mark.usefixtures("database")
def test_money_and_tokens_are_taken_together_or_not_at_all() -> None:
    async def work() -> None:
        assert await refused(our.try_reserve(CALLER, CALL, [], [Purse("batch", 0.05), *TOKENS], ticket=None))
        both = [Purse("batch", 1.0), Purse("item", tokens=19)]
        assert await refused(our.try_reserve(CALLER, CALL, [], both, ticket=None)) == "TOKENS_EXCEEDED"

    with open_governor() as our:
        run(work())
    assert rows("model_call") == []


def test_tokens_need_no_price_and_none_at_all_are_no_budget() -> None:
    async def work() -> None:
        await reserved(our, replace(CALL, cost_usd=None), (), TOKENS)
        nothing = [Purse("item", tokens=0)]
        assert await refused(our.try_reserve(CALLER, CALL, [], nothing, ticket=None)) == "INVALID_INPUT"

    with open_governor() as our:
        run(work())


def codes(result: BatchResult) -> dict[str, str]:
    return {one.item_id: one.error_code or one.status.value for one in result.results}


@pytest.mark.usefixtures("prefect_server")
def test_an_item_that_has_used_up_its_tokens_fails_alone_and_a_higher_bound_lets_it_go_on(
    tmp_path: Path, vendor: ModelServer
) -> None:
    items = askers(3)
    items[0].text += " [use=900,60]"
    limit = {"item_tokens": 1000}
    stopped = ask_batch("b", items, tmp_path, model="fake:a", budget=limit)
    assert codes(stopped) == {"i0": "TOKENS_EXCEEDED", "i1": "succeeded", "i2": "succeeded"}
    assert vendor.requests == 5
    (told,) = [one.error_message for one in stopped.results if one.error_code]
    assert told is not None
    assert "'i0' has used 960 of its 1,000 tokens" in told
    again = ask_batch("b", items, tmp_path, model="fake:a", budget=limit, select="failed")
    assert codes(again)["i0"] == "TOKENS_EXCEEDED", "what an earlier run has used counts"
    assert vendor.requests == 5
    raised = ask_batch("b", items, tmp_path, model="fake:a", budget={"item_tokens": 5000})
    assert set(codes(raised).values()) == {"succeeded"}
    assert vendor.requests == 6, "its first stage is not asked again"
