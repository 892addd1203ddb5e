"""Sound as samples: what was spoken, decoded from whatever form it came in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tasks.errors import fault
from tasks.speech.ffmpeg import run_ffmpeg

Samples = NDArray[np.float32]
"""One channel; full scale is from -1 to 1, and what was decoded from a lossy form may go over."""

RATE = 44_100
"""Samples a second."""
MOST_SECONDS = 1800
"""No text that is spoken at once takes as long; what goes on for hours would fill the memory."""
SILENT = 10 ** (-50 / 20)
"""Below this, nothing is heard: -50 dB of full scale."""


async def decode(audio: bytes, what: str) -> Samples:
    """Return audio of any usual form as samples of one channel at `RATE`.

    FFMPEG_FAILED for what is none, and for what is longer than any speech.
    """
    form = ("-t", str(MOST_SECONDS + 1), "-f", "f32le", "-ac", "1", "-ar", str(RATE))
    # Only from this pipe: a playlist that was sent as sound could name files and addresses.
    asked = ("-loglevel", "error", "-protocol_whitelist", "pipe", "-i", "pipe:0", "-map", "0:a:0", *form, "pipe:1")
    said = await run_ffmpeg(asked, what=what, given=audio)
    samples = np.frombuffer(said.output, dtype="<f4", count=len(said.output) // 4)
    if samples.size > MOST_SECONDS * RATE:
        raise fault("FFMPEG_FAILED", what=what, why=f"it is longer than {MOST_SECONDS:,} s")
    return samples


def is_silent(samples: Samples) -> bool:
    """Say whether nothing is heard."""
    return bool(samples.size == 0 or np.abs(samples).max() < SILENT)
