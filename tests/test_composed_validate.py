"""`pressroom validate` looks into artifacts and inputs, and says in which file and field they are wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sites import artifact, config, press, put, spec

Capture = pytest.CaptureFixture[str]
Found = tuple[str, str, str]


def problems(capsys: Capture, path: Path) -> list[dict[str, Any]]:
    said = press(capsys, "validate", path, "--json")
    found: list[dict[str, Any]] = said.document["problems"]
    assert said.code == (2 if found else 0)
    return found


def told(capsys: Capture, folder: Path, *ids: str, **fields: Any) -> list[Found]:
    path = spec(folder, content_config_ids=list(ids), **fields)
    return [(one["code"], Path(one["file"]).name, one["field"]) for one in problems(capsys, path)]


def source(kind: str, locator: str, selector: str | None = None, **more: Any) -> dict[str, Any]:
    """An input called `given`."""
    found = {"id": "given", "source_type": kind, "source_locator": locator, **more}
    return found if selector is None else {**found, "data_selector": selector}


def asking(folder: Path, name: str, *sources: dict[str, Any], template: str = "{{given}}") -> None:
    config(folder, name, template, inputs={"sources": list(sources)})


def test_a_sound_artifact_has_no_problems_and_nothing_is_written(tmp_path: Path, capsys: Capture, home: Path) -> None:
    put(tmp_path / "tides.json", '{"high": 5}')
    put(tmp_path / "book.j2", "{{ children }}")
    config(tmp_path, "one", "{{team}}")
    config(tmp_path, "page", "book.j2", "jinja2")
    asking(tmp_path, "note", source("external_file", "tides.json", "$.high"))
    asking(tmp_path, "quote", source("content_config", "page", "# Anything"))
    asking(tmp_path, "both", source("content_config", "one", "1"))
    artifact(tmp_path, "guide", "one", "note", context={"team": "Harbour"})
    needs = {"id": "guide", "type": "artifact", "locator": "guide", "relationship": "based_on"}
    children: list[str | dict[str, Any]] = ["guide", "quote", "both", {"id": "absent", "required": False}]
    artifact(tmp_path, "book", *children, strategy="template", template="book.j2", dependencies=[needs])
    path = spec(tmp_path, operations=[{"content_config_id": "book", "context": {"team": "Library"}}])
    before = sorted(tmp_path.rglob("*"))
    assert problems(capsys, path) == []
    assert sorted(tmp_path.rglob("*")) == before
    assert not home.exists()


def test_every_fault_of_an_artifact_is_told_at_once_where_it_stands(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "one", "{{nobody}}")
    config(tmp_path, "page", "absent.j2", "jinja2")
    config(tmp_path, "broken", elements=[])
    needs = {"id": "base", "type": "artifact", "locator": "base", "relationship": "based_on"}
    children: list[str | dict[str, Any]] = [
        {"id": "absent", "path": "content/absent.json"},
        "one",
        "page",
        "broken",
        {"id": "one", "retrievalStrategy": "version", "version": "2.0.0"},
        {"id": "far", "path": "../far.json"},
    ]
    artifact(tmp_path, "guide", *children, dependencies=[needs])
    found = told(capsys, tmp_path, "guide")
    assert [one for one in found if one[1] != "broken.json"] == [
        ("CONFIG_NOT_FOUND", "guide.json", "content.children.0.path"),
        ("UNDEFINED_VARIABLE", "one.json", "generation.patterns.0.template"),
        ("TEMPLATE_MISSING", "page.json", "generation.patterns.0.template"),
        ("CONFIG_INVALID", "guide.json", "content.children.4.version"),
        ("PATH_OUTSIDE", "guide.json", "content.children.5.path"),
        ("CONFIG_NOT_FOUND", "guide.json", "dependencies.0.locator"),
    ]
    assert {one[0] for one in found if one[1] == "broken.json"} == {"CONFIG_INVALID"}


def test_a_problem_has_the_line_of_its_field(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "one")
    path = artifact(tmp_path, "guide", "one", {"id": "two", "conditions": "fee >"})
    (one,) = problems(capsys, spec(tmp_path, content_config_ids=["guide"]))
    assert one["code"] == "CONDITION_INVALID"
    assert '"conditions": "fee >"' in path.read_text().splitlines()[one["line"] - 1]


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"strategy": "custom"}, ("CONFIG_INVALID", "metadata.compositionStrategy")),
        ({"strategy": "template"}, ("CONFIG_INVALID", "content.template")),
        ({"strategy": "template", "template": "absent.j2"}, ("TEMPLATE_MISSING", "content.template")),
        ({"strategy": "template", "template": "../x.j2"}, ("PATH_OUTSIDE", "content.template")),
        ({"strategy": "merge"}, ("CONFIG_INVALID", "metadata.compositionStrategy")),
        ({"outputs": [{"file": "a.bin", "format": "binary"}]}, ("CONFIG_INVALID", "metadata.outputs.0.format")),
    ],
)
def test_what_cannot_be_put_together_is_found(
    tmp_path: Path, capsys: Capture, fields: dict[str, Any], found: tuple[str, str]
) -> None:
    config(tmp_path, "one")
    config(tmp_path, "table", metadata={"description": "A table", "version": "1.0.0", "output_format": "json"})
    artifact(tmp_path, "guide", "one", "table", **fields)
    assert told(capsys, tmp_path, "guide") == [(found[0], "guide.json", found[1])]


def test_a_child_that_is_not_there_to_wait_for_is_found(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "one")
    artifact(tmp_path, "guide", "one", {"id": "one", "depends_on": ["absent"]})
    assert told(capsys, tmp_path, "guide") == [("CONFIG_INVALID", "guide.json", "content.children.1.depends_on")]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (source("external_file", "absent.md"), ("INPUT_MISSING", "source_locator")),
        (source("external_file", "../a.md"), ("PATH_OUTSIDE", "source_locator")),
        (source("external_file", "a.md", "nonsense"), ("SELECTOR_INVALID", "data_selector")),
        (source("external_file", "a.md", "## Absent"), ("SELECTOR_EMPTY", "data_selector")),
        (source("requirement_id", "REQ-7"), ("INPUT_MISSING", "source_locator")),
        (source("git_reference", "nonsense"), ("INPUT_MISSING", "source_locator")),
        (source("ephemeral_output", "weekly"), ("INPUT_MISSING", "source_locator")),
        (source("content_config", "absent"), ("CONFIG_NOT_FOUND", "source_locator")),
        (source("content_config", "one", "nonsense"), ("SELECTOR_INVALID", "data_selector")),
        (source("content_config", "one", "# Absent"), ("SELECTOR_EMPTY", "data_selector")),
        (source("content_config", "note"), ("CONFIG_CYCLE", "source_locator")),
        (source("artifact_config", "one"), ("CONFIG_INVALID", "source_type")),
    ],
)
def test_an_input_that_is_faulty_or_missing_is_found(
    tmp_path: Path, capsys: Capture, given: dict[str, Any], found: tuple[str, str]
) -> None:
    put(tmp_path / "a.md", "# A")
    config(tmp_path, "one")
    asking(tmp_path, "note", given)
    assert told(capsys, tmp_path, "note") == [(found[0], "note.json", f"inputs.sources.0.{found[1]}")]


def test_a_faulty_data_file_is_told_itself(tmp_path: Path, capsys: Capture) -> None:
    put(tmp_path / "tides.json", "{")
    asking(tmp_path, "note", source("external_file", "tides.json", "$.a"))
    assert [one[:2] for one in told(capsys, tmp_path, "note")] == [("SPEC_MALFORMED", "tides.json")]


def test_values_from_inputs_count_when_a_template_is_tried(tmp_path: Path, capsys: Capture) -> None:
    asking(tmp_path, "note", source("inline_data", '{"a": 1}'), template="{{given.a}}, {{given.b}}")
    assert told(capsys, tmp_path, "note") == [("UNDEFINED_VARIABLE", "note.json", "generation.patterns.0.template")]


def test_what_is_wrong_inside_an_optional_part_is_no_problem_but_a_cycle_is(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "open", "{{nobody}}")
    config(tmp_path, "one")
    artifact(tmp_path, "inner", "open", "absent")
    optional = [{"id": name, "required": False} for name in ("open", "inner", "absent")]
    artifact(tmp_path, "guide", "one", *optional)
    assert told(capsys, tmp_path, "guide") == []
    artifact(tmp_path, "inner", "open", {"id": "guide", "required": False})
    (one,) = problems(capsys, spec(tmp_path, content_config_ids=["guide"]))
    assert (one["code"], Path(one["file"]).name) == ("CONFIG_CYCLE", "inner.json")
    assert "guide -> inner -> guide" in one["message"]


def test_a_variable_that_the_spec_has_to_give_is_told_there_and_says_for_which_part(
    tmp_path: Path, capsys: Capture
) -> None:
    config(tmp_path, "one", "{{team}} {{month}}")
    artifact(tmp_path, "guide", "one")
    path = spec(tmp_path, operations=[{"content_config_id": "guide", "context": {"team": "Harbour"}}])
    (one,) = problems(capsys, path)
    assert (one["code"], one["field"]) == ("UNDEFINED_VARIABLE", "operations.0.context")
    assert "In 'one' of 'guide': Undefined variable: 'month'" in one["message"]


def test_files_of_artifacts_that_collide_are_found(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "one")
    outputs = [{"file": "guide.md", "format": "markdown"}, {"file": "extra.txt", "format": "text"}]
    artifact(tmp_path, "guide", "one", outputs=outputs)
    uses = [{"content_config_id": "guide", "output_path": f"{number}.md"} for number in range(2)]
    uses.append({"content_config_id": "one", "output_path": "configs/content/one.json"})
    found = [(one["code"], one["field"]) for one in problems(capsys, spec(tmp_path, operations=uses))]
    assert found == [("OUTPUT_CONFLICT", "operations.1.output_path"), ("OUTPUT_CONFLICT", "operations.2.output_path")]


def test_each_fault_of_an_artifact_config_is_placed_in_its_own_file(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "one")
    artifact(tmp_path, "guide", {"id": "one", "requird": True}, strategy="glue")
    assert set(told(capsys, tmp_path, "guide")) == {
        ("CONFIG_INVALID", "guide.json", "content.children.0.requird"),
        ("CONFIG_INVALID", "guide.json", "metadata.compositionStrategy"),
    }


def test_a_fault_inside_two_artifacts_is_told_once(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "broken", elements=[])
    config(tmp_path, "page", "absent.j2", "jinja2")
    for name in ("a", "b"):
        artifact(tmp_path, name, "page", "broken")
    found = told(capsys, tmp_path, "a", "b", "a")
    assert len(found) == len(set(found))


def test_a_template_is_looked_for_also_while_an_optional_child_is_missing(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "one")
    children: list[str | dict[str, Any]] = ["one", {"id": "absent", "required": False}]
    artifact(tmp_path, "book", *children, strategy="template", template="gone.j2")
    assert told(capsys, tmp_path, "book") == [("TEMPLATE_MISSING", "book.json", "content.template")]
    artifact(tmp_path, "book", *children, strategy="custom")
    assert told(capsys, tmp_path, "book") == [("CONFIG_INVALID", "book.json", "metadata.compositionStrategy")]


def test_an_artifact_that_no_child_is_part_of_is_told(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "one")
    artifact(tmp_path, "book", {"id": "one", "conditions": "team is defined"})
    assert told(capsys, tmp_path, "book") == [("CONFIG_INVALID", "book.json", "content.children")]


@pytest.mark.parametrize("name", ["a" * 300, "a" * 5000])
def test_a_template_whose_name_no_file_can_have_is_missing(tmp_path: Path, capsys: Capture, name: str) -> None:
    config(tmp_path, "one")
    config(tmp_path, "page", name, "jinja2")
    artifact(tmp_path, "book", "one", strategy="template", template=name)
    assert [code for code, _, _ in told(capsys, tmp_path, "page", "book")] == ["TEMPLATE_MISSING"] * 2
