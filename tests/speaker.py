"""A vendor on loopback that speaks: OpenAI's `/v1/audio/speech` and ElevenLabs' protocol, answered with a tone.

It misbehaves as the vendor of models does, and in the ways of those that speak: `silent`, `no_sound`, `short`, and
refusals in their own words.
"""

from __future__ import annotations

import asyncio
import io
import json
import wave
from typing import Any

import numpy as np
from model_forms import Json
from model_server import ModelServer, _reply

from tasks.speech.sound import RATE, Samples

REFUSALS: dict[str, tuple[int, Json]] = {
    "no_voice": (404, {"detail": {"status": "voice_not_found", "message": "A voice with that id was not found."}}),
    "no_voice_openai": (400, {"error": {"message": "voice: Input should be 'alloy' or 'ash'", "type": "x"}}),
    "no_voice_list": (422, {"detail": [{"loc": ["body", "voice"], "msg": "Input should be 'alloy'", "type": "enum"}]}),
    "no_credit": (401, {"detail": {"status": "quota_exceeded", "message": "You have 0 credits remaining."}}),
    "bad_key": (401, {"detail": {"status": "invalid_api_key", "message": "Invalid API key"}}),
}


def tone(seconds: float, hertz: float = 220.0, level: float = 0.3) -> Samples:
    """A tone as samples."""
    times = np.arange(round(seconds * RATE)) / RATE
    return (level * np.sin(2 * np.pi * hertz * times)).astype(np.float32)


def hush(seconds: float) -> Samples:
    """Silence as samples."""
    return np.zeros(round(seconds * RATE), dtype=np.float32)


def as_wav(samples: Samples, rate: int = RATE) -> bytes:
    """Samples as a WAV file of 16 bits."""
    whole = io.BytesIO()
    with wave.open(whole, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return whole.getvalue()


class Speaker(ModelServer):
    """The vendor. `paths` are those it was asked under, `calls` what it was asked."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.paths: list[str] = []

    async def _answer(self, writer: asyncio.StreamWriter, path: str, headers: Json, asked: Json) -> bool:
        self.paths.append(path)
        return await super()._answer(writer, path, {"x-api-key": headers.get("xi-api-key", ""), **headers}, asked)

    def answer_to(self, asked: Json, text: str) -> str:
        """Nothing in words."""
        return ""

    async def _misbehave(self, writer: asyncio.StreamWriter, behaviour: str, whole: bytes) -> bool:
        if behaviour in REFUSALS:
            status, body = REFUSALS[behaviour]
            return await _reply(writer, status, json.dumps(body).encode())
        sounds = {"empty": b"", "short": b"RIFF", "silent": as_wav(hush(1)), "no_sound": b"Here is your sound. " * 99}
        return await super()._misbehave(writer, behaviour, sounds.get(behaviour, as_wav(tone(0.3))))
