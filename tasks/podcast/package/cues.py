"""The cues of a transcript: what is shown while it is said, a few words at a time."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import NamedTuple

from tasks.plain_text import one_line
from tasks.podcast.episode import Recording, Script, Spoken
from tasks.podcast.sentences import pieces_of, sentences_of

LINE = 42
"""Letters of a line, as captions have them; of Chinese or Japanese half as many."""
LINES = 2
_WIDE = 0x2E80
"""Letters from here on are as wide as two."""


class Cue(NamedTuple):
    """What one host says in some seconds."""

    starts: float
    ends: float
    speaker: str
    lines: tuple[str, ...]
    """One or two."""


def cues_of(script: Script, recording: Recording, language: str = "en") -> list[Cue]:
    """Divide what is said into cues, which end with sentences where they can, and last as long as they have letters.

    A recording has a time for each of the script's segments; another number of them is a ValueError.
    """
    spoken = zip(script.segments, recording.spoken, strict=True)
    return [cue for segment, time in spoken for cue in _of_segment(segment.speaker, segment.text, time, language)]


def _of_segment(speaker: str, text: str, time: Spoken, language: str) -> Iterator[Cue]:
    parts = _parts(one_line(text), language)
    whole, said = sum(map(_letters, parts)), 0
    for part in parts:
        starts = time.starts + time.lasts * said / whole
        said += _letters(part)
        ends = time.starts + time.lasts * said / whole
        if round(ends * 1000) > round(starts * 1000):  # A cue that lasts no time is not one.
            yield Cue(starts, ends, speaker, _lines(part))


def _parts(text: str, language: str) -> list[str]:
    """Put sentences together, and part them, so that each part fills its lines at most."""
    most = LINES * LINE // (2 if _is_wide(text) else 1)
    parts: list[str] = []
    for sentence in sentences_of(text, language):
        if parts and len(parts[-1]) + 1 + len(sentence) <= most:
            parts[-1] = f"{parts[-1]} {sentence}"
        else:
            parts += _even(sentence, most)
    return parts


def _even(sentence: str, most: int) -> list[str]:
    """Part a sentence into pieces of like length, so that no word is left alone."""
    count = ceil(len(sentence) / most)
    for room in range(ceil(len(sentence) / count), most + 1):
        pieces = pieces_of(sentence, room)
        if len(pieces) <= count:
            return pieces
    return pieces_of(sentence, most)


def _lines(part: str) -> tuple[str, ...]:
    """Set a part on one line, or on two that are as even as its spaces allow."""
    if len(part) <= (LINE // 2 if _is_wide(part) else LINE):
        return (part,)
    spaces = [at for at, sign in enumerate(part) if sign == " "]
    if not spaces:
        return (part,) if not _is_wide(part) else (part[: ceil(len(part) / 2)], part[ceil(len(part) / 2) :])
    middle = min(spaces, key=lambda at: abs(at - len(part) / 2))
    return (part[:middle], part[middle + 1 :])


def _is_wide(text: str) -> bool:
    return 2 * sum(ord(sign) >= _WIDE for sign in text) > len(text)


def _letters(part: str) -> int:
    return len(part.replace(" ", ""))
