"""Content configs are found where they may lie, checked field by field, and read again only when changed."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.documents.configs import ConfigLibrary, ContentConfig
from tasks.errors import PressroomError


def example(config_id: str, **changes: Any) -> dict[str, Any]:
    config = {
        "type": "content",
        "id": config_id,
        "schemaRef": {"id": "content-schema", "version": "3.1"},
        "metadata": {"description": "A note", "version": "1.0.0"},
        "elements": [{"name": "body", "format": "markdown"}],
        "generation": {"patterns": [{"id": "fill", "type": "template_fill", "template": "{{x}}"}]},
    }
    return {name: value for name, value in {**config, **changes}.items() if value is not ...}


def put(base_dir: Path, name: str, config: Any) -> Path:
    path = base_dir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(config if isinstance(config, str) else json.dumps(config), encoding="utf-8")
    return path


def content(base_dir: Path) -> ContentConfig:
    config = ConfigLibrary(base_dir).load("tide-table").config
    assert isinstance(config, ContentConfig)
    return config


def failure_of(base_dir: Path, config_id: str) -> PressroomError:
    with pytest.raises(PressroomError) as caught:
        ConfigLibrary(base_dir).load(config_id)
    return caught.value


def refusal_of(tmp_path: Path, **changes: Any) -> PressroomError:
    put(tmp_path, "configs/content/tide-table.json", example("tide-table", **changes))
    return failure_of(tmp_path, "tide-table")


def test_a_longer_id_in_a_group_is_not_mistaken_for_a_shorter_one(tmp_path: Path) -> None:
    put(tmp_path, "configs/content/harbour/tide-table-north.json", example("tide-table-north"))
    path = put(tmp_path, "configs/content/harbour/tide-table.json", example("tide-table"))
    assert ConfigLibrary(tmp_path).load("tide-table").path == path


def test_a_file_named_for_an_id_must_hold_it(tmp_path: Path) -> None:
    put(tmp_path, "configs/content/tide-table.json", example("moon-table"))
    error = failure_of(tmp_path, "tide-table")
    assert error.code == "CONFIG_INVALID"
    assert "id: the file holds the config 'moon-table'" in error.message


def test_an_unknown_id_gets_the_nearest_ones(tmp_path: Path) -> None:
    put(tmp_path, "configs/content/endpoint-users.json", example("endpoint-users"))
    error = failure_of(tmp_path, "endpoint-user")
    assert (error.code, error.remedy) == ("CONFIG_NOT_FOUND", "Did you mean 'endpoint-users'?")


def test_an_id_like_no_other_is_told_where_was_searched(tmp_path: Path) -> None:
    error = failure_of(tmp_path / "none", "tide-table")
    assert error.code == "CONFIG_NOT_FOUND"
    assert str(tmp_path / "none" / "configs") in error.remedy


@pytest.mark.parametrize("config_id", ["../secret", "/etc/passwd", "a/b", "a\0", "A", "", "a.b", "a\n", "é", "a" * 999])
def test_an_id_that_is_no_id_is_never_looked_up(tmp_path: Path, config_id: str) -> None:
    put(tmp_path, "secret.json", example("secret"))
    (tmp_path / "base").mkdir()
    assert failure_of(tmp_path / "base", config_id).code == "CONFIG_NOT_FOUND"


def test_links_that_leave_the_folder_are_not_followed(tmp_path: Path) -> None:
    outside = put(tmp_path, "secret.json", example("tide-table"))
    for place in ("base/configs/content/tide-table.json", "other/configs/content/x/y.json"):
        link = tmp_path / place
        link.parent.mkdir(parents=True)
        link.symlink_to(outside)
    assert failure_of(tmp_path / "base", "tide-table").code == "PATH_OUTSIDE"
    assert failure_of(tmp_path / "other", "tide-table").code == "CONFIG_NOT_FOUND"


def test_a_config_is_read_again_only_when_its_file_changes(tmp_path: Path) -> None:
    path = put(tmp_path, "configs/content/tide-table.json", example("tide-table"))
    library = ConfigLibrary(tmp_path)
    first = library.load("tide-table")
    assert library.load("tide-table") is first
    put(tmp_path, "configs/content/tide-table.json", example("tide-table", instructions={"global": "Be brief"}))
    os.utime(path, ns=(1, 1))
    second = library.load("tide-table")
    assert second.content.instructions is not None
    assert second.sha256 != first.sha256


def test_a_config_that_moves_is_found_again(tmp_path: Path) -> None:
    path = put(tmp_path, "configs/content/tide-table.json", example("tide-table"))
    library = ConfigLibrary(tmp_path)
    library.load("tide-table")
    path.rename(tmp_path / "tide-table.json")
    assert library.load("tide-table").path == tmp_path / "tide-table.json"


def test_a_config_that_comes_later_is_found_by_a_second_scan(tmp_path: Path) -> None:
    library = ConfigLibrary(tmp_path)
    with pytest.raises(PressroomError):
        library.load("tide-table")
    put(tmp_path, "configs/content/a/b/late.yaml", example("tide-table"))
    assert library.load("tide-table").config.id == "tide-table"


def test_many_threads_can_share_a_library(tmp_path: Path) -> None:
    ids = [f"note-{number}" for number in range(30)]
    for config_id in ids:
        put(tmp_path, f"configs/content/group/{config_id}.json", example(config_id))
    library = ConfigLibrary(tmp_path)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda config_id: library.load(config_id).config.id, ids * 10))
    assert found == ids * 10


PATTERN = {"id": "fill", "type": "template_fill"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"generation": {"patterns": [{**PATTERN, "template": 5}]}}, "generation.patterns.0.template: input should be"),
        ({"generation": {"patterns": [{**PATTERN, "templat": ""}]}}, "patterns.0.templat: there is no such field"),
        (
            {"generation": {"patterns": [{**PATTERN, "variables": [{"name": "a-b", "source": "x"}]}]}},
            "variables.0.name",
        ),
        ({"metadata": ...}, "metadata: it is missing"),
        ({"metadata": ..., "elements": []}, "metadata: it is missing (and 1 more)"),
        ({"elements": []}, "elements: "),
        ({"elements": [{"name": "body", "format": "python"}]}, "elements.0.format: input should be 'markdown', "),
        ({"schemaRef": {"id": "s", "version": "three"}}, "schemaRef.version: "),
        ({"inputs": {"sources": [{"id": "a", "source_type": "inline_data"}]}}, "inputs.sources.0.source_locator"),
        ({"colour": "red"}, "colour: there is no such field"),
    ],
)
def test_a_fault_names_its_field_and_why(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    error = refusal_of(tmp_path, **changes)
    assert error.code == "CONFIG_INVALID"
    assert words in error.message


def test_a_config_of_no_dialect_is_told_the_nearest_and_the_first_difference(tmp_path: Path) -> None:
    error = refusal_of(tmp_path, type="page")
    assert error.code == "CONFIG_UNSUPPORTED"
    assert "nearest is dialect A (`schemaRef.id`); first difference: type: it is not 'content'" in error.message


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"[]", "CONFIG_INVALID"),
        (b"{", "SPEC_MALFORMED"),
        (b"\xff", "NOT_UTF8"),
        (b" " * 10_000_001, "FILE_TOO_LARGE"),
        (b"[" * 100_000, "SPEC_MALFORMED"),
    ],
)
def test_faults_of_the_file_keep_their_own_codes(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "tide-table.json").write_bytes(content)
    assert failure_of(tmp_path, "tide-table").code == code


def test_a_bomb_in_a_config_is_told(tmp_path: Path) -> None:
    put(tmp_path, "tide-table.yaml", "a: &a [*a]")
    assert failure_of(tmp_path, "tide-table").code == "YAML_BOMB"


def test_a_broken_neighbour_does_not_hide_a_config(tmp_path: Path) -> None:
    put(tmp_path, "configs/content/a/aa.json", "{")
    put(tmp_path, "configs/content/a/tide-table-old.json", "{")
    put(tmp_path, "configs/content/a/b/x.json", example("tide-table"))
    assert ConfigLibrary(tmp_path).load("tide-table").path.name == "x.json"


def test_every_part_of_the_format_is_accepted(tmp_path: Path) -> None:
    whole = example(
        "tide-table",
        instructions={"global": "g", "system_prompt": "s", "user_prompt": "u"},
        inputs={"sources": [{"id": "a", "source_type": "inline_data", "source_locator": "x", "data_selector": "1-2"}]},
        ephemeralStorage={"basePath": "b", "subfolderPattern": "s", "filenamePattern": "f", "format": "text"},
        children=[{"id": "c", "path": "p", "order": 0, "conditions": {"if": [1]}}],
        validation={"rules": [{"id": "r", "check_type": "lint", "target": "body", "threshold": 0.5}]},
        state={"tracking": {"history": True}},
        evolution={"stage": "review", "history": [{"date": "2031-01-01", "type": "creation", "description": "d"}]},
    )
    put(tmp_path, "tide-table.json", whole)
    config = ConfigLibrary(tmp_path).load("tide-table").config
    dumped = config.model_dump(by_alias=True, exclude_unset=True)
    assert dumped == whole


@pytest.mark.parametrize(
    ("generation", "generator"),
    [
        (..., "demonstration"),
        ({"patterns": []}, "demonstration"),
        ({"patterns": [{"id": "a", "type": "bdd_scenario"}, PATTERN]}, "bdd_scenario_assembly"),
        ({"patterns": [PATTERN]}, "template_fill"),
        ({"patterns": [{"id": "a", "type": "code_generation"}]}, "code_generation"),
    ],
)
def test_the_first_pattern_names_the_generator(tmp_path: Path, generation: Any, generator: str) -> None:
    put(tmp_path, "tide-table.json", example("tide-table", generation=generation))
    assert ConfigLibrary(tmp_path).load("tide-table").content.generator == generator


@pytest.mark.parametrize(
    ("output_format", "extension"),
    [(None, "md"), ("markdown", "md"), ("python", "py"), ("gherkin", "feature"), ("text", "txt"), ("xml", "xml")],
)
def test_the_output_format_names_the_extension(tmp_path: Path, output_format: str | None, extension: str) -> None:
    metadata = {"description": "A note", "version": "1.0.0", "output_format": output_format}
    put(tmp_path, "tide-table.json", example("tide-table", metadata=metadata))
    assert ConfigLibrary(tmp_path).load("tide-table").content.extension == extension


WHOLE = json.dumps(example("tide-table"))
BROKEN = st.builds(lambda at, by: WHOLE[:at] + by + WHOLE[at + 1 :], st.integers(0, len(WHOLE)), st.text(max_size=3))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary() | BROKEN.map(lambda text: text.encode(errors="replace")))
@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_any_bytes_give_a_config_or_an_error_of_ours(tmp_path: Path, suffix: str, content: bytes) -> None:
    (tmp_path / f"tide-table.{suffix}").write_bytes(content)
    try:
        loaded = ConfigLibrary(tmp_path).load("tide-table")
    except PressroomError:
        return
    assert loaded.config.id == "tide-table"
