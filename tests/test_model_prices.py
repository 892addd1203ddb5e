"""What a call costs, what it may cost at most, and that an unknown price is never nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from tasks.governor.charges import Charge
from tasks.llm.prices import cost_of, is_priced
from tasks.llm.prompts import Prompt, Tuning
from tasks.llm.worst_case import tokens_in, worst_case

PRICES = """
servers: {pier: {address: "http://127.0.0.1:8000/v1"}}
prices:
  pier:gull: {input: 0.2, cached_input: 0.1, output: 0.6, searches: 10}
  pier:tern: {input: 0.3, output: 0.6}
  pier:free: {input: 0, output: 0}
  pier:voice: {characters: 30}
"""
SOME = Charge(input_tokens=1_000, output_tokens=100)


class Berth(BaseModel):
    """What a typed answer holds."""

    number: int


@pytest.fixture
def prices(home: Path) -> None:
    home.mkdir()
    (home / "models.yaml").write_text(PRICES, encoding="utf-8")


@pytest.mark.usefixtures("prices")
@pytest.mark.parametrize(
    ("model", "charge", "usd"),
    [
        ("pier:gull", Charge(input_tokens=1_000_000), 0.2),
        ("pier:gull", Charge(input_tokens=1_000_000, cached_tokens=750_000), 0.125),
        ("pier:gull", Charge(output_tokens=1_000_000, searches=2), 0.62),
        ("pier:tern", Charge(input_tokens=1_000_000, cached_tokens=1_000_000), 0.3),
        ("pier:tern", Charge(searches=1), None),
        ("pier:free", SOME, 0.0),
        ("pier:voice", Charge(characters=1_000), 0.03),
        ("pier:voice", SOME, None),
        ("pier:unsaid", SOME, None),
        ("pier:unsaid", Charge(), None),
        ("local:smollm2-135m", SOME, 0.0),
        ("openai:no-such-model", SOME, None),
        ("openai:tts-1", SOME, None),
        ("openai:tts-1", Charge(characters=2_000), 0.03),
        ("openai:gpt-4o", Charge(characters=10), None),
        ("openai:gpt-4o", Charge(requests=0), 0.0),
    ],
)
def test_a_charge_is_priced_part_by_part_or_not_at_all(model: str, charge: Charge, usd: float | None) -> None:
    assert cost_of(model, charge) == usd


@pytest.mark.usefixtures("prices")
def test_a_budget_can_bound_only_what_has_a_price() -> None:
    named = ["openai:gpt-4o", "anthropic:claude-haiku-4-5", "google:gemini-2.5-flash", "pier:gull", "pier:free"]
    assert [is_priced(model) for model in named] == [True] * 5
    assert not is_priced("pier:unsaid")
    assert not is_priced("pier:voice")


def test_input_from_a_cache_costs_less_and_input_into_one_more_where_the_vendor_says_so() -> None:
    plain = cost_of("anthropic:claude-haiku-4-5", SOME)
    cached = cost_of("anthropic:claude-haiku-4-5", Charge(input_tokens=1_000, cached_tokens=900, output_tokens=100))
    written = cost_of("anthropic:claude-haiku-4-5", SOME, written_tokens=900)
    assert (cached or 0) < (plain or 0) < (written or 0)


@pytest.mark.usefixtures("prices")
def test_the_worst_case_counts_all_of_the_prompt_the_longest_answer_and_its_price() -> None:
    prompt = Prompt(system="word " * 100, shared="word " * 200, own="word " * 300)
    worst = worst_case("pier:gull", prompt, Tuning(max_tokens=500), str)
    assert worst.requests == 1
    assert 600 <= worst.input_tokens <= 2_000
    assert worst.output_tokens == 500
    assert worst.cost_usd == pytest.approx((worst.input_tokens * 0.2 + 500 * 0.6) / 1_000_000)
    assert worst_case("pier:unsaid", prompt, Tuning(), str).cost_usd is None


def test_a_schema_counts_as_input() -> None:
    prompt = Prompt(own="Which berth?")
    typed, plain = (worst_case("openai:gpt-4o", prompt, Tuning(), output) for output in (Berth, str))
    assert typed.input_tokens > plain.input_tokens


@given(st.text(max_size=200), st.text(max_size=200))
def test_a_longer_text_never_counts_for_less_than_its_halves_need(first: str, second: str) -> None:
    assert 0 <= tokens_in(first) <= len(first.encode(errors="replace"))
    assert tokens_in(f"{first}\n{second}") >= tokens_in(first)
