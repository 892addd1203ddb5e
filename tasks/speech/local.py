"""Voices of this machine: eSpeak NG, under the names of its languages, varied by what stands behind a `+`.

`en-gb`, `de`, `en-us+f3` (a woman), `fr+m7`. They sound like a machine and cost nothing: for a first try without a key.
"""

from __future__ import annotations

import io
import wave
from functools import cache
from itertools import cycle, islice
from typing import NamedTuple

from tasks.complaints import nearest
from tasks.errors import PressroomError, fault
from tasks.limiters import LoopLimiter
from tasks.llm.names import LOCAL
from tasks.speech import espeak
from tasks.speech.texts import readable, refuse_foreign

MADE_BY = "eSpeak NG"
_ACCENTS = {"en": ("en-gb", "en-us")}
"""Languages whose speakers may have different accents, where nobody asks for one."""
_VARIANTS = ("", "+f3", "+m7", "+f5")
"""What tells speakers apart, in the order in which they are given out: a man, a woman, another man, another woman."""
_MUTE = ("fo", "kaa", "xex")
"""Languages that the package lists and has no dictionary of: nothing is heard of them."""
_limiter = LoopLimiter("espeak")


class LocalVoice(NamedTuple):
    """A voice as eSpeak takes it, and its language."""

    identifier: str
    language: str


async def speak_locally(name: str, text: str) -> bytes:
    """Speak a text with the voice of a name, and return it as WAV: 16 bits, one channel.

    Not ended when the stage is cancelled, since the longest text takes a fraction of a second.
    """
    said = readable(f"{LOCAL}:{name}", text)
    return await _limiter.apart(1, _speak, name, said)


def _speak(name: str, text: str) -> bytes:
    voice = find_voice(name)
    refuse_foreign(f"{LOCAL}:{name}", voice.language, text)
    try:
        sound = espeak.synthesise(voice.identifier, text)
    except espeak.EspeakError as error:
        raise _unknown(name, str(error), "") from error
    if not sound.samples.strip(b"\0"):
        hint = "Give it words to say."
        what = f"{text.strip()[:20]!r}, of which nothing is heard"
        raise fault("TEXT_UNSPEAKABLE", voice=f"{LOCAL}:{name}", what=what, hint=hint)
    return _as_wav(sound)


def find_voice(name: str) -> LocalVoice:
    """Return the voice of a name, or raise VOICE_UNKNOWN with the nearest names, or LOCAL_VOICE_MISSING."""
    base, plus, variant = name.partition("+")
    known = _voices()
    found = known.get(base.casefold())
    if found is None:
        hint = nearest(base.casefold(), list(known)) or f"For example {', '.join(list(known)[:5])}."
        raise _unknown(name, f"eSpeak NG has none for {base!r}", hint)
    if not plus:
        return found
    varied = _variants().get(variant.casefold())
    if varied is None:
        hint = nearest(variant.casefold(), list(_variants())) or "For example `+f3` or `+m7`."
        raise _unknown(name, f"eSpeak NG has no variant {variant!r}", hint)
    return LocalVoice(f"{found.identifier}+{varied}", found.language)


def voices_for(language: str, count: int) -> list[str]:
    """Return so many voices of a language that are told apart, as `local:name`; VOICE_UNKNOWN where it has none.

    One for `de-AT` is looked up as `de` where there is none of that name.
    """
    asked = language.casefold()
    found = next((name for name in (asked, asked.partition("-")[0]) if name in _voices()), None)
    accents = _ACCENTS.get(found or asked, (found or asked,))
    find_voice(accents[0])
    accent = cycle(accents)
    return [f"{LOCAL}:{next(accent)}{variant}" for variant in islice(cycle(_VARIANTS), count)]


@cache
def _voices() -> dict[str, LocalVoice]:
    """Each voice by its own language, and by any other where it is the one that fits best."""
    listed = [(one.identifier, one.languages) for one in espeak.voices() if one.languages[0][1] not in _MUTE]
    found = {languages[0][1]: LocalVoice(identifier, languages[0][1]) for identifier, languages in reversed(listed)}
    others = [(rank, name, languages[0][1]) for _, languages in listed for rank, name in languages[1:]]
    for _rank, name, own in sorted(others):
        found.setdefault(name, found[own])
    return {name.casefold(): found[name] for name in sorted(found)}


@cache
def _variants() -> dict[str, str]:
    names = (one.identifier.rpartition("/")[2] for one in espeak.variants())
    return {name.casefold(): name for name in names}


def _unknown(name: str, why: str, hint: str) -> PressroomError:
    return fault("VOICE_UNKNOWN", voice=f"{LOCAL}:{name}", why=why, hint=hint)


def _as_wav(sound: espeak.Sound) -> bytes:
    whole = io.BytesIO()
    with wave.open(whole, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.rate)
        file.writeframes(sound.samples)
    return whole.getvalue()
