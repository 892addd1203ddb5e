"""How loud a file is and where it is silent, as ffmpeg hears it; and what of that an episode may not have."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from tasks.podcast.episode import Loudness
from tasks.speech.ffmpeg import run_ffmpeg

TARGET_LUFS, TOLERANCE_LU = -16.0, 1.0
PEAK_DBTP = -1.0
LONGEST_SILENCE = 2.0
NOTHING = -99.0
"""Stands for the level of what is silent, in which there is no number."""

_FILTERS = "silencedetect=n=-50dB:d=0.1,ebur128=peak=true:framelog=quiet"
_INTEGRATED = re.compile(r"^\s+I:\s+(\S+) LUFS", re.MULTILINE)
_PEAK = re.compile(r"^\s+Peak:\s+(\S+) dBFS", re.MULTILINE)
_SILENCE = re.compile(r"silence_duration: (\d+(?:\.\d+)?)")
_TIME = re.compile(rb"out_time_us=(\d+)")


class Measured(NamedTuple):
    """What ffmpeg hears in a file."""

    seconds: float
    lufs: float
    dbtp: float
    silence: float

    def as_loudness(self, clipped: int) -> Loudness:
        """Return it as it is kept."""
        return Loudness(
            seconds=self.seconds,
            integrated_lufs=self.lufs,
            true_peak_dbtp=self.dbtp,
            longest_silence=self.silence,
            clipped=clipped,
        )


async def measure(path: str, form: Sequence[str] = ()) -> Measured:
    """Read a file to its end and say how it sounds; `form` is what ffmpeg cannot see in it."""
    asked = (*form, "-i", f"file:{path}", "-map", "0:a:0", "-af", _FILTERS, "-progress", "pipe:1", "-f", "null", "-")
    said = await run_ffmpeg(asked, what=f"measuring {path!r}")
    times, silences = _TIME.findall(said.output), _SILENCE.findall(said.told)
    return Measured(
        seconds=int(times[-1]) / 1e6 if times else 0.0,
        lufs=_last(_INTEGRATED, said.told),
        dbtp=_last(_PEAK, said.told),
        silence=max(map(float, silences), default=0.0),
    )


async def measure_loudness(path: str, form: Sequence[str], filters: Sequence[str] = ()) -> float:
    """Say how loud a file is behind some filters, in LUFS, which takes a fraction of the time of all measures."""
    chain = ",".join((*filters, "ebur128=framelog=quiet"))
    said = await run_ffmpeg((*form, "-i", f"file:{path}", "-af", chain, "-f", "null", "-"), what=f"measuring {path!r}")
    return _last(_INTEGRATED, said.told)


def audio_faults(loudness: Loudness, planned_seconds: float, leeway_seconds: float) -> list[str]:
    """Return what a finished file breaks, in words; nothing where it may go out."""
    off = abs(loudness.seconds - planned_seconds)
    return [
        words
        for is_broken, words in (
            (
                not abs(loudness.integrated_lufs - TARGET_LUFS) <= TOLERANCE_LU,
                f"loudness is {loudness.integrated_lufs:.1f} LUFS, not {TARGET_LUFS:g} +-{TOLERANCE_LU:g}",
            ),
            (
                not loudness.true_peak_dbtp < PEAK_DBTP,
                f"true peak is {loudness.true_peak_dbtp:.1f} dBTP, not under {PEAK_DBTP:g}",
            ),
            (loudness.clipped > 0, f"{loudness.clipped} samples are clipped"),
            (
                loudness.longest_silence > LONGEST_SILENCE,
                f"nothing is heard for {loudness.longest_silence:.1f} s, over {LONGEST_SILENCE:g}",
            ),
            (
                off > leeway_seconds,
                f"it lasts {loudness.seconds:.0f} s, not {planned_seconds:.0f} +-{leeway_seconds:.0f}",
            ),
        )
        if is_broken
    ]


def _last(pattern: re.Pattern[str], told: str) -> float:
    found = pattern.findall(told)
    try:
        value = float(found[-1]) if found else NOTHING
    except ValueError:
        value = NOTHING
    return value if math.isfinite(value) else NOTHING
