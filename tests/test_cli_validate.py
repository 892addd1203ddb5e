"""`pressroom validate` finds everything wrong with a spec and what it names, and writes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from dialect_examples import C, D, E, F, changed, own_id
from sites import config, press, put, spec

Capture = pytest.CaptureFixture[str]


def problems(capsys: Capture, path: Path) -> list[dict[str, Any]]:
    said = press(capsys, "validate", path, "--json")
    found: list[dict[str, Any]] = said.document["problems"]
    assert said.code == (2 if found else 0)
    return found


def only(capsys: Capture, path: Path) -> tuple[str, str, int, str]:
    (one,) = problems(capsys, path)
    return one["code"], Path(one["file"]).name, one["line"], one["field"]


def test_a_sound_spec_has_no_problems_and_leaves_no_trace(tmp_path: Path, capsys: Capture, home: Path) -> None:
    config(tmp_path, "one")
    path = spec(tmp_path, content_config_ids=["one"])
    before = sorted(tmp_path.rglob("*"))
    said = press(capsys, "validate", path)
    assert said.code == 0
    assert "nothing wrong was found" in said.out
    assert sorted(tmp_path.rglob("*")) == before
    assert not home.exists()


def test_an_unknown_config_is_named_with_the_nearest_one(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "tide-table")
    path = spec(tmp_path, content_config_ids=["tide-table", "tide-tabel"])
    (one,) = problems(capsys, path)
    assert (one["code"], one["field"], one["line"]) == ("CONFIG_NOT_FOUND", "content_config_ids.1", 5)
    assert "Did you mean 'tide-table'?" in one["remedy"]


def test_each_fault_of_a_config_is_placed_in_its_own_file(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "one", elements=[{"name": "body", "format": "markdwn"}], metdata={})
    found = problems(capsys, spec(tmp_path, content_config_ids=["one"]))
    assert {(one["code"], Path(one["file"]).name, one["field"]) for one in found} == {
        ("CONFIG_INVALID", "one.json", "elements.0.format"),
        ("CONFIG_INVALID", "one.json", "metdata"),
    }
    assert all(one["line"] > 1 for one in found)
    assert {one["remedy"] for one in found} == {"Did you mean 'markdown'?", "Did you mean 'metadata'?"}


def test_a_config_that_is_wrong_is_told_once_however_often_it_is_used(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "one", "Hello {{nobody}}")
    uses = [{"content_config_id": "one", "output_path": f"{number}.md"} for number in range(5)]
    assert only(capsys, spec(tmp_path, operations=uses))[:2] == ("UNDEFINED_VARIABLE", "one.json")


def test_values_that_the_spec_gives_count(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "one", "Hello {{nobody}}")
    given = {"content_config_id": "one", "context": {"nobody": "there"}}
    assert problems(capsys, spec(tmp_path, operations=[given])) == []


def test_a_missing_template_is_found(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "page", "absent.jinja", "jinja2")
    code, file, _, field = only(capsys, spec(tmp_path, content_config_ids=["page"]))
    assert (code, file, field) == ("TEMPLATE_MISSING", "page.json", "generation.patterns.0.template")


@pytest.mark.parametrize(
    ("template", "code"), [("../outside.jinja", "PATH_OUTSIDE"), ("/etc/hostname", "PATH_OUTSIDE")]
)
def test_a_template_outside_is_refused(tmp_path: Path, capsys: Capture, template: str, code: str) -> None:
    config(tmp_path, "page", template, "jinja2")
    assert only(capsys, spec(tmp_path, content_config_ids=["page"]))[0] == code


def test_output_paths_outside_and_in_conflict_are_found(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "one")
    paths = ["a.md", "../../x.md", "a.md"]
    uses = [{"content_config_id": "one", "output_path": path} for path in paths]
    found = problems(capsys, spec(tmp_path, operations=uses))
    assert [(one["code"], one["field"]) for one in found] == [
        ("PATH_OUTSIDE", "operations.1.output_path"),
        ("OUTPUT_CONFLICT", "operations.2.output_path"),
    ]
    assert [one["line"] for one in found] == [10, 14]


def test_operations_in_an_items_file_are_placed_in_that_file(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "one")
    put(tmp_path / "more.jsonl", '"one"\n"absent"\n')
    code, file, line, _ = only(capsys, spec(tmp_path, items_file="more.jsonl"))
    assert (code, file, line) == ("CONFIG_NOT_FOUND", "more.jsonl", 2)


def test_an_empty_batch_is_a_problem(tmp_path: Path, capsys: Capture) -> None:
    assert only(capsys, spec(tmp_path))[0] == "EMPTY_BATCH"


def test_the_report_for_people_names_file_line_field_and_remedy(tmp_path: Path, capsys: Capture) -> None:
    path = put(tmp_path / "spec.yaml", "kind: documents\nmode: failfast\n")
    said = press(capsys, "validate", path)
    assert said.code == 2
    assert "spec.yaml:2:mode: SPEC_INVALID" in said.out
    assert "Did you mean 'fail_fast'?" in said.out


def test_configs_of_other_dialects_are_sound_and_told_how_they_were_read(tmp_path: Path, capsys: Capture) -> None:
    put(tmp_path / "configs/content/tide-note.json", json.dumps(C))
    config(tmp_path, "one")
    context = {"high_water": "6", "pilot": "Ada"}
    uses = [{"content_config_id": "tide-note", "context": context}, {"content_config_id": "one"}]
    path = spec(tmp_path, operations=uses)
    said = press(capsys, "validate", path)
    assert said.code == 0
    verdict, _, told = said.out.partition("Read from another form:")
    assert "nothing wrong was found" in verdict
    assert "tide-note.json: dialect C" in told
    assert "the value of 'time' is what the context gives as 'high_water'" in told
    assert "one.json" not in told
    (notes,) = press(capsys, "validate", path, "--json").document["notes"]
    assert (Path(notes["file"]).name, notes["form"], len(notes["notes"])) == ("tide-note.json", "dialect C", 3)


def test_notes_are_cut_for_people_and_whole_in_json(tmp_path: Path, capsys: Capture) -> None:
    elements = [{"id": f"part_{n}", "generation_pattern": "literal", "example_output": "x"} for n in range(50)]
    for number in range(30):
        put(tmp_path / f"configs/content/d{number}.json", json.dumps({**D, "id": f"d{number}", "elements": elements}))
    path = spec(tmp_path, content_config_ids=[f"d{number}" for number in range(30)])
    lines = press(capsys, "validate", path).out.splitlines()
    assert lines.count("  and 46 more, which --json shows") == 20
    assert "and 10 more files, which --json shows" in lines
    found = press(capsys, "validate", path, "--json").document["notes"]
    assert [len(one["notes"]) for one in found] == [51] * 30


@pytest.mark.parametrize(
    ("example", "path", "value"),
    [
        (C, "generatorSpecific.template_fill.template", 5),
        (D, "elements.1.generation_pattern", "user-input"),
        (E, "generation.pattern", "template-fill"),
        (F, "generator_config.template_path", 5),
    ],
)
def test_a_fault_in_another_dialect_is_placed_where_it_is_written(
    tmp_path: Path, capsys: Capture, example: dict[str, Any], path: str, value: Any
) -> None:
    text = json.dumps(changed(example, path, value), indent=1)
    file = put(tmp_path / f"configs/content/{own_id(example)}.json", text)
    line = next(number for number, one in enumerate(text.splitlines(), 1) if json.dumps(value) in one)
    found = only(capsys, spec(tmp_path, content_config_ids=[own_id(example)]))
    assert found == ("CONFIG_INVALID", file.name, line, path)


def test_several_faults_in_another_dialect_are_all_told(tmp_path: Path, capsys: Capture) -> None:
    broken = changed(changed(E, "generation.pattern", "template-fill"), "validation.required_fields", 5)
    put(tmp_path / "configs/content/tide-note.json", json.dumps(broken, indent=1))
    found = problems(capsys, spec(tmp_path, content_config_ids=["tide-note"]))
    assert [one["field"] for one in found] == ["generation.pattern", "validation.required_fields"]
    assert found[0]["remedy"] == "Did you mean 'template_fill'?"


def test_values_that_a_config_wants_are_placed_in_the_spec_or_in_the_config(tmp_path: Path, capsys: Capture) -> None:
    text = json.dumps(E, indent=1)
    put(tmp_path / "configs/content/tide-note.json", text)
    given = spec(tmp_path, operations=[{"content_config_id": "tide-note", "context": {"pier": "N", "level": "low"}}])
    assert only(capsys, given) == ("VALUE_REFUSED", "spec.yaml", 6, "operations.0.context")
    absent = spec(tmp_path, content_config_ids=["tide-note"])
    line = text[: text.index('"placeholders"')].count("\n") + 1
    assert only(capsys, absent) == ("VALUE_MISSING", "tide-note.json", line, "generation.placeholders.place.pier")


def test_a_template_that_a_config_reads_along_is_missed_in_its_field(tmp_path: Path, capsys: Capture) -> None:
    source = {"type": "file", "path": "absent.md", "section": "Template"}
    put(
        tmp_path / "configs/content/tide-note.json",
        json.dumps(changed(E, "generation.template_source", source), indent=1),
    )
    code, file, _, field = only(capsys, spec(tmp_path, content_config_ids=["tide-note"]))
    assert (code, file, field) == ("TEMPLATE_MISSING", "tide-note.json", "generation.template_source.path")


def test_a_config_of_no_dialect_is_told_the_nearest(tmp_path: Path, capsys: Capture) -> None:
    put(tmp_path / "configs/content/tide-note.json", json.dumps(changed(C, "metadata.title", ...)))
    (one,) = problems(capsys, spec(tmp_path, content_config_ids=["tide-note"]))
    assert (one["code"], Path(one["file"]).name) == ("CONFIG_UNSUPPORTED", "tide-note.json")
    assert "nearest is dialect C (`generatorSpecific`); first difference: metadata.title is missing" in one["message"]


@pytest.mark.parametrize(
    ("template", "part", "code"),
    [
        ("{% if %}", "", "TEMPLATE_INVALID"),
        ("{% include 'part.jinja' %}", "{% for x in %}", "TEMPLATE_INVALID"),
        ("{% include 'absent.jinja' %}", "", "TEMPLATE_MISSING"),
        ("{% include 'absent.jinja' ignore missing %}{% while %}", "", "TEMPLATE_INVALID"),
    ],
)
def test_a_template_that_cannot_be_rendered_is_found_without_rendering_it(
    template: str, part: str, code: str, tmp_path: Path, capsys: Capture
) -> None:
    config(tmp_path, "page", "page.jinja", "jinja2")
    put(tmp_path / "page.jinja", template)
    put(tmp_path / "part.jinja", part)
    said = press(capsys, "validate", spec(tmp_path, content_config_ids=["page"]), "--json")
    assert said.code == 2
    assert [problem["code"] for problem in said.document["problems"]] == [code]
