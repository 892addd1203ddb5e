"""Configs are found where they may lie: by id in each layout, by path for parts of artifacts, and all of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from dialect_examples import ARTIFACTS, CONTENT, Config, changed, own_id
from sites import put

from tasks.documents.configs import ConfigLibrary
from tasks.errors import PressroomError

ID = "tide-note"
NAMED = changed(CONTENT["E"], "name", ID)
PLACES = [
    f"configs/content/{ID}.json",
    f"configs/content/{ID}.yaml",
    f"configs/content/{ID}.yml",
    f"configs/content/{ID}/{ID}-content.json",
    f"configs/content/{ID}/{ID}-content.yaml",
    f"configs/content/harbour/{ID}.json",
    f"configs/content/harbour/{ID}-v2.yaml",
    f"configs/artifacts/{ID}-artifact.json",
    f"configs/artifacts/{ID}-artifact.yaml",
    f"configs/artifacts/{ID}.json",
    f"configs/artifact/{ID}.json",
    f"{ID}.json",
    "configs/content/a/b/c/other.yaml",
    "configs/elsewhere/other.json",
]


def put_json(folder: Path, name: str, config: Config) -> Path:
    return put(folder / name, json.dumps(config))


@pytest.mark.parametrize("place", PLACES)
def test_a_config_is_found_in_each_of_its_places(tmp_path: Path, place: str) -> None:
    path = put_json(tmp_path, place, NAMED)
    loaded = ConfigLibrary(tmp_path).load(ID)
    assert (loaded.config.id, loaded.path) == (ID, path)


def test_places_are_tried_in_their_order(tmp_path: Path) -> None:
    paths = [put_json(tmp_path, place, NAMED) for place in PLACES]
    for path in paths:
        assert ConfigLibrary(tmp_path).load(ID).path == path
        path.unlink()


@pytest.mark.parametrize("config", [*CONTENT.values(), *ARTIFACTS.values()], ids=lambda one: own_id(one))
def test_each_dialect_is_found_by_the_id_it_gives_itself(tmp_path: Path, config: Config) -> None:
    put_json(tmp_path, "configs/deep/down/called-otherwise.json", config)
    assert ConfigLibrary(tmp_path).load(own_id(config)).config.id == own_id(config)


@pytest.mark.parametrize("place", [f"configs/content/{ID}/{ID}-content.json", f"configs/artifacts/{ID}-artifact.json"])
def test_an_id_may_have_the_ending_that_its_files_name_has(tmp_path: Path, place: str) -> None:
    put_json(tmp_path, place, {**NAMED, "name": Path(place).stem})
    library = ConfigLibrary(tmp_path)
    assert library.load(ID).config.id == library.load(Path(place).stem).config.id == Path(place).stem


def test_a_file_called_for_an_id_that_holds_another_is_told_in_its_own_words(tmp_path: Path) -> None:
    put_json(tmp_path, "configs/content/moon-note.json", NAMED)
    with pytest.raises(PressroomError) as caught:
        ConfigLibrary(tmp_path).load("moon-note")
    assert "name: the file holds the config 'tide-note'" in caught.value.message


@pytest.mark.parametrize("path", ["blocks/tide.json", "configs/blocks/tide.json", "./blocks/../blocks/tide.json"])
def test_a_part_is_found_by_its_path_or_below_configs(tmp_path: Path, path: str) -> None:
    put_json(tmp_path, "configs/blocks/tide.json" if path == "configs/blocks/tide.json" else "blocks/tide.json", NAMED)
    assert ConfigLibrary(tmp_path).load_child(path, "another-id").config.id == ID


def test_a_path_below_configs_may_leave_that_out(tmp_path: Path) -> None:
    put_json(tmp_path, "configs/blocks/tide.json", NAMED)
    assert ConfigLibrary(tmp_path).load_child("blocks/tide.json", "another-id").config.id == ID


@pytest.mark.parametrize(
    ("path", "name"), [("gone.json", ID), ("", ID), ("", f"{ID}.md"), ("", f"notes/{ID}.md"), (ID, "x.md")]
)
def test_a_part_without_a_file_at_its_path_is_found_by_id(tmp_path: Path, path: str, name: str) -> None:
    put_json(tmp_path, "configs/content/deep/down/any.json", NAMED)
    assert ConfigLibrary(tmp_path).load_child(path, name).config.id == ID


def test_a_part_with_a_config_of_its_own_is_not_made_from_the_common_one(tmp_path: Path) -> None:
    put_json(tmp_path, f"configs/content/{ID}.json", NAMED)
    put_json(tmp_path, "configs/content/page.json", {**NAMED, "name": "page"})
    library = ConfigLibrary(tmp_path)
    assert [library.load_child("page", name).config.id for name in (f"{ID}.md", "other.md")] == [ID, "page"]


@pytest.mark.parametrize("path", ["../secret.json", "/etc/hostname", "a/../../secret.json"])
def test_a_part_outside_the_folder_is_refused(tmp_path: Path, path: str) -> None:
    put_json(tmp_path, "secret.json", NAMED)
    with pytest.raises(PressroomError) as caught:
        ConfigLibrary(tmp_path / "base").load_child(path, ID)
    assert caught.value.code == "PATH_OUTSIDE"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("none.json", "CONFIG_NOT_FOUND"),
        ("x" * 5000, "CONFIG_NOT_FOUND"),
        ("a\0", "PATH_OUTSIDE"),
        ("configs", "CONFIG_NOT_FOUND"),
    ],
)
def test_a_part_that_is_nowhere_is_told(tmp_path: Path, path: str, code: str) -> None:
    put_json(tmp_path, "configs/content/other.json", {**NAMED, "name": "other"})
    with pytest.raises(PressroomError) as caught:
        ConfigLibrary(tmp_path).load_child(path, "../absent")
    assert caught.value.code == code


def test_all_configs_come_in_order_each_with_what_it_is_or_what_is_wrong(tmp_path: Path) -> None:
    put_json(tmp_path, "configs/artifacts/book.json", ARTIFACTS["E"])
    put_json(tmp_path, "configs/content/a.yaml", CONTENT["C"])
    put(tmp_path / "configs/content/b.json", "{")
    put_json(tmp_path, "configs/content/data.json", {"tides": [6, 18]})
    put(tmp_path / "configs/content/readme.md", "x")
    put(tmp_path / "outside.json", json.dumps(NAMED))
    (tmp_path / "configs/content/link.json").symlink_to("/etc/hostname")
    found = list(ConfigLibrary(tmp_path).all())
    assert [(one.path.name, one.loaded and one.loaded.dialect, one.error and one.error.code) for one in found] == [
        ("book.json", "E", None),
        ("a.yaml", "C", None),
        ("b.json", None, "SPEC_MALFORMED"),
        ("data.json", None, "CONFIG_UNSUPPORTED"),
    ]


def test_data_that_has_a_name_does_not_stand_in_for_a_config(tmp_path: Path) -> None:
    put_json(tmp_path, "configs/a-data.json", {"name": ID, "tides": [6, 18]})
    put_json(tmp_path, "configs/b-config.json", NAMED)
    assert ConfigLibrary(tmp_path).load(ID).path.name == "b-config.json"


def test_an_id_that_is_nowhere_is_told_with_the_number_of_configs(tmp_path: Path) -> None:
    def said(config_id: str) -> str:
        with pytest.raises(PressroomError) as caught:
            ConfigLibrary(tmp_path).load_child("", config_id)
        return caught.value.remedy

    folder = str(tmp_path / "configs")
    assert said("absent") == f"Searched {folder!r}, which holds 0 configs."
    put_json(tmp_path, "configs/content/one.json", NAMED)
    put(tmp_path / "spec.yaml", "kind: documents")
    put(tmp_path / "configs/data.json", "{}")
    put(tmp_path / "configs/broken.json", "{")
    assert said("absent") == said("../absent") == f"Searched {folder!r}, which holds 1 config."
    put_json(tmp_path, "configs/content/two.json", {**NAMED, "name": "other"})
    assert said("absent") == f"Searched {folder!r}, which holds 2 configs."


def test_a_folder_without_configs_has_none(tmp_path: Path) -> None:
    assert list(ConfigLibrary(tmp_path / "none").all()) == []
