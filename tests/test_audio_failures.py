"""Whatever stops a recording has its code, and leaves neither a half file under the final name nor drafts beside it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from recordings import recorded, sounding
from sites import largest_file
from speaker import as_wav, hush, tone

from tasks.errors import PressroomError
from tasks.podcast.audio.recording import record
from tasks.podcast.audio.tags import Tags
from tasks.podcast.episode import Script
from tasks.speech.ffmpeg import program
from tasks.speech.voices import Speech

Instead = Callable[[str], None]
OLD = b"what was there before"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where an episode is to lie, and an older one lies."""
    path = tmp_path / "episode" / "007.mp3"
    path.parent.mkdir()
    path.write_bytes(OLD)
    return path


@pytest.fixture
def when_encoding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Instead:
    """Put a script in ffmpeg's place, which does something else where an MP3 is to be written."""

    def install(instead: str) -> None:
        script, real = tmp_path / "ffmpeg.sh", program()
        lines = ["#!/bin/bash", f"real={real}", f'if [[ "${{@: -1}}" == file:*.tmp ]]; then {instead}; fi']
        script.write_text("\n".join([*lines, 'exec "$real" "$@"']))
        script.chmod(0o755)
        monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(script))

    return install


def failure(place: Path, made: tuple[Script, list[Speech]] | None = None) -> PressroomError:
    """Record in vain, and look that all is as before."""
    with pytest.raises(PressroomError) as caught:
        recorded(*(made or sounding(tone(3))), place)
    assert_untouched(place)
    return caught.value


def assert_untouched(place: Path) -> None:
    assert [file.name for file in place.parent.iterdir()] == [place.name]
    assert place.read_bytes() == OLD


@pytest.mark.parametrize(
    "instead",
    [
        pytest.param('exec "$real" "${@:1:$#-1}" /dev/full', id="no space left"),
        pytest.param('ulimit -f 16; exec "$real" "$@"', id="no larger file allowed"),
        pytest.param("""ulimit -f 16; trap '' XFSZ; "$real" "$@"; exit $?""", id="told so and not ended"),
    ],
)
def test_a_disk_that_fills_while_the_mp3_is_written(place: Path, when_encoding: Instead, instead: str) -> None:
    when_encoding(instead)
    error = failure(place)
    assert error.code == "DISK_FULL"
    assert str(place) in error.message


def test_a_disk_that_fills_while_segments_are_joined(place: Path) -> None:
    with largest_file(100_000):
        error = failure(place)
    assert error.code == "DISK_FULL"
    assert str(place) in error.message


def test_an_encoder_that_breaks_down(place: Path, when_encoding: Instead) -> None:
    when_encoding("echo half > ${@: -1:1}; echo 'Something is wrong.' >&2; exit 3")
    error = failure(place)
    assert (error.code, error.transient) == ("FFMPEG_FAILED", False)
    assert "Something is wrong" in error.message


def test_an_encoder_that_is_killed(place: Path, when_encoding: Instead) -> None:
    when_encoding("kill -9 $$")
    assert "signal 9" in failure(place).message


def test_a_program_that_is_not_there(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/nowhere/ffmpeg")
    error = failure(place)
    assert error.code == "FFMPEG_MISSING"
    assert "/nowhere/ffmpeg" in error.message


def test_a_segment_that_is_no_sound(place: Path) -> None:
    error = failure(place, sounding(tone(1), b"Here is your sound."))
    assert error.code == "FFMPEG_FAILED"
    assert "segment 2" in error.message


def test_a_segment_that_names_another_file_is_not_followed(place: Path) -> None:
    playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"
    assert failure(place, sounding(playlist)).code == "FFMPEG_FAILED"


def test_a_segment_that_goes_on_for_hours(place: Path) -> None:
    hours = as_wav(np.zeros(1_900 * 100, dtype=np.float32), rate=100)
    error = failure(place, sounding(hours))
    assert error.code == "FFMPEG_FAILED"
    assert "longer than 1,800 s" in error.message


def test_a_segment_in_which_nothing_is_heard(place: Path) -> None:
    error = failure(place, sounding(tone(1), hush(2)))
    assert (error.code, error.transient) == ("SPEECH_EMPTY", True)
    assert "segment 2" in error.message


def test_a_picture_that_is_none(place: Path) -> None:
    script, speeches = sounding(tone(1))
    with pytest.raises(PressroomError, match="FFMPEG_FAILED"):
        asyncio.run(record(script, speeches, place, Tags(title="x"), b"no picture"))
    assert_untouched(place)


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(OLD)
    with pytest.raises(PressroomError, match="OUTPUT_UNWRITABLE"):
        recorded(*sounding(tone(1)), tmp_path / "file" / "007.mp3")


def test_who_is_cancelled_takes_the_encoder_along(place: Path, when_encoding: Instead, tmp_path: Path) -> None:
    note = tmp_path / "running"
    when_encoding(f"echo $$ > {note}.new; mv {note}.new {note}; exec sleep 600")

    async def begin_and_leave() -> None:
        script, speeches = sounding(tone(1))
        work = asyncio.ensure_future(record(script, speeches, place, Tags(title="x")))
        while not (note.exists() or work.done()):
            await asyncio.sleep(0.01)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work

    asyncio.run(begin_and_leave())
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)
    assert_untouched(place)
