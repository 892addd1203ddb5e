"""From joined sound to an MP3 that is as loud as it has to be, measured on the MP3 itself.

What a limiter takes from the peaks it takes from the loudness as well, so the gain is looked for, on the joined sound,
where that is quick. An encoder then raises peaks and moves the loudness a little, by how much depends on the sound; so
the MP3 is measured, and where it misses encoded once more with what was measured in mind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tasks.podcast.audio.measuring import NOTHING, PEAK_DBTP, TARGET_LUFS, Measured, measure, measure_loudness
from tasks.podcast.audio.tape import FORM
from tasks.speech.ffmpeg import run_ffmpeg
from tasks.speech.sound import RATE

BITRATE = "96k"
_LOOKS, _ENCODINGS = 8, 4
_NEAR_LU, _BELOW_DB = 0.25, 0.1
"""How near the loudness has to be, and how far the peak below its bound, for nobody to try again."""
_BOLD = 1.5
"""How much of what is missing is added at once: of each dB a limiter takes a part."""
_TAKEN_LU = 0.45
"""What the encoder takes: it makes all it is given a twentieth quieter."""
_MOST_GAIN = 40.0
_CEILING = PEAK_DBTP - 0.5


@dataclass(frozen=True)
class _Setting:
    """How sound is made louder."""

    gain: float
    ceiling: float = _CEILING
    """Highest peak that the limiter lets through, in dB: below the bound, since encoding raises it."""

    @property
    def filters(self) -> Sequence[str]:
        """The filters; the limiter hears twice as many samples, and so most of what is between them."""
        limiter = f"alimiter=limit={10 ** (self.ceiling / 20):.5f}:level=false:attack=2:release=60"
        return f"volume={self.gain:.2f}dB", f"aresample={2 * RATE}", limiter, f"aresample={RATE}"

    def louder(self, decibels: float) -> _Setting:
        """Make it louder by so much."""
        return replace(self, gain=min(_MOST_GAIN, self.gain + decibels))

    def after(self, measured: Measured) -> _Setting | None:
        """Return what to try next, None where this was good."""
        lacks, room = TARGET_LUFS - measured.lufs, PEAK_DBTP - _BELOW_DB - measured.dbtp
        if abs(lacks) <= 2 * _NEAR_LU and room >= 0:
            return None
        return replace(self.louder(lacks), ceiling=self.ceiling + min(0.0, room - _BELOW_DB))


@dataclass(frozen=True)
class Parts:
    """The files that make an MP3: raw sound, tags in ffmpeg's form, and the picture, if there is one."""

    sound: str
    tags: str
    cover: str | None = None
    room: Sequence[str] = ()
    """What ffmpeg is told, so that it leaves room in the tags."""


async def encode(parts: Parts, draft: str, writes: str) -> Measured:
    """Write the MP3 to `draft` and return what was measured on it; `writes` is what it will be called.

    What cannot be made loud enough without limiting it to death is left as it is: whoever asked sees its measures.
    """
    setting = await _found(parts.sound)
    for _ in range(_ENCODINGS):
        await run_ffmpeg(_command(parts, setting, draft), what=f"encoding {writes!r}", writes=writes)
        measured = await measure(draft)
        if (following := setting.after(measured)) is None:
            break
        setting = following
    return measured


async def _found(sound: str) -> _Setting:
    """Look for the setting that makes joined sound as loud as it has to be."""
    aim, setting = TARGET_LUFS + _TAKEN_LU, _Setting(0.0)
    loudness = await measure_loudness(sound, FORM)
    if loudness == NOTHING:  # too short for there to be a number
        return setting
    setting = setting.louder(aim - loudness)
    for _ in range(_LOOKS):
        lacks = aim - await measure_loudness(sound, FORM, setting.filters)
        if abs(lacks) <= _NEAR_LU or setting.gain >= _MOST_GAIN:
            break
        setting = setting.louder(lacks * _BOLD)
    return setting


def _command(parts: Parts, setting: _Setting, draft: str) -> Sequence[str]:
    inputs = [*FORM, "-i", f"file:{parts.sound}", "-f", "ffmetadata", "-i", f"file:{parts.tags}"]
    maps = ["-map", "0:a:0", "-map_metadata", "1", "-map_chapters", "1"]
    if parts.cover is not None:
        inputs += ["-i", f"file:{parts.cover}"]
        maps += ["-map", "2:v:0", "-c:v", "copy", "-disposition:v:0", "attached_pic"]
        maps += ["-metadata:s:v:0", "title=Cover", "-metadata:s:v:0", "comment=Cover (front)"]
    sound = ["-af", ",".join(setting.filters), "-c:a", "libmp3lame", "-b:a", BITRATE, "-ac", "1"]
    return ["-y", *inputs, *maps, *sound, "-id3v2_version", "3", *parts.room, "-f", "mp3", f"file:{draft}"]
