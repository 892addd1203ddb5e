"""A request to a model is one request, and its answer comes back with what it used."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from model_server import ModelServer
from pydantic import BaseModel
from vendors import ALL, ANTHROPIC, GOOGLE, OPENAI, PROMPT, ask, code_of, fake_vendor

from tasks.llm.prompts import Prompt, Tuning
from tasks.llm.wire import send
from tasks.settings import settings


class Berth(BaseModel):
    """What a typed answer holds."""

    number: int
    keeper: str


TYPED = '{"number": 3, "keeper": "Ines"}'


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    with fake_vendor(monkeypatch, input_tokens=100, output_tokens=20) as server:
        yield server


@pytest.mark.parametrize("model", ALL)
def test_an_answer_comes_with_what_the_vendor_counted_and_what_that_costs(vendor: ModelServer, model: str) -> None:
    exchange = ask(model)
    assert exchange.value == vendor.options.answer
    assert exchange.used is not None
    assert (exchange.used.requests, exchange.used.input_tokens, exchange.used.output_tokens) == (1, 100, 20)
    assert exchange.used.cost_usd is not None
    assert exchange.used.cost_usd > 0


@pytest.mark.parametrize("behaviour", ["ok", "429", "500", "529", "cut", "half", "redirect", "empty"])
@pytest.mark.parametrize("model", ALL)
def test_one_send_is_one_http_request_whatever_comes_of_it(vendor: ModelServer, model: str, behaviour: str) -> None:
    vendor.script(behaviour)
    ask(model)
    assert vendor.requests == 1


@pytest.mark.parametrize("model", ALL)
def test_a_typed_answer_is_checked_against_its_schema(vendor: ModelServer, model: str) -> None:
    vendor.options.answer = TYPED
    assert ask(model, Berth).value == Berth(number=3, keeper="Ines")


def test_a_fence_round_a_typed_answer_is_taken_off(vendor: ModelServer) -> None:
    vendor.options.answer = f"```json\n{TYPED}\n```\n"
    assert ask(ANTHROPIC, Berth).value == Berth(number=3, keeper="Ines")


def test_an_answer_that_does_not_fit_names_the_first_complaint_and_repeats_nothing(vendor: ModelServer) -> None:
    vendor.options.answer = '{"number": "the third one of the old pier", "keeper": 7}'
    exchange = ask(OPENAI, Berth)
    assert code_of(exchange) == "ANSWER_UNPARSABLE"
    assert "number: " in str(exchange.error)
    assert "keeper" not in str(exchange.error)
    assert "old pier" not in str(exchange.error)
    assert exchange.used is not None
    assert exchange.used.output_tokens == 20


@pytest.mark.parametrize("model", ALL)
@pytest.mark.parametrize(
    ("behaviour", "code"), [("truncated", "ANSWER_TRUNCATED"), ("refusal", "ANSWER_REFUSED"), ("empty", "ANSWER_EMPTY")]
)
def test_an_answer_that_is_none_was_paid_for_all_the_same(
    vendor: ModelServer, model: str, behaviour: str, code: str
) -> None:
    vendor.script(behaviour)
    exchange = ask(model)
    assert code_of(exchange) == code
    assert exchange.used is not None
    assert (exchange.used.input_tokens, exchange.used.output_tokens) == (100, 20)


def test_cached_input_is_counted_and_costs_less(vendor: ModelServer) -> None:
    plain = ask(OPENAI).used
    vendor.script("cached")
    cached = ask(OPENAI).used
    assert plain is not None
    assert cached is not None
    assert (plain.cached_tokens, cached.cached_tokens) == (0, 50)
    assert 0 < (cached.cost_usd or 0) < (plain.cost_usd or 0)


def test_a_server_that_counts_nothing_leaves_the_use_unknown(vendor: ModelServer) -> None:
    vendor.script("no_usage")
    exchange = ask(OPENAI)
    assert exchange.value == vendor.options.answer
    assert exchange.used is None


def test_what_is_shared_stands_before_what_is_not_and_ends_in_a_mark_where_a_vendor_wants_one(
    vendor: ModelServer,
) -> None:
    ask(OPENAI)
    system, user = vendor.calls[-1].body["messages"]
    assert system["content"] == PROMPT.system
    assert user["content"] == f"{PROMPT.shared}\n\n{PROMPT.own}"
    ask(ANTHROPIC)
    shared, own = vendor.calls[-1].body["messages"][0]["content"]
    assert shared["text"] == PROMPT.shared
    assert shared["cache_control"]["type"] == "ephemeral"
    assert own == {"type": "text", "text": PROMPT.own}


def test_tuning_reaches_the_vendor(vendor: ModelServer) -> None:
    ask(OPENAI, max_tokens=77, temperature=0.5, seed=9)
    asked = vendor.calls[-1].body
    assert (asked["max_completion_tokens"], asked["temperature"], asked["seed"]) == (77, 0.5, 9)
    ask(GOOGLE, max_tokens=77)
    assert vendor.calls[-1].body["generationConfig"]["maxOutputTokens"] == 77


def test_many_requests_are_under_way_at_once_and_their_connections_end_with_the_loop(vendor: ModelServer) -> None:
    vendor.options.seconds = 0.2

    async def many() -> list[str | None]:
        asked = (send(OPENAI, Prompt(own=f"Berth {number}"), str, Tuning()) for number in range(20))
        return [exchange.value for exchange in await asyncio.gather(*asked)]

    assert asyncio.run(many()) == [vendor.options.answer] * 20
    assert vendor.requests == 20
    assert vendor.peak > 10
    until = time.monotonic() + 10
    while vendor.connections and time.monotonic() < until:
        time.sleep(0.01)
    assert vendor.connections == 0


def test_a_request_that_is_cancelled_raises_so_and_the_next_one_works(vendor: ModelServer) -> None:
    async def cancelled() -> str | None:
        await send(OPENAI, PROMPT, str, Tuning())
        vendor.script("hang")
        task = asyncio.create_task(send(OPENAI, PROMPT, str, Tuning()))
        while vendor.requests < 2:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return (await send(OPENAI, PROMPT, str, Tuning())).value

    assert asyncio.run(cancelled()) == vendor.options.answer


def test_a_servers_own_key_and_address_come_from_the_setup(
    vendor: ModelServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    named = tmp_path / "models.yaml"
    named.write_text(f"servers: {{pier: {{address: '{vendor.address}/v1', key: PIER_KEY}}}}\n", encoding="utf-8")
    monkeypatch.setenv("PRESSROOM_MODELS", str(named))
    settings.cache_clear()
    assert code_of(ask("pier:gull-7b")) == "MODEL_KEY_MISSING"
    monkeypatch.setenv("PIER_KEY", "gulls-and-terns")
    exchange = ask("pier:gull-7b", max_tokens=5)
    assert exchange.value == vendor.options.answer
    assert exchange.used is not None
    assert exchange.used.cost_usd is None, "nobody has said what it costs"
    asked = vendor.calls[-1]
    assert (asked.body["model"], asked.body["max_tokens"]) == ("gull-7b", 5)
    assert asked.key == "gulls-and-terns"
