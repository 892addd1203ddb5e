"""Voices of ElevenLabs, named by their ids."""

from __future__ import annotations

import os
from urllib.parse import quote

from tasks.llm.keys import key_of
from tasks.speech.names import Voice
from tasks.speech.wire import Call

_FORM = "mp3_44100_128"
"""The best that every plan of theirs has."""
_TELLS_LANGUAGE = "v2_5"
"""Only models of this family take a language; the others refuse a request that names one."""


def call_of(voice: Voice, text: str, language: str) -> Call:
    """Return the request that has a text spoken, or raise MODEL_KEY_MISSING."""
    address = (os.environ.get("ELEVENLABS_BASE_URL") or "https://api.elevenlabs.io").rstrip("/")
    body = {"text": text, "model_id": voice.model}
    if _TELLS_LANGUAGE in voice.model:
        body["language_code"] = language.partition("-")[0].lower()
    url = f"{address}/v1/text-to-speech/{quote(voice.voice, safe='')}?output_format={_FORM}"
    return Call(url, body, {"xi-api-key": key_of(voice.lane) or ""})
