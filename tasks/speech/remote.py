"""Voices of servers that speak OpenAI's `/v1/audio/speech`: OpenAI's own, and those of models.yaml."""

from __future__ import annotations

import os

from tasks.llm.keys import key_of
from tasks.llm.setup import model_setup
from tasks.speech.names import OPENAI, Voice
from tasks.speech.wire import Call

_FORM = "mp3"
"""What all such servers make, and a tenth of the size of WAV."""


def call_of(voice: Voice, text: str) -> Call:
    """Return the request that has a text spoken, or raise MODEL_KEY_MISSING."""
    if voice.vendor == OPENAI:
        address = os.environ.get("OPENAI_BASE_URL") or "https://api.openai.com/v1"
    else:
        address = model_setup().servers[voice.vendor].address
    key = key_of(voice.lane)
    body = {"model": voice.model, "voice": voice.voice, "input": text, "response_format": _FORM}
    return Call(f"{address.rstrip('/')}/audio/speech", body, {"Authorization": f"Bearer {key}"} if key else {})
