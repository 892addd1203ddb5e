"""The joined sound of an episode, growing by segments in a file, since an hour of it is much for a memory."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from tasks.podcast.audio.pieces import count_clipped, made_ready
from tasks.podcast.episode import Spoken
from tasks.speech.sound import RATE, Samples

FORM = ("-f", "s16le", "-ac", "1", "-ar", str(RATE))
"""What ffmpeg has to be told of the file."""
LEAD, TAIL = 0.2, 0.5
"""Seconds of silence before and after all that is said."""
_SCALE = 32767


class Tape:
    """A file of raw samples, 16 bits, one channel. Every method blocks."""

    def __init__(self, path: Path) -> None:
        self.clipped = 0
        """Samples that came in clipped."""
        self.spoken: list[Spoken] = []
        self._file = open(path, "wb")  # closed by `__exit__`
        self._length = 0

    def __enter__(self) -> Self:
        self.silence(LEAD)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    @property
    def seconds(self) -> float:
        """How long it is by now."""
        return self._length / RATE

    def add(self, samples: Samples, pause: float) -> bool:
        """Join a segment, after so many seconds of silence; False where nothing is heard in it."""
        ready = made_ready(samples)
        if ready is None:
            return False
        self.clipped += count_clipped(samples)
        self.silence(pause)
        starts = self.seconds
        self._write(ready)
        self.spoken.append(Spoken(starts=starts, lasts=self.seconds - starts))
        return True

    def silence(self, seconds: float) -> None:
        """Join silence."""
        self._write(np.zeros(round(seconds * RATE), dtype=np.float32))

    def _write(self, samples: Samples) -> None:
        self._file.write((np.clip(samples, -1, 1) * _SCALE).round().astype("<i2").tobytes())
        self._length += samples.size
