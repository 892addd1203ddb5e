"""From what was spoken to the episode's file, which appears under its name once it is whole and measured."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from tasks.errors import as_fault, fault
from tasks.files import draft_beside
from tasks.limiters import LoopLimiter
from tasks.podcast.audio.comment import room_for, write_comment
from tasks.podcast.audio.encoding import Parts, encode
from tasks.podcast.audio.tags import Tags, written
from tasks.podcast.audio.tape import TAIL, Tape
from tasks.podcast.episode import Recording, Script
from tasks.speech.sound import decode
from tasks.speech.voices import Speech

PAUSE, PART_PAUSE = 0.35, 0.8
"""Seconds between two segments, and where another part begins."""
_THREADS = 2
_limiter = LoopLimiter("sound")


class _Drafts(NamedTuple):
    """What lies beside the file while it is made."""

    sound: Path
    tags: Path
    cover: Path
    mp3: Path


async def record(
    script: Script, speeches: Sequence[Speech], path: Path, tags: Tags, cover: bytes | None = None
) -> Recording:
    """Join the segments of a script as they were spoken (one speech for each) into an MP3.

    `cover` is a PNG or JPEG. Whoever is cancelled leaves nothing behind. Raises SPEECH_EMPTY for a segment in which
    nothing is heard, DISK_FULL, OUTPUT_UNWRITABLE, FFMPEG_FAILED for a picture or sound that cannot be read.
    """
    if len(speeches) != len(script.segments):
        raise ValueError(f"{len(script.segments)} segments and {len(speeches)} speeches")
    with _drafts(path) as drafts:
        tape = await _join(script, speeches, drafts.sound)
        await _limiter.apart(_THREADS, drafts.tags.write_text, written(tags, tape.spoken, tape.seconds), "utf-8")
        if cover is not None:
            await _limiter.apart(_THREADS, drafts.cover.write_bytes, cover)
        picture = str(drafts.cover) if cover is not None else None
        parts = Parts(str(drafts.sound), str(drafts.tags), picture, room_for(tags.comment))
        measured = await encode(parts, str(drafts.mp3), str(path))
        if tags.comment:
            await _limiter.apart(_THREADS, write_comment, drafts.mp3, tags.comment)
        size, sha256 = await _limiter.apart(_THREADS, _sum, drafts.mp3)
        os.replace(drafts.mp3, path)
    return Recording(
        path=str(path),
        size=size,
        sha256=sha256,
        loudness=measured.as_loudness(tape.clipped),
        spoken=tape.spoken,
        voices={segment.speaker: speech.voice for segment, speech in zip(script.segments, speeches, strict=True)},
    )


async def _join(script: Script, speeches: Sequence[Speech], sound: Path) -> Tape:
    tape = await _limiter.apart(_THREADS, Tape, sound)
    with tape:
        before = script.segments[0].part
        for number, (segment, speech) in enumerate(zip(script.segments, speeches, strict=True), 1):
            samples = await decode(speech.audio, f"reading segment {number} as {speech.voice!r} spoke it")
            pause = 0.0 if number == 1 else PAUSE if segment.part == before else PART_PAUSE
            before = segment.part
            if not await _limiter.apart(_THREADS, tape.add, samples, pause):
                raise fault("SPEECH_EMPTY", voice=speech.voice, why=f"segment {number} is silent")
        await _limiter.apart(_THREADS, tape.silence, TAIL)
    return tape


@contextmanager
def _drafts(path: Path) -> Iterator[_Drafts]:
    """Name what lies beside a file while it is made, and let nothing of it stay; failures name the file itself."""
    drafts = _Drafts(*(Path(draft_beside(path, f".{mark}")) for mark in _Drafts._fields))
    try:
        _make_folder(path.parent)
        yield drafts
    except OSError as error:
        error.filename, error.filename2 = str(path), None
        raise as_fault(error, what=f"writing {str(path)!r}") from error
    finally:
        for draft in drafts:
            with suppress(FileNotFoundError, NotADirectoryError):
                draft.unlink()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder)) from error


def _sum(path: Path) -> tuple[int, str]:
    with open(path, "rb") as file:
        return os.fstat(file.fileno()).st_size, hashlib.file_digest(file, "sha256").hexdigest()
