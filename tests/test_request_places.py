"""What is wrong with a request has its file, line and field, whatever the shape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sites import config, put

from tasks.complaints import Problem
from tasks.specs import check_spec

Told = list[tuple[str, str, int | None, str]]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder whose config `note` needs a value that it does not have."""
    config(tmp_path, "note", "{{tide}}")
    config(tmp_path, "list", "{{name}}")
    return tmp_path


def problems(folder: Path, text: str, name: str = "spec.yaml") -> list[Problem]:
    return check_spec(put(folder / name, text)).problems


def told(folder: Path, text: str, name: str = "spec.yaml") -> Told:
    return [(one.code, Path(one.file).name, one.line, one.field) for one in problems(folder, text, name)]


def test_ids_are_placed_where_they_stand(site: Path) -> None:
    text = "content_ids:\n- list\n- lost\ncontent_config_ids:\n- lsit\n"
    assert told(site, text) == [
        ("CONFIG_NOT_FOUND", "spec.yaml", 5, "content_config_ids.0"),
        ("CONFIG_NOT_FOUND", "spec.yaml", 3, "content_ids.1"),
    ]


def test_operations_and_requests_are_placed_by_their_fields(site: Path) -> None:
    text = """
requests:
- content_config_id: lost
- content_config_id: note
  context: {tides: high}
- content_config_id: list
  output_path: ../../x.md
operations:
- {content_config_id: list, output_path: a.md}
- content_config_id: list
  output_path: a.md
"""
    assert told(site, text) == [
        ("OUTPUT_CONFLICT", "spec.yaml", 11, "operations.1.output_path"),
        ("CONFIG_NOT_FOUND", "spec.yaml", 3, "requests.0.content_config_id"),
        ("UNDEFINED_VARIABLE", "spec.yaml", 5, "requests.1.context"),
        ("PATH_OUTSIDE", "spec.yaml", 7, "requests.2.output_path"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "field"),
    [
        ("content_ids: [note]\nshared_context:\n  x: 1\n", 2, "shared_context"),
        (
            "content_ids: [note]\nindividual_contexts:\n  note: {x: 1}\nshared_context: {x: 2}\n",
            3,
            "individual_contexts.note",
        ),
        ("requests:\n- content_config_id: note\nshared_context: {x: 1}\n", 3, "shared_context"),
        ("requests:\n- content_config_id: note\n  context: {x: 2}\nshared_context: {x: 1}\n", 3, "requests.0.context"),
        ("matrix:\n  configs: [list]\n  axes: {x: [1, 2]}\ncontent_config_ids: [note]\n", None, ""),
        ("matrix:\n  configs: [note]\n  axes: {x: [1, 2]}\n", 1, "matrix.context"),
        ("matrix:\n  configs: [note]\n  axes: {x: [1, 2]}\n  context: {y: 1}\n", 4, "matrix.context"),
        ("matrix:\n  configs:\n  - list\n  - note\n  axes: {x: [1, 2]}\n  context: {y: 1}\n", 6, "matrix.context"),
    ],
)
def test_a_missing_value_is_placed_where_values_are_given(site: Path, text: str, line: int | None, field: str) -> None:
    (one,) = problems(site, text)
    assert one.code == "UNDEFINED_VARIABLE"
    if line is None:
        assert Path(one.file).name == "note.json", "where nobody gives a value, the config is at fault"
    else:
        assert (Path(one.file).name, one.line, one.field) == ("spec.yaml", line, field)


