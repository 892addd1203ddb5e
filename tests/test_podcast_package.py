"""What lies in an episode's folder and in its show's: everything said, and the same for the same input."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path

import pytest
from airing import dossier, gates, parts, recording, script, show
from PIL import Image

from tasks.errors import PressroomError
from tasks.podcast.episode import Dossier, GateReport, Script
from tasks.podcast.package import EpisodeParts, Packaged, cover_of, package_apart, package_episode


def package(folder: Path, what: EpisodeParts | None = None) -> Packaged:
    what = what or parts()
    return package_episode(what, folder / f"ep_{what.topic.episode:03}", folder, folder)


def notes(folder: Path, what: EpisodeParts | None = None) -> str:
    package(folder, what)
    return (folder / "ep_007" / "show-notes.md").read_text()


def test_an_episode_has_its_files_and_no_drafts_are_left(tmp_path: Path) -> None:
    made = package(tmp_path)
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    texts = "transcript.vtt transcript.md show-notes.md".split()
    data = [f"{name}.json" for name in ("chapters", "gates", "dossier", "script", "episode")]
    assert names == {*(f"ep_007/{name}" for name in (*texts, *data)), "cover.png", "feed.xml", ".feed.lock"}
    assert {path.relative_to(tmp_path).as_posix() for path in made.files} == names - {".feed.lock"}


def test_shapes_are_read_back_as_they_were(tmp_path: Path) -> None:
    package(tmp_path)
    folder = tmp_path / "ep_007"
    assert Dossier.model_validate_json((folder / "dossier.json").read_text()) == dossier()
    assert Script.model_validate_json((folder / "script.json").read_text()) == script()
    assert GateReport.model_validate_json((folder / "gates.json").read_text()) == gates()
    record = json.loads((folder / "episode.json").read_text())
    assert (record["number"], record["file"], record["size"]) == (7, "ep_007/episode.mp3", 123_456)
    assert record["published"] == "2030-03-11T06:00:00Z"


def test_the_same_input_gives_the_same_files(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    package(one)
    package(other)
    package(other)
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert all((one / name).read_bytes() == (other / name).read_bytes() for name in files)


def test_notes_name_chapters_sources_cost_and_gates(tmp_path: Path) -> None:
    text = notes(tmp_path)
    for line in (
        "*Episode 7 of Coast Lights, 2030-03-11, 01:31*",
        "- 00:29 The lamp",
        "- **S1** The lamp (notes/lamp.md, lines 3-6)",
        "  - Its lens came from Paris.",
        "$0.21 in all: research $0.00, script $0.012, audio $0.20.",
        "| brand | 0.70 | 0.90 | misses | It never says `coast`. |",
    ):
        assert line in text.splitlines()
    assert "Unused" not in text
    assert "measured" not in text


def test_notes_say_that_a_small_model_wrote_it_and_that_style_held_nothing_up(tmp_path: Path) -> None:
    text = notes(tmp_path, parts(profile="draft", script=script(by_model="local:smollm2-135m")))
    assert 'Draft by a small local model. Made under the gate profile "draft": style scores were measured' in text
    assert "Draft by" not in notes(tmp_path, parts(script=script(by_model="openai:gpt-9")))


def test_a_cost_that_is_not_all_known_says_so(tmp_path: Path) -> None:
    assert "at least $0.21 in all" in notes(tmp_path, parts(is_cost_complete=False))


def test_what_somebody_wrote_is_no_markup_in_the_notes(tmp_path: Path) -> None:
    odd = script().model_copy(update={"summary": "# <script>alert(1)</script> [x](javascript:1)"})
    text = notes(tmp_path, parts(script=odd))
    assert "\\# \\<script>" in text
    assert "\n# " not in text[1:]


def test_audio_outside_the_shows_folder_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(PressroomError, match="PATH_OUTSIDE"):
        package(tmp_path / "show", parts(recording=recording(tmp_path / "elsewhere.mp3")))
    assert not (tmp_path / "show").exists()


def test_episodes_are_packaged_side_by_side(tmp_path: Path) -> None:
    async def all_at_once() -> None:
        made = [package_apart(parts(n), tmp_path / f"ep_{n:03}", tmp_path, tmp_path) for n in range(1, 7)]
        await asyncio.gather(*made)

    asyncio.run(all_at_once())
    assert (tmp_path / "feed.xml").read_text().count("<item>") == 6


def image(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


@pytest.mark.parametrize("title", ["Coast Lights", "ประภาคารริมทะเล", "W" * 80, "a " * 40, "灯", "😀 & <b>"])
def test_a_cover_is_drawn_with_the_title_within_its_edges(tmp_path: Path, title: str) -> None:
    cover = cover_of(show(title=title), tmp_path)
    drawn = image(cover.content)
    assert drawn.size == (cover.width, cover.height) == (1400, 1400)
    ground = drawn.getpixel((0, 0))
    written = {x for x in range(1400) for y in range(100, 680, 4) if drawn.getpixel((x, y)) != ground}
    assert not written or (min(written) >= 100 and max(written) <= 1300)


def picture(side: tuple[int, int], form: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", side, (40, 80, 120)).save(out, form)
    return out.getvalue()


def test_a_cover_that_was_given_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine.jpeg").write_bytes(picture((1500, 1500)))
    made = package(tmp_path, parts(show=show(cover="mine.jpeg")))
    assert made.files[-2].name == "cover.jpg"
    assert made.files[-2].read_bytes() == picture((1500, 1500))
    assert "lights/cover.jpg" in made.files[-1].read_text()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (picture((1500, 1600)), "1,500 by 1,600 pixels"),
        (picture((600, 600)), "600 by 600 pixels"),
        (picture((1400, 1400), "GIF"), "neither a PNG nor a JPEG"),
        (picture((1400, 1400))[:5000], "cannot be read"),
    ],
)
def test_a_cover_that_does_not_serve_is_refused_before_all_else(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "mine.png").write_bytes(content)
    with pytest.raises(PressroomError, match=rf"COVER_INVALID: The cover 'mine.png' .*{why}"):
        package(tmp_path, parts(show=show(cover="mine.png")))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.png"]
