"""A recorded episode is as loud as it has to be, where its segments are said to be, and tells players what it is."""

from __future__ import annotations

import asyncio
import hashlib
import io
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mutagen.id3 import ID3
from mutagen.mp3 import MP3
from PIL import Image
from recordings import recorded, script_of, sounding, spoken_by_two
from speaker import hush, tone

from tasks.podcast.audio.measuring import audio_faults
from tasks.podcast.audio.recording import PART_PAUSE, PAUSE, record
from tasks.podcast.audio.tags import Chapter, Tags
from tasks.podcast.episode import Recording
from tasks.speech.sound import RATE, Samples, decode

TAGS = Tags(
    title="Why bells; = \\ #1\nand lights",
    album="Harbour Notes 港",
    artist="Ada & Ben",
    track=7,
    year=2026,
    comment="Made by voices of a machine.\n=;#\\ é 港",
    chapters=[Chapter(title="The bell", segment=0), Chapter(title="= [CHAPTER]", segment=2)],
)


class Episode(NamedTuple):
    """An episode that two voices speak, recorded."""

    recording: Recording
    heard: Samples
    """The MP3, decoded."""
    cover: bytes


def heard_in(path: Path | str) -> Samples:
    return asyncio.run(decode(Path(path).read_bytes(), "a test"))


def level(samples: Samples, start: float, end: float) -> float:
    """The loudest sample between two moments."""
    return float(np.abs(samples[round(start * RATE) : round(end * RATE)]).max())


@pytest.fixture(scope="module")
def episode(tmp_path_factory: pytest.TempPathFactory) -> Episode:
    picture = io.BytesIO()
    Image.effect_noise((300, 300), 50).convert("RGB").save(picture, "JPEG")
    path, script = tmp_path_factory.mktemp("episode") / "new" / "007.mp3", script_of()
    made = asyncio.run(record(script, spoken_by_two(script), path, TAGS, picture.getvalue()))
    return Episode(made, heard_in(path), picture.getvalue())


def test_the_file_is_as_loud_as_it_has_to_be_and_nothing_is_wrong_with_it(episode: Episode) -> None:
    loudness = episode.recording.loudness
    assert audio_faults(loudness, loudness.seconds, 1.0) == []
    assert loudness.integrated_lufs == pytest.approx(-16, abs=0.6)
    assert np.abs(episode.heard).max() < 10 ** (-1 / 20)
    assert loudness.seconds == pytest.approx(episode.heard.size / RATE, abs=0.03)


