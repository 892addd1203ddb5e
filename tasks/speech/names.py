"""Names of voices: `vendor:voice`, or `vendor:model/voice` where a vendor has several models that speak."""

from __future__ import annotations

from typing import NamedTuple

from tasks.complaints import nearest
from tasks.errors import fault
from tasks.llm.names import LOCAL, SPEAKERS, VENDORS
from tasks.llm.setup import model_setup

OPENAI, ELEVENLABS = "openai", "elevenlabs"
_MODELS = {OPENAI: "tts-1", ELEVENLABS: "eleven_multilingual_v2"}
"""The model that speaks where a name says none; servers of one's own take OpenAI's name for theirs."""
_SILENT = tuple(vendor for vendor in VENDORS if vendor not in (OPENAI, LOCAL))


class Voice(NamedTuple):
    """A voice's name in its parts."""

    vendor: str
    model: str
    """What speaks with it; limits and prices are set for it. Empty on this machine."""
    voice: str

    @property
    def lane(self) -> str:
        """The model's name, as limits, prices and the ledger have it."""
        return f"{self.vendor}:{self.model}"


def split_voice(voice: str) -> Voice:
    """Return the parts of a voice's name, or raise VOICE_UNKNOWN with what may have been meant."""
    vendor, colon, rest = voice.partition(":")
    known = [LOCAL, OPENAI, *SPEAKERS, *model_setup().servers]
    if not (colon and vendor and rest.strip()):
        hint = "For example `local:en-gb` or `openai:alloy`."
        raise fault("VOICE_UNKNOWN", voice=voice, why="it is not written as `vendor:voice`", hint=hint)
    if vendor in _SILENT:
        hint = f"Vendors with voices: {', '.join(known)}."
        raise fault("VOICE_UNKNOWN", voice=voice, why=f"{vendor!r} has no voices here", hint=hint)
    if vendor not in known:
        hint = nearest(vendor, known) or f"Vendors with voices: {', '.join(known)}."
        raise fault("VOICE_UNKNOWN", voice=voice, why=f"there is no vendor {vendor!r}", hint=hint)
    if vendor == LOCAL:
        return Voice(vendor, "", rest)
    model, slash, name = rest.rpartition("/")
    if not name.strip() or (slash and not model.strip()):
        hint = "Write it as `vendor:model/voice`."
        raise fault("VOICE_UNKNOWN", voice=voice, why="a part of its name is empty", hint=hint)
    return Voice(vendor, model or _MODELS.get(vendor, _MODELS[OPENAI]), name)
