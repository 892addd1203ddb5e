"""The local model runs in this process, quietly, answers text and typed questions, and reads what is shared once."""

from __future__ import annotations

import asyncio
import json
import random
import string
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from pydantic import BaseModel, Field
from vendors import ask, code_of

from tasks.errors import PressroomError
from tasks.llm.local import NAME, local_model_file, local_server
from tasks.llm.prompts import Prompt, Tuning
from tasks.llm.wire import send
from tasks.llm.worst_case import tokens_in, worst_case

LOCAL = f"local:{NAME}"
CHANCE = random.Random(7)
TEXTS = {
    "English": "The harbour master counts the boats at dusk and writes them down. " * 5,
    "Thai": "ผู้ดูแลท่าเรือนับเรือตอนพลบค่ำ และจดบันทึกไว้ในสมุด " * 5,
    "Polish": "Zażółć gęślą jaźń nad brzegiem morza. " * 5,
    "Chinese": "港口的守护者在黄昏时数船只" * 5,
    "code": Path(__file__).read_text(encoding="utf-8"),
    "JSON": json.dumps({"berths": [{"number": 1.5, "keeper": None}] * 9}, indent=2),
    "capitals": "THE HARBOUR MASTER COUNTS THE BOATS " * 5,
    "random letters": "".join(CHANCE.choices(string.ascii_letters, k=900)),
    "rare letters": "qzxjvqzvqjxwqkzjvqxz" * 40,
    "base64": "".join(CHANCE.choices(string.ascii_letters + string.digits + "+/", k=900)),
    "digits": "0123456789" * 20,
    "signs": "🙂🚢 \t\n ~^|<>{}[]()%$#@!?;:'\"\\" * 9,
}


class Harbour(BaseModel):
    """What a typed answer holds."""

    name: str = Field(max_length=40)
    berths: int


def tokens_by_the_model(text: str) -> int:
    """How many tokens the local model's own tokenizer makes of a text."""
    server = local_server()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {server.key}"}
    request = urllib.request.Request(f"{server.address}/tokenize", json.dumps({"content": text}).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return len(json.load(answer)["tokens"])


@pytest.mark.local_model
def test_the_local_model_writes_a_text_and_fills_a_form() -> None:
    written = ask(LOCAL, str, Prompt(own="Write two sentences about an orchard."), max_tokens=80, timeout_seconds=120)
    assert written.value
    assert written.used is not None
    assert 0 < written.used.output_tokens < 80
    assert written.used.cost_usd == 0
    filled = ask(LOCAL, Harbour, Prompt(own="Describe a small invented harbour."), timeout_seconds=120)
    assert isinstance(filled.value, Harbour)


@pytest.mark.local_model
def test_calls_that_share_a_beginning_read_it_from_the_cache() -> None:
    shared = "".join(f"Berth {number} has room for {number + 3} boats and is kept by Ines. " for number in range(10))

    async def batch() -> float:
        asked = (
            send(LOCAL, Prompt(shared=shared, own=f"Name boat {number}."), str, Tuning(max_tokens=8))
            for number in range(8)
        )
        used = [exchange.used for exchange in await asyncio.gather(*asked)]
        assert all(used)
        return sum(one.cached_tokens for one in used if one) / sum(one.input_tokens for one in used if one)

    assert asyncio.run(batch()) >= 0.5


@pytest.mark.local_model
@pytest.mark.parametrize("kind", TEXTS)
def test_no_text_has_more_tokens_than_it_was_estimated_with(kind: str) -> None:
    assert tokens_by_the_model(TEXTS[kind]) <= tokens_in(TEXTS[kind])


@pytest.mark.local_model
@pytest.mark.parametrize("output", [str, Harbour])
def test_a_call_uses_no_more_than_its_worst_case(output: type[str] | type[Harbour]) -> None:
    prompt, tuning = Prompt(system="Be short.", own=TEXTS["Thai"]), Tuning(max_tokens=12)
    used = ask(LOCAL, output, prompt, max_tokens=12, timeout_seconds=120).used
    worst = worst_case(LOCAL, prompt, tuning, output)
    assert used is not None
    assert used.input_tokens <= worst.input_tokens
    assert used.output_tokens <= worst.output_tokens


@pytest.mark.local_model
def test_the_local_server_answers_on_loopback_and_only_to_this_process() -> None:
    server = local_server()
    assert server.address.startswith("http://127.0.0.1:")
    assert server.key not in repr(server)
    assert local_server() is server
    with pytest.raises(urllib.error.HTTPError, match="401") as refused:
        urllib.request.urlopen(f"{server.address}/v1/models", timeout=60)
    refused.value.close()


@pytest.mark.local_model
def test_the_local_model_writes_nothing_to_the_terminal_and_ends_with_its_process() -> None:
    script = (
        "import asyncio, multiprocessing, os\n"
        "from tasks.llm.prompts import Prompt, Tuning\n"
        "from tasks.llm.wire import send\n"
        "def ask():\n"
        "    prompt = Prompt(own='Name a boat.')\n"
        "    assert asyncio.run(send('local:smollm2-135m', prompt, str, Tuning(max_tokens=4))).used.input_tokens\n"
        "ask()\n"
        "child = multiprocessing.get_context('fork').Process(target=ask)\n"
        "child.start(), child.join()\n"
        "print(child.exitcode)\n"
    )
    command = [sys.executable, "-W", "always::ResourceWarning", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert (done.stdout, done.stderr) == ("0\n", "")


def test_a_local_model_of_another_name_is_not_installed() -> None:
    with pytest.raises(PressroomError, match="LOCAL_MODEL_MISSING"):
        local_model_file("gull-7b")
    assert code_of(ask("local:gull-7b")) == "LOCAL_MODEL_MISSING"


@pytest.mark.local_model
def test_proxies_of_the_environment_are_not_asked_for_the_way_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    used = ask(LOCAL, str, Prompt(own="Name a boat."), max_tokens=4, timeout_seconds=120).used
    assert used is not None
    assert used.requests == 1


@pytest.mark.local_model
def test_a_prompt_that_is_longer_than_the_local_model_can_read_is_refused() -> None:
    exchange = ask(LOCAL, str, Prompt(own="boat " * 9_000), max_tokens=5, timeout_seconds=120)
    assert code_of(exchange) == "MODEL_REFUSED_REQUEST"
