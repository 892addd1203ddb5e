"""Models of vendors, connected: one HTTP client for each vendor and event loop, closed when the loop ends.

The vendors' libraries take seconds to load, so nothing of them is imported before the first call, and then in a thread:
the loop runs other items meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from tasks.llm.keys import key_of
from tasks.llm.local import local_server
from tasks.llm.names import LOCAL
from tasks.llm.setup import model_setup

if TYPE_CHECKING:
    from pydantic_ai.models import Model

    from tasks.llm.line import Line


@dataclass
class _Switchboard:
    """What is connected on one event loop."""

    lines: dict[str, Line] = field(default_factory=dict)
    models: dict[tuple[str, str | None], Model[Any]] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    keeper: AsyncGenerator[None] | None = None


_switchboards: WeakKeyDictionary[asyncio.AbstractEventLoop, _Switchboard] = WeakKeyDictionary()


async def connect(model: str) -> Model[Any]:
    """Return the model of a name, ready to be asked on the loop that runs.

    Raises MODEL_UNKNOWN, MODEL_KEY_MISSING or LOCAL_MODEL_MISSING.
    """
    key = key_of(model)
    board = await _board()
    async with board.lock:
        if (model, key) not in board.models:
            board.models[model, key] = await asyncio.to_thread(_build, model, key, board.lines)
        return board.models[model, key]


async def line_to(vendor: str, *, most_bytes: int) -> Line:
    """Return a line for what no vendor's library asks, such as speech; its answers may be so long."""
    board, name = await _board(), f"{vendor}, up to {most_bytes}"
    async with board.lock:
        if name not in board.lines:
            board.lines[name] = await asyncio.to_thread(_new_line, most_bytes)
        return board.lines[name]


async def hang_up() -> None:
    """Close what is connected on this loop. `asyncio.run` does it by itself at its end."""
    board = _switchboards.pop(asyncio.get_running_loop(), None)
    if board is not None and board.keeper is not None:
        await board.keeper.aclose()


async def _board() -> _Switchboard:
    """Return what is connected on this loop."""
    board = _switchboards.setdefault(asyncio.get_running_loop(), _Switchboard())
    async with board.lock:
        if board.keeper is None:
            board.keeper = _keep(board)
            await anext(board.keeper)
    return board


async def _keep(board: _Switchboard) -> AsyncGenerator[None]:
    """Close the lines when the loop ends: generators that wait are closed then, and there is no other sign of it."""
    try:
        yield
    finally:
        _switchboards.pop(asyncio.get_running_loop(), None)
        for line in board.lines.values():
            with suppress(Exception):  # A line that breaks while it is closed is closed.
                await line.aclose()


def _new_line(most_bytes: int) -> Line:
    from tasks.llm.line import Line

    return Line(most_bytes=most_bytes)


def _build(model: str, key: str | None, lines: dict[str, Line]) -> Model[Any]:
    from tasks.llm.line import Line

    setup = model_setup()
    vendor, name = setup.name_of(model)
    if vendor not in lines:
        lines[vendor] = Line(proxies=vendor != LOCAL)
    line = lines[vendor]
    if vendor == "openai":
        return _openai(name, key, line)
    if vendor == "anthropic":
        return _anthropic(name, key, line)
    if vendor == "google":
        return _google(name, key, line)
    if vendor == LOCAL:
        server = local_server(name)
        return _compatible(vendor, name, f"{server.address}/v1", server.key, line)
    return _compatible(vendor, name, setup.servers[vendor].address, key, line)


def _openai(name: str, key: str | None, line: Line) -> Model[Any]:
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    return OpenAIChatModel(name, provider=OpenAIProvider(api_key=key, http_client=line))


def _compatible(vendor: str, name: str, address: str, key: str | None, line: Line) -> Model[Any]:
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.profiles.openai import OpenAIModelProfile
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    # The older of the two names for the bound on output is the one that every server knows.
    profile = OpenAIModelProfile(openai_chat_supports_max_completion_tokens=False, supports_json_schema_output=True)
    provider = OpenAICompatibleProvider(vendor, base_url=address, api_key=key or "none", http_client=line)
    return OpenAIChatModel(name, provider=provider, profile=profile)


def _anthropic(name: str, key: str | None, line: Line) -> Model[Any]:
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    return AnthropicModel(name, provider=AnthropicProvider(api_key=key, http_client=line))


def _google(name: str, key: str | None, line: Line) -> Model[Any]:
    from pydantic_ai.models.google import GoogleModel
    from pydantic_ai.providers.google import GoogleProvider

    return GoogleModel(name, provider=GoogleProvider(api_key=key, http_client=line))
