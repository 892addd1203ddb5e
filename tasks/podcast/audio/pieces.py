"""One segment's sound made ready to be joined: its silences cut, its level that of all others, its ends faded.

Voices come as loud as their makers like; brought to one level before they are joined, no host drowns another.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tasks.speech.sound import RATE, SILENT, Samples

LEVEL = 10 ** (-23 / 20)
"""Root mean square of speech, without its silences: leaves its peaks room in 16 bits."""
LONGEST_PAUSE, SHORT_PAUSE = 1.0, 0.5
"""A pause inside of a segment that is longer than the first is cut to the second, in seconds."""
_MOST_PEAK = 0.98
_FRAME = RATE // 100
_MARGIN = 5
"""Frames (of 10 ms) that are left of the silence around speech, so that no soft beginning is lost."""
_FADE = RATE // 200
_ACTIVE = 10 ** (-25 / 20)
"""How far below the loudest frames the speech itself may be."""
_FULL = 0.9999
_FLAT = 3
"""Samples in a row at full scale that are no peak any more but a cut one."""


def count_clipped(samples: Samples) -> int:
    """Count the samples that stand at full scale, where several do in a row."""
    full = np.abs(samples) >= _FULL
    if not full.any():
        return 0
    starts, ends = _runs(full)
    lengths = ends - starts
    return int(lengths[lengths >= _FLAT].sum())


def made_ready(samples: Samples) -> Samples | None:
    """Return a segment's sound, ready to be joined; None where nothing is heard in it."""
    levelled = _levelled(samples)
    if levelled is None:
        return None
    quiet = _peaks(levelled) < SILENT
    if quiet.all():
        return None
    parts = [_faded(levelled[start * _FRAME : end * _FRAME]) for start, end in _kept(quiet)]
    return np.concatenate(parts)


def _levelled(samples: Samples) -> Samples | None:
    peak = float(np.abs(samples).max(initial=0.0))
    if peak < SILENT:
        return None
    powers = np.square(_framed(samples), dtype=np.float64).mean(axis=1)
    speech = powers[powers >= powers.max() * _ACTIVE**2]
    return samples * np.float32(min(LEVEL / np.sqrt(speech.mean()), _MOST_PEAK / peak))


def _kept(quiet: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the stretches of frames to keep: no silence around them, and none for long between them."""
    heard = np.flatnonzero(~quiet)
    first, last = max(0, int(heard[0]) - _MARGIN), min(quiet.size, int(heard[-1]) + 1 + _MARGIN)
    most, left = int(LONGEST_PAUSE * RATE / _FRAME), int(SHORT_PAUSE * RATE / _FRAME / 2)
    kept, start = [], first
    for pause, end in zip(*_runs(quiet[first:last]), strict=True):
        if end - pause > most:
            kept.append((start, first + int(pause) + left))
            start = first + int(end) - left
    return [*kept, (start, last)]


def _faded(samples: Samples) -> Samples:
    """Let a stretch begin and end at nothing, so that no join clicks."""
    count = min(_FADE, samples.size // 2)
    if not count:
        return samples
    faded, ramp = samples.copy(), np.linspace(0, 1, count, dtype=np.float32)
    faded[:count] *= ramp
    faded[-count:] *= ramp[::-1]
    return faded


def _framed(samples: Samples) -> Samples:
    """Part sound into frames of 10 ms; the last is filled up with silence."""
    missing = -samples.size % _FRAME
    return np.pad(samples, (0, missing)).reshape(-1, _FRAME)


def _peaks(samples: Samples) -> Samples:
    loudest: Samples = np.abs(_framed(samples)).max(axis=1)
    return loudest


def _runs(flags: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where stretches of True begin, and where each ends."""
    edges = np.diff(np.pad(flags.astype(np.int8), 1))
    return np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