def test_the_recording_says_what_lies_on_the_disk_and_nothing_else_lies_there(episode: Episode) -> None:
    made = episode.recording
    content = Path(made.path).read_bytes()
    assert (made.size, made.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert [file.name for file in Path(made.path).parent.iterdir()] == ["007.mp3"]
    assert made.voices == {"Ada": "local:en-gb", "Ben": "local:en-us+f3"}


def test_segments_are_where_they_are_said_to_be(episode: Episode) -> None:
    heard, spoken = episode.heard, episode.recording.spoken
    assert len(spoken) == 5
    for one, following in zip(spoken, [*spoken[1:], None], strict=True):
        ends = one.starts + one.lasts
        assert level(heard, one.starts, one.starts + 0.1) > 0.01
        assert level(heard, ends - 0.1, ends) > 0.01
        if following is not None:
            assert level(heard, ends + 0.02, following.starts - 0.02) < 10 ** (-50 / 20)
    pauses = [after.starts - before.starts - before.lasts for before, after in pairwise(spoken)]
    assert pauses == pytest.approx([PART_PAUSE, PART_PAUSE, PAUSE, PART_PAUSE], abs=0.001)


def test_no_join_clicks(episode: Episode) -> None:
    """Where sound begins or ends it is as smooth as within speech: no two samples there are far apart."""
    jumps = np.abs(np.diff(episode.heard))
    for one in episode.recording.spoken:
        for moment in (one.starts, one.starts + one.lasts):
            assert jumps[round((moment - 0.003) * RATE) : round((moment + 0.003) * RATE)].max() < 0.02


def test_players_find_every_tag_with_chapters_and_picture(episode: Episode) -> None:
    tags = ID3(episode.recording.path)
    assert tags.version == (2, 3, 0)
    texts = {name: str(tags[name].text[0]) for name in ("TIT2", "TALB", "TPE1", "TRCK", "TDRC", "TCON")}
    assert list(texts.values()) == [TAGS.title, TAGS.album, TAGS.artist, "7", "2026", "Podcast"]
    assert [str(frame) for frame in tags.getall("COMM")] == [TAGS.comment]
    (picture,) = tags.getall("APIC")
    assert (picture.mime, picture.type, picture.data) == ("image/jpeg", 3, episode.cover)
    chapters = [(one.start_time, one.end_time, str(one.sub_frames["TIT2"])) for one in tags.getall("CHAP")]
    third, end = (round(1000 * one) for one in (episode.recording.spoken[2].starts, episode.recording.loudness.seconds))
    assert chapters == [(0, third, "The bell"), (third, pytest.approx(end, abs=5), "= [CHAPTER]")]
    assert MP3(episode.recording.path).info.channels == 1


def test_the_same_episode_comes_out_the_same(tmp_path: Path) -> None:
    script, speeches = sounding(tone(2), tone(1, hertz=500))
    first, second = (recorded(script, speeches, tmp_path / name) for name in ("a.mp3", "b.mp3"))
    assert first.sha256 == second.sha256


def test_tones_of_known_length_are_found_to_the_hundredth(tmp_path: Path) -> None:
    made = recorded(*sounding(tone(1.5), tone(0.4, hertz=500), tone(1.0)), tmp_path / "tones.mp3")
    assert [one.lasts for one in made.spoken] == pytest.approx([1.5, 0.4, 1.0], abs=0.011)
    heard = np.abs(heard_in(made.path)) > 0.05
    edges = np.flatnonzero(np.diff(np.convolve(heard, np.ones(441), "same") > 0)) / RATE
    expected = [edge for one in made.spoken for edge in (one.starts, one.starts + one.lasts)]
    assert edges == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize(
    "sounds",
    [
        pytest.param((tone(3, level=0.005), tone(3, level=0.9)), id="voices of unlike level"),
        pytest.param((np.concatenate([hush(4), tone(2), hush(6), tone(2), hush(3)]),), id="long silences"),
    ],
)
def test_what_vendors_send_is_put_right(tmp_path: Path, sounds: tuple[Samples, ...]) -> None:
    loudness = recorded(*sounding(*sounds), tmp_path / "e.mp3").loudness
    assert audio_faults(loudness, loudness.seconds, 1.0) == []


def test_sound_that_came_in_clipped_is_told(tmp_path: Path) -> None:
    loudness = recorded(*sounding(np.clip(tone(2, level=1.6), -1, 1)), tmp_path / "e.mp3").loudness
    assert audio_faults(loudness, loudness.seconds, 1.0) == [f"{loudness.clipped} samples are clipped"]


@settings(max_examples=8)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=30))
@example("#;=\\\n[CHAPTER]\nSTART=5\n\\")
@example(";FFMETADATA1")
@example(" spaces around ")
def test_a_title_may_be_any_text(title: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "e.mp3"
        tags = Tags(title=title, comment=title, chapters=[Chapter(title=title, segment=0)])
        recorded(*sounding(tone(0.1)), path, tags)
        found = ID3(str(path))
    said = [found["TIT2"], *(one.sub_frames["TIT2"] for one in found.getall("CHAP"))]
    assert [str(one.text[0]).rstrip(" ") for one in said] == [title.rstrip(" ")] * 2
    assert str(found.getall("COMM")[0]) == title
