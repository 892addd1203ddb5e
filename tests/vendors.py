"""A fake vendor in the place of the real ones, and a way to ask it once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, overload

import pytest
from model_server import ModelServer

from tasks.errors import PressroomError
from tasks.llm.exchange import Exchange
from tasks.llm.prompts import Prompt, Tuning
from tasks.llm.wire import send

AnswerT = TypeVar("AnswerT")

KEY = "key-of-the-harbour-master-5127"
OPENAI, ANTHROPIC, GOOGLE = "openai:gpt-4o", "anthropic:claude-haiku-4-5", "google:gemini-2.5-flash"
ALL = (OPENAI, ANTHROPIC, GOOGLE)
PROMPT = Prompt(system="You write notes.", shared="The harbour has nine berths.", own="Write of the third.")


@contextmanager
def fake_vendor(monkeypatch: pytest.MonkeyPatch, **options: Any) -> Iterator[ModelServer]:
    """Run the fake vendor and let all three real ones' names lead to it."""
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.setenv(name, KEY)
    monkeypatch.delenv("GOOGLE_API_KEY", raising=False)
    with ModelServer(**options) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.address}/v1")
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.address)
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", server.address)
        yield server


@overload
def ask(model: str = ..., output: type[str] = ..., prompt: Prompt = ..., **tuning: Any) -> Exchange[str]: ...
@overload
def ask(model: str, output: type[AnswerT], prompt: Prompt = ..., **tuning: Any) -> Exchange[AnswerT]: ...
def ask(model: str = OPENAI, output: Any = str, prompt: Prompt = PROMPT, **tuning: Any) -> Exchange[Any]:
    """Ask once, on a loop of its own; a server that hangs is left after some seconds."""
    return asyncio.run(send(model, prompt, output, Tuning(**{"timeout_seconds": 20, **tuning})))


def code_of(exchange: Exchange[Any]) -> str:
    """The code that an exchange failed with."""
    assert isinstance(exchange.error, PressroomError), exchange
    assert exchange.value is None
    return exchange.error.code
