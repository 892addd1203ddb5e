"""Links that somebody has laid below an output folder beforehand: none that leads out of it is followed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import episodes
import pytest
import stories
from kinds import quick
from novelist import Novelist
from sites import press, put

from flows.fiction import fiction
from flows.podcast import podcast
from tasks.errors import BatchFailed, PressroomError
from tasks.files import path_below
from tasks.podcast.package.feed import read_records
from tasks.results import BatchResult

Capture = pytest.CaptureFixture[str]


def laid(folder: Path, place: str) -> Path:
    """Lay a link below a folder that leads to an empty one elsewhere, and return that."""
    (elsewhere := folder / "elsewhere").mkdir()
    (link := folder / place).parent.mkdir(parents=True)
    link.symlink_to(elsewhere)
    return elsewhere


def codes(flow: Callable[[Any], Any], batch: Any) -> dict[str, str | None]:
    """Run a batch and return its items with their codes, whatever comes of it."""
    with quick():
        try:
            result = flow(batch)
        except BatchFailed as failed:
            result = failed.result
    assert isinstance(result, BatchResult)
    return {one.item_id: one.error_code for one in result.results}


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize(
    ("place", "item_id"),
    [("harbour", "characters"), ("harbour/chapters", "ch01"), ("harbour/chapters/chapter-01.md", "ch01")],
)
def test_no_book_is_written_or_read_through_a_link(place: str, item_id: str, tmp_path: Path, quill: Novelist) -> None:
    stories.project(tmp_path)
    elsewhere = laid(tmp_path, f"output/books/{place}")
    assert codes(fiction, stories.batch_of(tmp_path, "harbour"))[f"harbour:{item_id}"] == "PATH_OUTSIDE"
    assert not list(elsewhere.iterdir())


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize("place", ["coast-lights", "coast-lights/ep_001", "coast-lights/ep_001/waiting-b"])
def test_no_episode_is_written_through_a_link(place: str, tmp_path: Path) -> None:
    episodes.notes(tmp_path)
    elsewhere = laid(tmp_path, f"output/{place}")
    batch = episodes.batch_of(tmp_path, topics=episodes.TOPICS[:1])
    assert codes(podcast, batch) == {"ep_001": "PATH_OUTSIDE"}
    assert not list(elsewhere.iterdir())


def test_no_feed_tells_what_lies_behind_a_link(tmp_path: Path) -> None:
    elsewhere = laid(tmp_path, "show/ep_001")
    put(elsewhere / "episode.json", json.dumps({"title": "a secret"}))
    records, (warning,) = read_records(tmp_path / "show")
    assert not records
    assert "is outside" in warning


@pytest.mark.usefixtures("prefect_server")
def test_no_report_is_written_through_a_link(tmp_path: Path, capsys: Capture) -> None:
    put(tmp_path / "spec.yaml", "kind: documents\ncontent_config_ids: [a]\noutput_dir: output\nbatch_id: b\n")
    elsewhere = laid(tmp_path, "output/b")
    assert "PATH_OUTSIDE" in press(capsys, "run", tmp_path / "spec.yaml").err
    assert not list(elsewhere.iterdir())


def test_a_link_that_stays_inside_is_followed_and_the_path_is_named_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "root/inner").mkdir(parents=True)
    (tmp_path / "root/link").symlink_to("inner")
    (tmp_path / "named").symlink_to("root")
    assert path_below(tmp_path / "named", "link", "a.md") == tmp_path / "named/link/a.md"
    (tmp_path / "root/away").symlink_to(tmp_path)
    with pytest.raises(PressroomError, match="PATH_OUTSIDE"):
        path_below(tmp_path / "named", "away", "a.md")
