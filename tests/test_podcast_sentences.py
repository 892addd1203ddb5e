"""Plain sentences about episodes stand for exactly one batch, whose show and topics are found by the show's name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from episodes import notes
from sites import press

from tasks.errors import PressroomError
from tasks.podcast.models import PodcastBatch
from tasks.podcast.shows import show_of, topics_file_of
from tasks.podcast.topics import asked
from tasks.sentences import forms_of, read_sentence
from tasks.specs import kind_spec, kinds

EVERY = forms_of(kind_spec(kind) for kind in kinds())


def batch(show: str, episodes: str | None = None) -> dict[str, Any]:
    return {"kind": "podcast", "show": show, **({"episodes": episodes} if episodes else {})}


def coast(folder: Path, topics: str = "topics.csv") -> None:
    """Write a show of three topics into a folder."""
    folder.mkdir(exist_ok=True)
    (folder / "coast.yaml").write_text("title: Coast Lights\n")
    (folder / topics).write_text("episode,title\n1,Why bread rises\n2,How the tides come and go\n3,\n")


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("Make episodes 1-10 of coast-lights", batch("coast-lights", "1-10")),
        ("make the episodes 1 to 10 of coast-lights.", batch("coast-lights", "1-10")),
        ("Make episode 7 of coast", batch("coast", "7")),
        ("Produce episodes 1-3, 8 and 9 of coast", batch("coast", "1-3, 8, 9")),
        ("Record all episodes of coast", batch("coast")),
        ("Make the episodes of coast", batch("coast")),
    ],
)
def test_a_sentence_stands_for_a_batch(sentence: str, wanted: dict[str, Any]) -> None:
    assert read_sentence(sentence, EVERY) == wanted


@pytest.mark.parametrize("sentence", ["Make episode of coast", "Make episodes one to ten of coast", "Make an episode"])
def test_what_is_not_clear_is_refused_with_a_sentence_about_episodes(sentence: str) -> None:
    with pytest.raises(PressroomError) as refused:
        read_sentence(sentence, EVERY)
    assert refused.value.code == "SENTENCE_UNCLEAR"
    assert "episodes" in refused.value.remedy


@pytest.mark.parametrize(
    ("folder", "topics"), [("", "topics.csv"), ("shows", "topics.csv"), ("shows", "coast-topics.csv")]
)
def test_a_show_that_is_named_is_found_with_its_topics_beside_it(tmp_path: Path, folder: str, topics: str) -> None:
    coast(tmp_path / folder, topics)
    found = PodcastBatch(show=Path("coast"), base_dir=tmp_path)
    assert show_of(found).title == "Coast Lights"
    assert [one.topic.title for one in asked(found)][:2] == ["Why bread rises", "How the tides come and go"]
    assert topics_file_of(found) == tmp_path / folder / topics


def test_a_sentence_is_checked_like_the_spec_it_stands_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    notes(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert "SHOW_NOT_FOUND" in press(capsys, "validate", "Make episode 1 of coast").out
    coast(tmp_path / "shows")
    assert "EPISODE_UNKNOWN" in press(capsys, "validate", "Make episode 9 of coast").out
    assert "TOPIC_EMPTY" in press(capsys, "validate", "Make all episodes of coast").out
    said = press(capsys, "validate", "Make episodes 1-2 of coast")
    assert said.code == 0, said.out