def test_a_matrix_names_the_config_and_the_path(site: Path) -> None:
    text = "matrix:\n  configs:\n  - list\n  - lsit\n  axes: {n: [1, 2]}\n  output_path: '../../{n}.md'\n"
    assert told(site, text) == [
        ("PATH_OUTSIDE", "spec.yaml", 6, "matrix.output_path"),
        ("PATH_OUTSIDE", "spec.yaml", 6, "matrix.output_path"),
        ("CONFIG_NOT_FOUND", "spec.yaml", 4, "matrix.configs.1"),
    ]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (f"output_path: notes/{'x' * 256}", "output_path"),
        (f"output_path: {'x' * 256}/note.md", "output_path"),
        (f"output_path: notes/{'ü' * 128}", "output_path"),
        (f"label: {'x' * 248}", "content_config_id"),
    ],
)
def test_a_name_longer_than_file_systems_take_is_told_with_its_remedy(site: Path, asked: str, field: str) -> None:
    (one,) = problems(site, f"operations:\n- content_config_id: list\n  {asked}\n")
    assert (one.code, one.field, one.remedy) == (
        "OUTPUT_UNWRITABLE",
        f"operations.0.{field}",
        "Shorten that name, or the label in it.",
    )
    assert "a name in it has 256 bytes, and file systems take 255" in one.message


@pytest.mark.parametrize("asked", [f"output_path: {'x' * 255}", f"output_path: {'😀' * 63}", f"label: {'x' * 247}"])
def test_the_longest_names_are_taken(site: Path, asked: str) -> None:
    assert problems(site, f"operations:\n- content_config_id: list\n  {asked}\n") == []


def test_a_context_for_an_id_that_is_not_asked_for_is_named_with_the_nearest(site: Path) -> None:
    text = "content_ids: [list]\nindividual_contexts:\n  list: {}\n  lists: {x: 1}\n"
    (one,) = problems(site, text)
    assert (one.code, one.line, one.field) == ("SPEC_INVALID", 4, "individual_contexts.lists")
    assert one.remedy == "Did you mean 'list'?"


def test_a_file_of_items_may_ask_for_the_ids_that_have_contexts(site: Path) -> None:
    put(site / "more.jsonl", '"note"\n')
    text = "items_file: more.jsonl\ncontent_ids: [list]\nindividual_contexts: {note: {tide: high}, list: {}}\n"
    assert problems(site, text) == []
    (one,) = problems(site, text.replace("note:", "nope:"))
    assert one.code == "CONTEXT_INVALID"
    assert "'nope'" in one.message
    assert "Did you mean 'note'?" in one.message


CONTEXTS: list[tuple[str, int, str, str]] = [
    (
        "operations:\n- content_config_id: list\n  context: '{'\n",
        3,
        "operations.0.context",
        "not a JSON object (line 1",
    ),
    ("requests:\n- content_config_id: list\n  context: '[]'\n", 3, "requests.0.context", "no object but '[]'"),
    ("content_ids: [list]\nshared_context: hello\n", 2, "shared_context", "not a JSON object"),
    ("content_ids: [list]\nshared_context: '{\"x\": NaN}'\n", 2, "shared_context", "NaN is not a JSON number"),
    (
        "content_ids: [list]\nindividual_contexts:\n  list: '7'\n",
        3,
        "individual_contexts.list",
        "no object but '7'",
    ),
    (
        'content_ids: [list]\nindividual_contexts: \'{"list": "x"}\'\n',
        2,
        "individual_contexts.list",
        "not a JSON object",
    ),
    ("matrix:\n  configs: [list]\n  context: x\n", 3, "matrix.context", "not a JSON object"),
]


@pytest.mark.parametrize(("text", "line", "field", "said"), CONTEXTS)
def test_a_text_that_is_no_json_object_is_named_with_its_place(
    site: Path, text: str, line: int, field: str, said: str
) -> None:
    (one,) = problems(site, text)
    assert (one.code, one.line, one.field) == ("CONTEXT_INVALID", line, field)
    assert said in one.message
    assert one.remedy == "Give an object of names and values."


def test_a_text_nested_without_bound_is_refused(site: Path) -> None:
    deep = json.dumps({"content_ids": ["list"], "shared_context": '{"x":' * 200 + "1" + "}" * 200})
    (one,) = problems(site, deep, "spec.json")
    assert (one.code, one.field) == ("CONTEXT_INVALID", "shared_context")
    assert "nested more than" in one.message


