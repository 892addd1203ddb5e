"""The program ffmpeg, run beside this process and off its event loop.

It comes with the package `imageio-ffmpeg`; `IMAGEIO_FFMPEG_EXE` names another one. Whoever is cancelled while it runs
takes it along: it is killed, and waited for.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from anyio import CancelScope

from tasks.errors import PressroomError, fault
from tasks.limiters import LoopLimiter

_QUIET = ("-hide_banner", "-nostats")
_FULL = ("No space left on device", "Disk quota exceeded", "File too large")
_TOO_MUCH = -getattr(signal, "SIGXFSZ", 0)
"""How a program ends that writes more than it may."""
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
    command = [program(), *_QUIET, *(["-nostdin"] if given is None else []), *arguments]
    async with _limiter.of_loop(_cores()):
        code, output, errors = await _run(command, given)
    told = errors.decode(errors="replace")
    if code:
        raise _failure(code, told, what, writes)
    return Said(output, told)


async def _run(command: Sequence[str], given: bytes | None) -> tuple[int, bytes, bytes]:
    """Run it to its end. (anyio's own way of it waits for a program that does not end, when its task is cancelled.)"""
    stdin = DEVNULL if given is None else PIPE
    try:
        process = await asyncio.create_subprocess_exec(*command, stdin=stdin, stdout=PIPE, stderr=PIPE)
    except OSError as error:
        raise fault("FFMPEG_MISSING", why=f"{command[0]!r}: {error.strerror}") from error
    try:
        output, errors = await process.communicate(given)
    except BaseException:
        with suppress(ProcessLookupError):
            process.kill()
        with CancelScope(shield=True):
            await process.wait()
        raise
    assert process.returncode is not None, "it has ended"
    return process.returncode, output, errors


def _failure(code: int, told: str, what: str, writes: str) -> PressroomError:
    if any(words in told for words in _FULL) or code == _TOO_MUCH:
        return fault("DISK_FULL", path=writes or what)
    lines = [_PREFIX.sub("", line).strip() for line in told.splitlines()]
    words = [line for line in lines if line and line != "Conversion failed!"]
    why = words[-1][:_MOST_WORDS].rstrip(".") if words else f"it ended with {code}"
    return fault("FFMPEG_FAILED", what=what, why=why if code > 0 else f"it was ended by signal {-code}")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
