"""One request for speech: exactly one, whose sound or failure comes back as data, with what it used.

Failures are told as models' are. Vendors bill the characters they are sent, so an answer without sound was paid for.
"""

from __future__ import annotations

import asyncio
import dataclasses
import time
from dataclasses import dataclass, field
from typing import Any

from tasks.errors import PressroomError, fault
from tasks.llm.exchange import Exchange
from tasks.llm.failures import failed, is_refused
from tasks.llm.vendors import line_to
from tasks.speech.charges import charge_of
from tasks.speech.names import Voice
from tasks.speech.sound import decode, is_silent

MOST_BYTES = 32_000_000
"""No text that is spoken at once is that long, even as WAV."""
TIMEOUT_SECONDS = 120.0
_SHORTEST = 100
"""Bytes; what is shorter has no room for sound."""


@dataclass(frozen=True)
class Call:
    """A request as a vendor wants it."""

    url: str
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict, repr=False)


async def send(name: str, voice: Voice, call: Call, text: str, seconds: float) -> Exchange[bytes]:
    """Ask a vendor once. Raises nothing but cancellation and FFMPEG_MISSING: what was used must be settled."""
    started = time.perf_counter()
    exchange = await _ask(name, voice, call, text, seconds)
    return dataclasses.replace(exchange, seconds=time.perf_counter() - started)


async def _ask(name: str, voice: Voice, call: Call, text: str, seconds: float) -> Exchange[bytes]:
    line = await line_to(voice.vendor, most_bytes=MOST_BYTES)
    from tasks.llm.line import traced  # Loaded by now, in a thread.

    with traced() as trace:
        try:
            async with asyncio.timeout(seconds):
                await line.post(call.url, json=call.body, headers=call.headers)
        except Exception as error:
            return _named(name, failed(voice.lane, trace, error, seconds=seconds))
    if is_refused(trace):
        return _named(name, failed(voice.lane, trace, None, seconds=seconds))
    used = charge_of(voice, text)
    if empty := await _without_sound(name, trace.body):
        return Exchange(error=empty, used=used)
    return Exchange(value=trace.body, used=used)


async def _without_sound(name: str, audio: bytes) -> PressroomError | None:
    if len(audio) < _SHORTEST:
        return fault("SPEECH_EMPTY", voice=name, why=f"{len(audio)} bytes")
    try:
        samples = await decode(audio, f"reading what {name!r} said")
    except PressroomError as error:
        if error.code != "FFMPEG_FAILED":
            raise
        return fault("SPEECH_EMPTY", voice=name, why="what it sent is no sound")
    return fault("SPEECH_EMPTY", voice=name, why="what it sent is silent") if is_silent(samples) else None


def _named(name: str, exchange: Exchange[Any]) -> Exchange[Any]:
    """Say of a voice that is refused that it is the voice: vendors have several words and numbers for it."""
    error = exchange.error
    if error is None or error.code not in ("MODEL_UNKNOWN", "MODEL_REFUSED_REQUEST"):
        return exchange
    why = str(error.details.get("why", error.message))
    if "voice" not in why.casefold():
        return exchange
    hint = "Check its name in the vendor's list of voices."
    return dataclasses.replace(exchange, error=fault("VOICE_UNKNOWN", voice=name, why=why, hint=hint))
