"""The program ffmpeg, run beside this process and off its event loop.

It comes with the package `imageio-ffmpeg`; `IMAGEIO_FFMPEG_EXE` names another one. Whoever is cancelled while it runs
takes it along: it is killed, and waited for.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import NamedTuple

from anyio import run_process

from tasks.errors import PressroomError, fault
from tasks.limiters import LoopLimiter

_QUIET = ("-hide_banner", "-nostdin", "-nostats")
_FULL = ("No space left on device", "Disk quota exceeded", "File too large")
_limiter = LoopLimiter("ffmpeg")
_MOST_WORDS = 300
_PREFIX = re.compile(r"\[[^\]]*@ 0x[0-9a-f]+\] ?")


class Said(NamedTuple):
    """What the program wrote: what was asked for, and what it tells of it."""

    output: bytes
    told: str


def program() -> str:
    """Return where the program lies, or raise FFMPEG_MISSING."""
    import imageio_ffmpeg

    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise fault("FFMPEG_MISSING", why=" ".join(str(error).split()).rstrip(".")) from None


async def run_ffmpeg(arguments: Sequence[str], *, what: str, given: bytes | None = None, writes: str = "") -> Said:
    """Run it, with `given` on its standard input; `what` is the work in words, `writes` the file that is to come of it.

    Raises FFMPEG_FAILED, DISK_FULL where there is no room for its file, or FFMPEG_MISSING.
    """
    command = [program(), *(_QUIET if given is None else (one for one in _QUIET if one != "-nostdin")), *arguments]
    async with _limiter.of_loop(_cores()):
        try:
            ended = await run_process(command, input=given, check=False)
        except OSError as error:
            raise fault("FFMPEG_MISSING", why=f"{command[0]!r}: {error.strerror}") from error
    told = ended.stderr.decode(errors="replace")
    if ended.returncode:
        raise _failure(ended.returncode, told, what, writes)
    return Said(ended.stdout, told)


def _failure(code: int, told: str, what: str, writes: str) -> PressroomError:
    if any(words in told for words in _FULL):
        return fault("DISK_FULL", path=writes or what)
    lines = [_PREFIX.sub("", line).strip() for line in told.splitlines()]
    words = [line for line in lines if line and line != "Conversion failed!"]
    why = words[-1][:_MOST_WORDS].rstrip(".") if words else f"it ended with {code}"
    return fault("FFMPEG_FAILED", what=what, why=why if code > 0 else f"it was ended by signal {-code}")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
