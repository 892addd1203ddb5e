"""What is wrong with a batch of episodes is found before anything is made, and named where it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from sites import press

Capture = pytest.CaptureFixture[str]
SHOW = {"title": "Coast Lights", "hosts": [{"name": "Ada"}, {"name": "Ben"}]}
GOOD = {
    **{"kind": "podcast", "show": SHOW, "topics": [{"episode": 1, "title": "Lamps"}], "model": "none"},
    **{"gates": "draft", "minutes": 1},
}


def problems(folder: Path, capsys: Capture, **fields: Any) -> list[tuple[str, str, int]]:
    """Validate a spec and return code, field and line of each problem."""
    (folder / "notes").mkdir(exist_ok=True)
    (folder / "notes" / "lamps.md").write_text("# Lamps\n\nLamps burned oil for a long time before there was gas.\n")
    spec = folder / "spec.yaml"
    spec.write_text(yaml.safe_dump({**GOOD, **fields}, sort_keys=False, allow_unicode=True))
    found = press(capsys, "validate", str(spec), "--json").document["problems"]
    return [(one["code"], one["field"], one["line"]) for one in found]


def test_nothing_is_wrong_with_a_sound_spec(tmp_path: Path, capsys: Capture) -> None:
    assert problems(tmp_path, capsys) == []


def test_a_show_a_list_and_notes_that_are_not_there_are_named(tmp_path: Path, capsys: Capture) -> None:
    assert problems(tmp_path, capsys, show="nowhere.yaml") == [("SHOW_NOT_FOUND", "show", 2)]
    ((code, _, _),) = problems(tmp_path, capsys, topics=[], topics_file="nowhere.csv")
    assert code == "SPEC_NOT_FOUND"
    (code, field, _), *others = problems(tmp_path, capsys, notes="nowhere")
    assert (code, field, others) == ("NOTES_MISSING", "notes", [])


def test_the_field_of_a_shows_file_that_is_wrong_is_named(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "show.yaml").write_text("title: Coast Lights\nlenguage: en\n")
    assert problems(tmp_path, capsys, show="show.yaml") == [("SHOW_INVALID", "show", 2)]


@pytest.mark.parametrize(
    ("topics", "code"),
    [
        ([{"episode": 1, "title": " "}], "TOPIC_EMPTY"),
        ([{"episode": 1, "title": "a"}, {"episode": 1, "title": "b"}], "EPISODE_DUPLICATED"),
    ],
)
def test_a_faulty_topic_is_named_in_its_place(tmp_path: Path, capsys: Capture, topics: list[Any], code: str) -> None:
    (found, field, _), *others = problems(tmp_path, capsys, topics=topics)
    assert (found, field, others) == (code, f"topics.{len(topics) - 1}", [])


def test_a_line_of_a_table_of_topics_is_named_and_one_with_semicolons_is_read(tmp_path: Path, capsys: Capture) -> None:
    table = tmp_path / "topics.csv"
    table.write_text("episode,title,questions\n1,Lamps,What burned?;Who lit it?\nsecond,Oil,\n")
    (code, _, _), *others = problems(tmp_path, capsys, topics=[], topics_file="topics.csv")
    assert (code, others) == ("TOPICS_INVALID", [])
    table.write_text('episode;title;questions\n1;Lamps, and oil;"What burned?"\n')
    assert problems(tmp_path, capsys, topics=[], topics_file="topics.csv") == []


def test_all_lines_of_a_table_that_are_wrong_are_named_each_with_its_own(tmp_path: Path, capsys: Capture) -> None:
    table = tmp_path / "topics.csv"
    table.write_text("episode,title\n1,Lamps\nsecond,Oil\n,\n3,Wicks, and oil\n0,Gas\n")
    spec = {"topics": [], "topics_file": "topics.csv"}
    assert problems(tmp_path, capsys, **spec) == [("TOPICS_INVALID", "", line) for line in (3, 5, 6)]
    listed = tmp_path / "topics.yaml"
    listed.write_text("topics:\n- {episode: 1, title: a}\n- {episode: 2}\n-\n  episode: 0\n  title: b\n")
    found = problems(tmp_path, capsys, topics=[], topics_file="topics.yaml")
    assert found == [("TOPICS_INVALID", "entry 2", 3), ("TOPICS_INVALID", "entry 3", 5)]
    table.write_text("episode,title\n1," + "x" * 200_000 + "\n")
    assert [code for code, _, _ in problems(tmp_path, capsys, **spec)] == ["TOPICS_INVALID"]


def test_notes_without_text_are_a_problem_and_files_that_are_not_read_a_remark(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing more")
    with (tmp_path / "notes" / "huge.md").open("wb") as file:
        file.truncate(200_000_000)
    spec = tmp_path / "spec.yaml"
    spec.write_text(yaml.safe_dump(GOOD))
    found = press(capsys, "validate", str(spec), "--json").document
    ((code, field),) = [(one["code"], one["field"]) for one in found["problems"]]
    assert (code, field) == ("NOTES_MISSING", "notes")
    assert "it holds no text" in found["problems"][0]["message"]
    assert problems(tmp_path, capsys) == [], "one file is read"
    told = press(capsys, "validate", str(spec)).out.partition("notes:\n")[2]
    assert "'broken.pdf' was not read: it is a broken PDF" in told
    assert "'huge.md' was not read: it has 200.0 MB" in told


def test_a_language_that_no_voice_of_this_machine_speaks_is_named(tmp_path: Path, capsys: Capture) -> None:
    (code, field, _), *others = problems(tmp_path, capsys, show={**SHOW, "language": "ii"})
    assert (code, field, others) == ("VOICE_UNKNOWN", "show.language", [])


def test_an_episode_that_is_not_in_the_list_is_named(tmp_path: Path, capsys: Capture) -> None:
    (code, field, _), *others = problems(tmp_path, capsys, episodes="1-2")
    assert (code, field, others) == ("EPISODE_UNKNOWN", "episodes", [])
    (code, field, _), *others = problems(tmp_path, capsys, episodes="9-2")
    assert (code, field, others) == ("SPEC_INVALID", "episodes", [])


def test_a_voice_that_does_not_exist_is_named_where_it_stands(tmp_path: Path, capsys: Capture) -> None:
    show = {**SHOW, "hosts": [{"name": "Ada"}, {"name": "Ben", "voice": "local:klingon"}]}
    (code, field, _), *others = problems(tmp_path, capsys, show=show)
    assert (code, field, others) == ("VOICE_UNKNOWN", "show.hosts.1.voice", [])


def test_a_size_without_a_first_episode_is_refused_and_both_mean_a_range(tmp_path: Path, capsys: Capture) -> None:
    (code, field, _), *others = problems(tmp_path, capsys, batch_size=2)
    assert (code, field, others) == ("SPEC_INVALID", "batch_size", [])
    assert problems(tmp_path, capsys, starting_episode=1, batch_size=1) == []
    (code, field, _), *others = problems(tmp_path, capsys, starting_episode=99_999, batch_size=2)
    assert (code, field, others) == ("SPEC_INVALID", "batch_size", [])
    (code, field, _), *others = problems(tmp_path, capsys, starting_episode=1, batch_size=1, episodes=[2])
    assert (code, field, others) == ("SPEC_INVALID", "starting_episode", [])


def test_a_model_without_its_key_is_named(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    (code, field, _), *others = problems(tmp_path, capsys, model="openai:gpt-4o")
    assert (code, field, others) == ("MODEL_KEY_MISSING", "model", [])