def lines(*operations: Any) -> str:
    return "\n\n".join(json.dumps(one) for one in operations) + "\n"


def test_lines_of_a_file_of_items_take_all_that_operations_take(site: Path) -> None:
    first = {"content_config_id": "note", "context": '{"tide": "high"}', "force": True, "label": "one"}
    put(site / "more.jsonl", lines(first, "list", {"content_config_id": "note", "context": {"tide": 1}}))
    assert problems(site, "items_file: more.jsonl\nkind: documents\n") == []


def test_what_is_wrong_in_a_file_of_items_has_its_line_there(site: Path) -> None:
    spec = "kind: documents\nitems_file: more.jsonl\ncontent_ids: [list]\n"
    put(site / "more.jsonl", lines("lost", {"content_config_id": "note", "context": '{"x": 1}'}))
    assert told(site, spec) == [
        ("CONFIG_NOT_FOUND", "more.jsonl", 1, "content_config_id"),
        ("UNDEFINED_VARIABLE", "more.jsonl", 3, "context"),
    ]
    put(site / "more.jsonl", lines("list", {"content_config_id": "note", "context": "{"}))
    assert told(site, spec) == [("CONTEXT_INVALID", "more.jsonl", 3, "context")]
    put(site / "more.jsonl", lines("list", {"content_config_id": "note", "contxt": {}}))
    (one,) = problems(site, spec)
    assert (one.code, one.line, one.field, one.remedy) == ("SPEC_INVALID", 3, "contxt", "Did you mean 'context'?")
    put(site / "more.jsonl", '"list"\n{"content_config_id": \n')
    assert told(site, spec) == [("SPEC_MALFORMED", "more.jsonl", 2, "")]
    put(site / "more.jsonl", '"list"\n[]\n')
    assert told(site, spec) == [("SPEC_INVALID", "more.jsonl", 2, "the whole")]


def test_what_is_wrong_in_a_list_of_items_has_its_line_there(site: Path) -> None:
    spec = "kind: documents\nitems_file: more.yaml\n"
    put(site / "more.yaml", "- list\n- content_config_id: lost\n- content_config_id: note\n  context: {x: 1}\n")
    assert told(site, spec) == [
        ("CONFIG_NOT_FOUND", "more.yaml", 2, "1.content_config_id"),
        ("UNDEFINED_VARIABLE", "more.yaml", 4, "2.context"),
    ]
    put(site / "more.yaml", "- list\n- content_config_id: note\n  context: '{'\n")
    assert told(site, spec) == [("CONTEXT_INVALID", "more.yaml", 3, "1.context")]


def test_a_config_that_is_not_there_is_told_once_however_many_documents_it_has(site: Path) -> None:
    text = "matrix:\n  configs: [lsit]\n  axes: {n: [" + ", ".join(map(str, range(200))) + "]}\n"
    (one,) = problems(site, text)
    assert (one.code, one.remedy) == ("CONFIG_NOT_FOUND", "Did you mean 'list'?")


def test_thousands_of_faults_are_each_placed_on_their_line(site: Path) -> None:
    uses = [{"content_config_id": "list", "output_path": f"../../{number}.md"} for number in range(3000)]
    found = problems(site, json.dumps({"operations": uses}, indent=1), "spec.json")
    assert [one.line for one in found] == [5 + 4 * number for number in range(3000)]


@pytest.mark.parametrize("odd", ["NaN", "1e999", "9" * 5000, r'"\ud800"', "[" * 150 + "]" * 150])
def test_a_line_holds_what_json_does_and_no_more(site: Path, odd: str) -> None:
    put(site / "more.jsonl", '"list"\n{"content_config_id": "note", "context": {"tide": ' + odd + "}}\n")
    assert told(site, "kind: documents\nitems_file: more.jsonl\n") == [("SPEC_MALFORMED", "more.jsonl", 2, "")]
