"""What this machine says of models is read from one file, and each mistake in it names the file and the field."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.errors import PressroomError
from tasks.governor.charges import Lane, Limit, Purse
from tasks.llm.local import SLOTS
from tasks.llm.names import split_name
from tasks.llm.setup import model_setup
from tasks.settings import settings

WHOLE = """
default: pier:gull-7b
servers:
  pier: {address: "http://127.0.0.1:8000/v1", key: PIER_KEY}
lanes:
  openai:
    limits: [{requests: 500, input_tokens: 200000}, {seconds: 1, requests: 20}]
    parallel: {least: 2, most: 12}
    shared: 30
    context_tokens: 128000
  openai:gpt-4o:
    parallel: {most: 3}
prices:
  pier:gull-7b: {input: 0.2, output: 0.6}
budgets:
  documents: {usd: 20, days: 30}
"""


def say(home: Path, text: str) -> Path:
    """Write the file of models into the state folder."""
    home.mkdir(parents=True, exist_ok=True)
    file = home / "models.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_without_a_file_the_local_model_is_the_default() -> None:
    setup = model_setup()
    assert setup.default == "local:smollm2-135m"
    assert setup.lanes_of(setup.default) == (Lane("local"), Lane("local:smollm2-135m"))
    assert setup.purses_of("documents") == []
    assert setup.parallel_of(setup.default).most == SLOTS


def test_a_file_says_servers_lanes_prices_and_budgets(home: Path) -> None:
    say(home, WHOLE)
    setup = model_setup()
    assert setup.default == "pier:gull-7b"
    limits = (Limit(60, 500, 200_000), Limit(1, 20))
    assert setup.lanes_of("openai:gpt-4o") == (Lane("openai", limits, 30), Lane("openai:gpt-4o"))
    assert (setup.parallel_of("openai:gpt-4o").most, setup.parallel_of("openai:gpt-4o-mini").most) == (3, 12)
    assert (setup.context_of("openai:gpt-4o"), setup.context_of("pier:gull-7b")) == (128_000, None)
    assert setup.purses_of("documents") == [Purse("kind", 20, 30)]


def test_the_environment_names_another_file_which_must_be_there(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(home, "default: none\n")
    assert model_setup().default == "none"
    monkeypatch.setenv("PRESSROOM_MODELS", str(tmp_path / "elsewhere.yaml"))
    settings.cache_clear()
    with pytest.raises(PressroomError, match=r"MODEL_SETTINGS_INVALID.*elsewhere\.yaml.*the whole file"):
        model_setup()


def test_prices_may_stand_in_a_file_of_their_own_and_those_beside_the_rest_win(home: Path) -> None:
    say(home, "prices_file: more.yaml\nprices: {openai:gpt-4o: {input: 9, output: 9}}\n")
    (home / "more.yaml").write_text(
        "openai:gpt-4o: {input: 1, output: 1}\ngoogle:tern: {input: 2, output: 3}\n", encoding="utf-8"
    )
    prices = model_setup().prices
    assert (prices["openai:gpt-4o"].input, prices["google:tern"].output) == (9, 3)


@pytest.mark.parametrize(
    ("text", "field", "why"),
    [
        ("lanes: {openai: {limits: [{requests: 0}]}}", "lanes.openai.limits.0.requests", "greater than 0"),
        ("lanes: {openai: {limits: [{input_tokens: -5}]}}", "lanes.openai.limits.0.input_tokens", "greater than 0"),
        ("lanes: {openai: {limits: [{seconds: 0}]}}", "lanes.openai.limits.0.seconds", "greater than 0"),
        ("lanes: {openai: {parallel: {most: 0}}}", "lanes.openai.parallel.most", "greater than 0"),
        ("lanes: {openai: {parallel: {least: 5, most: 2}}}", "lanes.openai.parallel", "at most"),
        ("lanes: {openai: {shared: 0}}", "lanes.openai.shared", "greater than 0"),
        ("lanes: {openia: {}}", "lanes.openia", "Did you mean 'openai'"),
        ("lanes: {openai: {limit: []}}", "lanes.openai.limit", "no such field"),
        ("prices: {openai: {input: 1}}", "prices.openai", "vendor:model"),
        ("prices: {openai:gpt-4o: {input: -1}}", "prices.openai:gpt-4o.input", "greater than or equal to 0"),
        ("prices: {openai:gpt-4o: {input: .nan}}", "the whole file", "not"),
        ("budgets: {documents: {usd: 0}}", "budgets.documents.usd", "greater than 0"),
        ("servers: {pier: {address: 'ftp://pier'}}", "servers.pier.address", "match"),
        ("servers: {openai: {address: 'http://pier/v1'}}", "servers.openai", "a vendor has this name"),
        ("servers: {pier: {address: 'http://pier/v1', key: 'sk 123'}}", "servers.pier.key", "match"),
        ("default: gpt-4o", "default", "vendor:model"),
        ("default: opanai:gpt-4o", "default", "Did you mean 'openai'"),
        ("defualt: none", "defualt", "Did you mean 'default'"),
        ("prices_file: gone.yaml", "the whole file", "There is no file"),
        ("lanes: [", "the whole file", "not valid YAML"),
        ("- a list", "the whole file", "object"),
    ],
)
def test_a_mistake_names_the_file_the_field_and_the_reason(home: Path, text: str, field: str, why: str) -> None:
    say(home, text)
    with pytest.raises(PressroomError) as met:
        model_setup()
    assert met.value.code == "MODEL_SETTINGS_INVALID"
    assert f"{home}/" in met.value.message
    assert f", {field}: " in met.value.message
    assert why in met.value.message


def test_a_key_that_was_written_into_the_file_is_not_repeated(home: Path) -> None:
    say(home, "servers: {pier: {address: 'http://pier/v1', key: 'gulls and terns'}}")
    with pytest.raises(PressroomError) as met:
        model_setup()
    assert "gulls" not in str(met.value)


def test_a_name_is_a_vendor_and_a_model_and_may_hold_further_colons() -> None:
    assert split_name("openai:gpt-4o") == ("openai", "gpt-4o")
    assert split_name("pier:gull:7b", ["pier"]) == ("pier", "gull:7b")


@pytest.mark.parametrize(
    ("model", "hint"),
    [
        ("opneai:gpt-4o", "Did you mean 'openai'"),
        ("peir:gull", "Did you mean 'pier'"),
        ("zebra:x", "Known vendors: openai, anthropic, google, local, pier"),
        ("gpt-4o", "openai:gpt-4o"),
        ("openai:", "openai:gpt-4o"),
        ("", "openai:gpt-4o"),
    ],
)
def test_an_unknown_vendor_names_the_nearest_known_one(model: str, hint: str) -> None:
    with pytest.raises(PressroomError, match="MODEL_UNKNOWN") as met:
        split_name(model, ["pier"])
    assert hint in met.value.remedy
