"""Voices by name: the one place from which every text is spoken.

    speech = await speak(item, "local:en-gb", "The harbour wakes.", language="en")

`validate` asks of voices as well, so what talks to vendors is loaded when somebody speaks.
"""

from __future__ import annotations

from pydantic import ConfigDict

from tasks.errors import fault
from tasks.llm.keys import key_missing
from tasks.llm.names import LOCAL
from tasks.models import Item
from tasks.shape import Shape
from tasks.speech import local
from tasks.speech.charges import charge_of
from tasks.speech.names import ELEVENLABS, Voice, split_voice
from tasks.speech.texts import readable


class Speech(Shape):
    """A text as it was spoken."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    audio: bytes
    """A whole file of the form `format`; base64 in JSON."""
    format: str
    """`wav` or `mp3`."""
    voice: str
    """Who speaks, as `vendor:voice`."""
    made_by: str
    """What made it: a vendor's model as `vendor:model`, or the program on this machine."""
    characters: int
    """How many were spoken, which is what vendors bill."""


async def speak(item: Item, voice: str, text: str, *, language: str) -> Speech:
    """Have a text spoken by a voice.

    `language` is the text's, for vendors that want to be told. Raises VOICE_UNKNOWN, TEXT_UNSPEAKABLE,
    LOCAL_VOICE_MISSING, MODEL_KEY_MISSING, SPEECH_EMPTY (transient), and whatever a call of a model may fail with.
    """
    name = split_voice(voice)
    if name.vendor == LOCAL:
        audio = await local.speak_locally(name.voice, text)
        return Speech(audio=audio, format="wav", voice=voice, made_by=local.MADE_BY, characters=len(text))
    said = readable(voice, text)
    audio = await _ask(item, voice, name, said, language)
    return Speech(audio=audio, format="mp3", voice=voice, made_by=name.lane, characters=len(said))


def default_voices(language: str, count: int) -> list[str]:
    """Return so many voices of this machine for speakers of a language, who are told apart (up to four).

    Raises VOICE_UNKNOWN for a language that none of them speaks, or LOCAL_VOICE_MISSING.
    """
    return local.voices_for(language, count)


def check_voice(voice: str) -> None:
    """Raise what is wrong with a voice, as far as it can be known without speaking.

    VOICE_UNKNOWN, LOCAL_VOICE_MISSING or MODEL_KEY_MISSING; whether a vendor has a voice only the vendor knows.
    """
    name = split_voice(voice)
    if name.vendor == LOCAL:
        local.find_voice(name.voice)
    elif variable := key_missing(name.lane):
        raise fault("MODEL_KEY_MISSING", model=voice, variable=variable)


def cost_of_speech(voice: str, text: str) -> float | None:
    """Return what a text costs with a voice, in US dollars; None where its price is not known."""
    name = split_voice(voice)
    return 0.0 if name.vendor == LOCAL else charge_of(name, text).cost_usd


async def _ask(item: Item, voice: str, name: Voice, text: str, language: str) -> bytes:
    from tasks.speech import elevenlabs, remote
    from tasks.speech.asking import speaking
    from tasks.work import current_work

    call = elevenlabs.call_of(name, text, language) if name.vendor == ELEVENLABS else remote.call_of(name, text)
    return await speaking(item, current_work(), voice, name, call, text).reply()
