"""Keys come from the environment alone, and appear in nothing that anybody reads."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest
from model_server import ModelServer
from vendors import ALL, KEY, ask, code_of, fake_vendor

from tasks.llm.failures import NOT_SENT
from tasks.llm.keys import key_missing, without_keys
from tasks.llm.vendors import connect, hang_up

VARIABLES = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY")


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    with fake_vendor(monkeypatch) as server:
        yield server


@pytest.mark.parametrize("behaviour", ["ok", "401", "400", "half", "not_json", "hang"])
@pytest.mark.parametrize("model", ALL)
def test_a_key_is_sent_and_is_in_no_answer_error_or_log(
    vendor: ModelServer, caplog: pytest.LogCaptureFixture, model: str, behaviour: str
) -> None:
    caplog.set_level(logging.DEBUG)
    vendor.script(behaviour)
    exchange = ask(model, timeout_seconds=2 if behaviour == "hang" else 20)
    assert vendor.calls[-1].key == KEY
    seen = [repr(exchange), str(exchange.error), repr(getattr(exchange.error, "details", None)), caplog.text]
    assert not [text for text in seen if KEY in text]


@pytest.mark.parametrize("model", ALL)
def test_a_connected_model_does_not_show_its_key(vendor: ModelServer, model: str) -> None:
    async def shown() -> str:
        connected = await connect(model)
        text = f"{connected!r} {connected} {vars(connected)!r}"
        await hang_up()
        return text

    assert KEY not in asyncio.run(shown())


@pytest.mark.parametrize("model", ALL)
def test_without_a_key_nothing_is_sent_and_the_variable_is_named(
    vendor: ModelServer, monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    variable = key_missing(model)
    assert variable in VARIABLES
    exchange = ask(model)
    assert code_of(exchange) == "MODEL_KEY_MISSING"
    assert variable in str(exchange.error)
    assert exchange.used == NOT_SENT
    assert vendor.requests == 0


def test_either_of_googles_variables_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    assert key_missing("google:gemini-2.5-flash") == "GOOGLE_API_KEY"
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    assert key_missing("google:gemini-2.5-flash") is None
    assert key_missing("local:smollm2-135m") is None


def test_keys_are_taken_out_of_what_vendors_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    text = without_keys(f"Incorrect key {KEY}, or Bearer abc123, or sk-proj-0123456789abcdef.")
    assert KEY not in text
    assert "abc123" not in text
    assert "0123456789" not in text
    assert text.startswith("Incorrect key ")


def test_names_keys_settings_and_estimates_load_no_vendors_library() -> None:
    script = (
        "import sys\n"
        "from tasks.llm import answers, keys, local, names, prices, prompts, setup, vendors, wire, worst_case\n"
        "keys.key_missing('openai:gpt-4o'), setup.model_setup().lanes_of('local:smollm2-135m')\n"
        "heavy = {'pydantic_ai', 'openai', 'anthropic', 'google.genai', 'httpx2', 'xllamacpp', 'genai_prices'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
