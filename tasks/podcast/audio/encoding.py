"""From joined sound to an MP3 that is as loud as it has to be, measured on the MP3 itself.

An encoder raises peaks and moves the loudness a little, by how much depends on the sound; so it is encoded, measured,
and where it misses encoded once more with what was measured in mind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tasks.podcast.audio.measuring import PEAK_DBTP, TARGET_LUFS, Measured, measure
from tasks.podcast.audio.tape import FORM
from tasks.speech.ffmpeg import run_ffmpeg
from tasks.speech.sound import RATE

BITRATE = "96k"
_ROUNDS = 5
_NEAR_LU, _BELOW_DB = 0.3, 0.2
"""How near the loudness has to be, and how far the peak below its bound, for nobody to try again."""
_MOST_GAIN = 40.0
_CEILING = PEAK_DBTP - 1.0


@dataclass(frozen=True)
class _Setting:
    """How sound is made louder."""

    gain: float
    ceiling: float = _CEILING
    """Highest peak that the limiter lets through, in dB: below the bound, since encoding raises it."""

    @property
    def filters(self) -> str:
        """The filters; the limiter hears four times as many samples, and so most of what is between them."""
        limiter = f"alimiter=limit={10 ** (self.ceiling / 20):.5f}:level=false:attack=2:release=60"
        return f"volume={self.gain:.2f}dB,aresample={4 * RATE},{limiter},aresample={RATE}"

    def after(self, measured: Measured) -> _Setting | None:
        """Return what to try next, None where this was good."""
        gain, peak = TARGET_LUFS - measured.lufs, PEAK_DBTP - _BELOW_DB - measured.dbtp
        if abs(gain) <= _NEAR_LU and peak >= 0:
            return None
        return replace(self, gain=min(_MOST_GAIN, self.gain + gain), ceiling=self.ceiling + min(0.0, peak - 0.1))


@dataclass(frozen=True)
class Parts:
    """The files that make an MP3: raw sound, tags in ffmpeg's form, and the picture, if there is one."""

    sound: str
    tags: str
    cover: str | None = None


async def encode(parts: Parts, draft: str, writes: str) -> Measured:
    """Write the MP3 to `draft` and return what was measured on it; `writes` is what it will be called.

    What cannot be made loud enough without limiting it to death is left as it is: whoever asked sees its measures.
    """
    raw = await measure(parts.sound, FORM)
    setting: _Setting | None = _Setting(min(_MOST_GAIN, TARGET_LUFS - raw.lufs))
    measured = raw
    for _ in range(_ROUNDS):
        if setting is None:
            break
        await run_ffmpeg(_command(parts, setting, draft), what=f"encoding {writes!r}", writes=writes)
        measured = await measure(draft)
        setting = setting.after(measured)
    return measured


def _command(parts: Parts, setting: _Setting, draft: str) -> Sequence[str]:
    inputs = [*FORM, "-i", f"file:{parts.sound}", "-f", "ffmetadata", "-i", f"file:{parts.tags}"]
    maps = ["-map", "0:a:0", "-map_metadata", "1", "-map_chapters", "1"]
    if parts.cover is not None:
        inputs += ["-i", f"file:{parts.cover}"]
        maps += ["-map", "2:v:0", "-c:v", "copy", "-disposition:v:0", "attached_pic"]
        maps += ["-metadata:s:v:0", "title=Cover", "-metadata:s:v:0", "comment=Cover (front)"]
    sound = ["-af", setting.filters, "-c:a", "libmp3lame", "-b:a", BITRATE, "-ac", "1"]
    return ["-y", *inputs, *maps, *sound, "-id3v2_version", "3", "-f", "mp3", f"file:{draft}"]
