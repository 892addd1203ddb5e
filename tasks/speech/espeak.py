"""eSpeak NG, called in this process: its voices, and a text as samples.

The package `espeakng-loader` brings the library and its data. The library keeps all it knows in globals, so whoever
calls it holds a lock, and names the voice anew each time.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from tasks.errors import PressroomError, fault

_SYNCHRONOUS = 2
_MAY_NOT_EXIT = 0x8000
_UTF8 = 1
_FROM_START = 1
"""Counted in characters; with an end of 0 that is all of the text."""
_WORDS_A_MINUTE = 120
"""As the library counts: of English prose it then speaks 150, as one does to listeners, and with its usual 175 it
speaks 220 (measured)."""
_RATE = 1
"""Number of the parameter that sets it."""
_lock = threading.Lock()
_Heard = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


class Sound(NamedTuple):
    """Samples of 16 bits of one channel, as bytes, and how many of them are a second."""

    samples: bytes
    rate: int


@dataclass(frozen=True)
class Found:
    """A voice or a variant that the library has."""

    identifier: str
    """The name by which the library takes it."""
    languages: tuple[tuple[int, str], ...]
    """Languages, each behind its rank: the lower one fits better."""


class _Description(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_void_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("unused", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


class EspeakError(Exception):
    """The library does not do what it was asked for; its text says what."""


def synthesise(identifier: str, text: str) -> Sound:
    """Speak a text with a voice; blocks, and one at a time in the process."""
    with _lock:
        return _library().speak(identifier, text)


def voices() -> list[Found]:
    """List the voices, one or more for each language."""
    with _lock:
        return _library().list("")


def variants() -> list[Found]:
    """List what a voice can be varied with."""
    with _lock:
        return _library().list("variant")


def missing(voice: str, why: str) -> PressroomError:
    """Return the error for a machine without the library."""
    return fault("LOCAL_VOICE_MISSING", voice=voice, why=why)


class _Library:
    """The loaded library."""

    def __init__(self, path: str, data: str) -> None:
        self._calls = ctypes.CDLL(path)
        self._calls.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Description))
        self._rate = int(self._calls.espeak_Initialize(_SYNCHRONOUS, 0, data.encode(), _MAY_NOT_EXIT))
        if self._rate <= 0:
            raise EspeakError("it does not start with its own data")
        self._parts: list[bytes] = []
        self._heard = _Heard(self._hear)  # kept, since the library calls it later
        self._calls.espeak_SetSynthCallback(self._heard)

    def speak(self, identifier: str, text: str) -> Sound:
        """Speak a text."""
        if self._calls.espeak_SetVoiceByName(identifier.encode()):
            raise EspeakError(f"it does not take the voice {identifier!r}")
        self._calls.espeak_SetParameter(_RATE, _WORDS_A_MINUTE, 0)
        self._parts.clear()
        said = text.encode()
        size = ctypes.c_size_t(len(said) + 1)
        if self._calls.espeak_Synth(said, size, 0, _FROM_START, 0, _UTF8, None, None):
            raise EspeakError("it does not take the text")
        self._calls.espeak_Synchronize()
        whole = b"".join(self._parts)
        self._parts.clear()
        return Sound(whole, self._rate)

    def list(self, language: str) -> list[Found]:
        """List the voices of a language; of all, but no variants, where none is named."""
        asked = None
        if language:
            written = ctypes.create_string_buffer(language.encode())
            asked = ctypes.byref(_Description(languages=ctypes.cast(written, ctypes.c_void_p).value))
        found: Any = self._calls.espeak_ListVoices(asked)
        return [Found(one.identifier.decode(), tuple(_languages(one.languages))) for one in _until_null(found)]

    def _hear(self, samples: int | None, count: int, _events: int | None) -> int:
        if samples and count > 0:
            self._parts.append(ctypes.string_at(samples, count * 2))
        return 0


def _until_null(found: Any) -> Iterator[Any]:
    position = 0
    while found[position]:
        yield found[position].contents
        position += 1


def _languages(address: int) -> Iterator[tuple[int, str]]:
    """Read a list of ranks, each with a language behind it, until a rank of 0."""
    while rank := ctypes.string_at(address, 1)[0]:
        language = ctypes.string_at(address + 1)
        yield rank, language.decode()
        address += len(language) + 2


@cache
def _library() -> _Library:
    """Load the library, once in a process."""
    try:
        import espeakng_loader
    except ImportError:
        raise missing("local", "the package `espeakng-loader` is not installed") from None
    try:
        return _Library(espeakng_loader.get_library_path(), espeakng_loader.get_data_path())
    except (OSError, EspeakError) as error:
        raise missing("local", str(error)) from error
