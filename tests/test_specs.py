"""Specs are read from their own folder, checked field by field, and told apart by kind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sites import put, spec

from tasks.complaints import Problem
from tasks.documents.models import DocumentBatch
from tasks.documents.request import read_operations
from tasks.errors import PressroomError
from tasks.parameters import BOUNDLESS, LIMIT, SPILL_ABOVE, size_of_parameters
from tasks.specs import kinds, load_spec, output_folder, read_spec, spilled


def only_problem(path: Path) -> Problem:
    _, problems = read_spec(path)
    assert len(problems) == 1, problems
    return problems[0]


def test_kinds_are_found_and_documents_come_first() -> None:
    assert kinds()[0] == "documents"


def test_paths_are_read_from_the_specs_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = spec(tmp_path / "site", content_config_ids=["a"], output_dir="made")
    monkeypatch.chdir(tmp_path)
    batch = load_spec(path.relative_to(tmp_path)).batch
    assert batch.base_dir == tmp_path / "site"
    assert output_folder(batch) == tmp_path / "site/made"


def test_without_an_output_folder_each_batch_gets_one_of_its_own(tmp_path: Path) -> None:
    batch = load_spec(spec(tmp_path, content_config_ids=["a"])).batch
    assert output_folder(batch) == tmp_path / "output" / (batch.batch_id or "")


def test_what_the_command_line_gives_wins(tmp_path: Path) -> None:
    path = spec(tmp_path, content_config_ids=["a"], batch_id="mine", mode="collect")
    batch = load_spec(path, {"batch_id": "yours", "mode": "retry"}).batch
    assert (batch.batch_id, batch.mode.value) == ("yours", "retry")


def test_a_spec_without_a_kind_is_known_by_its_request(tmp_path: Path) -> None:
    path = put(tmp_path / "r.json", json.dumps({"operations": [{"content_config_id": "a"}]}))
    assert load_spec(path).kind == "documents"


@pytest.mark.parametrize(
    ("text", "code", "line", "field"),
    [
        ("", "SPEC_INVALID", 1, ""),
        ("- a\n- b\n", "SPEC_INVALID", 1, ""),
        ("mode: collect\n", "SPEC_INVALID", 1, ""),
        ("kind: 7\n", "SPEC_INVALID", 1, ""),
        ("mode: collect\nkind: documnets\n", "UNKNOWN_KIND", 2, "kind"),
        ("kind: documents\ncontent_config_ids: [a\n", "SPEC_MALFORMED", 3, ""),
        ("kind: documents\ncontent_config_ids: a\n", "SPEC_INVALID", 2, "content_config_ids"),
        ("kind: documents\ncontent_config_id: [a]\n", "SPEC_INVALID", 2, "content_config_id"),
        ("kind: documents\nmode: failfast\n", "SPEC_INVALID", 2, "mode"),
        (
            "kind: documents\noperations:\n- content_config_id: a\n  contxt: {}\n",
            "SPEC_INVALID",
            4,
            "operations.0.contxt",
        ),
        ("kind: documents\noperations:\n- output_path: a\n", "SPEC_INVALID", 3, "operations.0.content_config_id"),
        ("kind: documents\nbatch_id: 'a b'\n", "SPEC_INVALID", 2, "batch_id"),
        ("kind: documents\nteams[0]: a\n", "SPEC_INVALID", 2, "teams[0]"),
    ],
)
def test_a_fault_in_a_spec_has_its_line_and_field(tmp_path: Path, text: str, code: str, line: int, field: str) -> None:
    problem = only_problem(put(tmp_path / "spec.yaml", text))
    assert (problem.code, problem.line, problem.field) == (code, line, field)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("kind: documnets\n", "documents"),
        ("kind: documents\ncontent_config_id: [a]\n", "content_config_ids"),
        ("kind: documents\nmode: failfast\n", "fail_fast"),
        ("kind: documents\noperations:\n- content_config_id: a\n  contxt: {}\n", "context"),
        ("kind: documents\noperations:\n- content_config_id: a\n  priority: hihg\n", "high"),
    ],
)
def test_the_nearest_right_name_is_suggested(tmp_path: Path, text: str, meant: str) -> None:
    assert f"Did you mean {meant!r}?" in only_problem(put(tmp_path / "spec.yaml", text)).remedy


@pytest.mark.parametrize(
    ("line", "why", "remedy"),
    [
        ("label: ''", "it is empty", "Write one letter at least, and neither `/` nor `\\`."),
        (
            "label: a/b",
            "'a/b' is not in the form asked for",
            "Write one letter at least, and neither `/` nor `\\`.",
        ),
        ("label: 123", "it is a number, where a text belongs", "Put it in quotes to make it a text."),
        ("label: true", "it is true, where a text belongs", "Put it in quotes to make it a text."),
        ("label: [a]", "it is a list, where a text belongs", "Correct that field."),
        ("output_path: ''", "it is empty", "Correct that field."),
        ("force: perhaps", "it is a text, where true or false belongs", "Correct that field."),
    ],
)
def test_what_is_wrong_with_a_value_is_said_in_words(tmp_path: Path, line: str, why: str, remedy: str) -> None:
    text = f"kind: documents\noperations:\n- content_config_id: a\n  {line}\n"
    problem = only_problem(put(tmp_path / "spec.yaml", text))
    assert problem.message.endswith(f"{line.partition(':')[0]}: {why}.")
    assert problem.remedy == remedy


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("kind: creators\ncreator: 42\n", "creator: it is a number, where a text belongs."),
        (
            "kind: documents\noperations: [42]\n",
            "operations.0: it is a number, where an object of names and values belongs.",
        ),
        ("kind: documents\ncontent_ids: a\n", "content_ids: it is a text, where a list belongs."),
        ("kind: documents\nbatch_id: a b\n", "batch_id: 'a b' is not in the form asked for."),
    ],
)
def test_every_kind_says_so_in_the_same_words(tmp_path: Path, text: str, why: str) -> None:
    assert only_problem(put(tmp_path / "spec.yaml", text)).message.endswith(why)


def test_all_faults_of_a_spec_are_found_at_once_in_the_order_of_its_lines(tmp_path: Path) -> None:
    text = "kind: documents\nmod: collect\noperations:\n- content_config_id: 1\nmax_parallel: 0\n"
    _, problems = read_spec(put(tmp_path / "spec.yaml", text))
    assert [problem.field for problem in problems] == ["mod", "operations.0.content_config_id", "max_parallel"]


def test_a_run_names_the_first_fault_and_counts_the_others(tmp_path: Path) -> None:
    with pytest.raises(PressroomError, match=r"line 2, mod: .*and 1 more") as caught:
        load_spec(put(tmp_path / "spec.yaml", "kind: documents\nmod: collect\nmax_parallel: 0\n"))
    assert caught.value.code == "SPEC_INVALID"


def batch_of(size: int, text: str = "x") -> dict[str, Any]:
    return {"batch_id": "b1", "operations": [{"content_config_id": "a", "context": {"text": text * size}}]}


def test_a_small_batch_is_not_spilled(tmp_path: Path) -> None:
    batch = DocumentBatch.model_validate(batch_of(1000))
    assert spilled("documents", batch, tmp_path) is batch


@pytest.mark.parametrize("text", ["x", "ü"])
def test_a_large_batch_is_spilled_and_reads_back_the_same(tmp_path: Path, text: str) -> None:
    batch = DocumentBatch.model_validate(batch_of(SPILL_ABOVE, text), context=BOUNDLESS)
    moved = spilled("documents", batch, tmp_path)
    assert isinstance(moved, DocumentBatch)
    assert size_of_parameters(moved) < 1000
    assert read_operations(moved) == batch.operations


def test_a_spilled_file_that_was_changed_is_refused(tmp_path: Path) -> None:
    batch = DocumentBatch.model_validate(batch_of(SPILL_ABOVE), context=BOUNDLESS)
    moved = spilled("documents", batch, tmp_path)
    assert isinstance(moved, DocumentBatch)
    assert moved.items_file is not None
    moved.items_file.write_text('"another"\n')
    with pytest.raises(PressroomError) as caught:
        read_operations(moved)
    assert caught.value.code == "ITEMS_FILE_CHANGED"


def test_a_batch_too_large_for_prefect_is_refused_where_it_is_made() -> None:
    with pytest.raises(PressroomError) as caught:
        DocumentBatch(**batch_of(LIMIT))
    assert caught.value.code == "PARAMETERS_TOO_LARGE"
    assert "items_file" in caught.value.remedy


def test_bytes_are_counted_as_prefect_counts_them() -> None:
    with pytest.raises(PressroomError) as caught:
        DocumentBatch(**batch_of(LIMIT // 5, "ü"))
    assert caught.value.code == "PARAMETERS_TOO_LARGE"


@pytest.mark.parametrize("name", ["[", "a[0]", "", "[key]"])
def test_a_field_of_any_name_is_told_by_it(tmp_path: Path, name: str) -> None:
    assert only_problem(spec(tmp_path, content_ids=["a"], **{name: 1})).field == (name or "the whole")
