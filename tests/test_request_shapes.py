"""A request for documents in any of its shapes, YAML or JSON, comes to the same items."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect.utilities.callables import parameter_schema
from prefect.utilities.schema_tools.validation import validate
from pydantic import ValidationError
from sites import put

from flows.documents import documents
from tasks.documents.models import DocumentBatch, DocumentItem, Operation
from tasks.documents.request import items_of
from tasks.documents.request_shapes import FIELDS, SHAPES
from tasks.documents.spec import size_of
from tasks.models import JsonObject, Mode, Priority
from tasks.parameters import BOUNDLESS, SPILL_ABOVE, size_of_parameters
from tasks.specs import load_spec, read_spec, spilled

ALL = pytest.mark.parametrize("request_", SHAPES.values(), ids=list(SHAPES))
PARALLEL = [
    ({"content_config_ids": ["a"]}, None),
    ({"operations": [{"content_config_id": "a"}]}, None),
    ({"requests": [{"content_config_id": "a"}]}, 5),
    ({"requests": [{"content_config_id": "a"}], "max_parallelism": 2}, 2),
    ({"content_ids": ["a"]}, 4),
    ({"content_ids": ["a"], "max_parallel": 9}, 9),
    ({"content_ids": ["a"], "requests": [{"content_config_id": "a"}]}, 4),
    ({"operations": [{"content_config_id": "a"}], "max_parallelism": 7}, 7),
    ({"content_ids": ["a"], "max_parallelism": 3, "max_parallel": 3}, 3),
]
MODES = [
    ({}, Mode.COLLECT),
    ({"continue_on_error": True}, Mode.COLLECT),
    ({"continue_on_error": False}, Mode.FAIL_FAST),
    ({"continue_on_error": False, "mode": "collect"}, Mode.FAIL_FAST),
    ({"continue_on_error": False, "mode": "fail_fast"}, Mode.FAIL_FAST),
    ({"continue_on_error": True, "mode": "retry"}, Mode.RETRY),
]


def batch(**fields: Any) -> DocumentBatch:
    return DocumentBatch.model_validate({"batch_id": "b", **fields}, context=BOUNDLESS)


def told(given_: DocumentBatch) -> list[tuple[str, JsonObject]]:
    return [(item.item_id, item.context) for item in items_of(given_)]


@ALL
@pytest.mark.parametrize("ending", ["yaml", "json"])
def test_a_bare_request_of_any_shape_is_known_and_read(tmp_path: Path, request_: JsonObject, ending: str) -> None:
    text = yaml.safe_dump(request_, sort_keys=False) if ending == "yaml" else json.dumps(request_)
    spec = load_spec(put(tmp_path / f"request.{ending}", text))
    assert isinstance(spec.batch, DocumentBatch)
    assert spec.kind == "documents"
    assert told(spec.batch) == told(batch(**request_))
    assert size_of(spec.batch) == len(told(spec.batch)) > 0


@ALL
def test_prefects_form_takes_a_request_of_any_shape(request_: JsonObject) -> None:
    schema: Any = parameter_schema(documents).model_dump_for_openapi()
    filled = {name: field["default"] for name, field in DocumentBatch.model_json_schema()["properties"].items()}
    for parameters in ({"batch": request_}, {"batch": filled | request_}):
        assert validate(parameters, schema, raise_on_error=True) == []
        taken = documents.validate_parameters(parameters)["batch"]
        assert told(taken) == told(batch(**request_))
    with pytest.raises(Exception, match="Validation failed"):
        validate({"batch": request_ | {"content_id": "a"}}, schema, raise_on_error=True)


@ALL
def test_a_request_read_back_from_what_was_written_of_it_is_the_same(request_: JsonObject) -> None:
    first = batch(**request_)
    again = DocumentBatch.model_validate_json(first.model_dump_json())
    assert again == first
    assert items_of(again) == items_of(first)


def test_every_field_that_asks_for_documents_has_an_example() -> None:
    assert {field for example in SHAPES.values() for field in example if field in FIELDS} == set(FIELDS)


def test_an_item_holds_all_that_an_operation_says() -> None:
    assert set(Operation.model_fields) <= set(DocumentItem.model_fields)
    asked = Operation(
        content_config_id="a", context={"x": 1}, output_path="a.md", priority=Priority.LOW, force=True, label="l"
    )
    (item,) = items_of(batch(operations=[asked], base_dir="/site", output_dir="/site/made", model="none"))
    assert item == DocumentItem.model_validate(
        {"item_id": "a:l", "batch_id": "b", "lane": "", "base_dir": "/site", "output_root": "/site/made", **vars(asked)}
    )


def test_contexts_may_be_json_texts_wherever_they_stand() -> None:
    text = '{"x": {"y": [1, "zwei"]}}'
    plain = json.loads(text)

    def written(context: Any) -> DocumentBatch:
        one = {"content_config_id": "a", "context": context}
        more = {"shared_context": context, "individual_contexts": {"c": context}}
        matrix = {"configs": ["m"], "context": context}
        return batch(operations=[one], requests=[one], content_ids=["c"], matrix=matrix, **more)

    assert written(text) == written(plain)
    whole = batch(content_ids=["c"], individual_contexts=json.dumps({"c": text}))
    assert told(whole) == [("c", plain)]
    assert told(batch(content_ids=["c"], shared_context=None)) == [("c", {})]


def test_the_value_that_stands_closest_to_a_document_wins() -> None:
    found = batch(
        content_ids=["a", "b"],
        operations=[{"content_config_id": "a", "context": {"own": 3, "both": 3}}],
        shared_context={"shared": 1, "both": 1, "own": 1},
        individual_contexts={"a": {"both": 2, "own": 2}},
    )
    assert told(found) == [
        ("a", {"shared": 1, "both": 3, "own": 3}),
        ("a#2", {"shared": 1, "both": 2, "own": 2}),
        ("b", {"shared": 1, "both": 1, "own": 1}),
    ]


def test_force_counts_for_one_request_or_for_all() -> None:
    one = {"content_config_id": "a", "force": True}
    asked = batch(requests=[one, {"content_config_id": "b"}], content_ids=["c"])
    assert [item.force for item in items_of(asked)] == [True, False, False]
    assert [item.force for item in items_of(asked.model_copy(update={"force": True}))] == [True] * 3


def test_requests_for_one_config_go_to_files_of_their_own() -> None:
    asked: list[JsonObject] = [{"content_config_id": name} for name in ("a", "b", "a", "a")]
    asked[2]["output_path"] = "here.md"
    found = items_of(batch(requests=asked))
    assert [(item.item_id, item.output_path) for item in found] == [
        ("a", None),
        ("b", None),
        ("a:here", "here.md"),
        ("a:2", None),
    ]


@pytest.mark.parametrize(("request_", "most"), PARALLEL)
def test_a_shape_bounds_what_is_made_at_once_as_it_says(request_: JsonObject, most: int | None) -> None:
    assert batch(**request_).max_parallel == most


@pytest.mark.parametrize(("options", "mode"), MODES)
def test_whether_to_go_on_after_an_error_is_a_mode(options: JsonObject, mode: Mode) -> None:
    assert batch(content_ids=["a"], **options).mode is mode


def test_what_the_command_line_gives_wins_over_what_a_shape_calls_it(tmp_path: Path) -> None:
    request = {"content_ids": ["a"], "max_parallelism": 3, "continue_on_error": False}
    path = put(tmp_path / "r.json", json.dumps(request))
    found = load_spec(path, {"max_parallel": 8, "mode": "collect"}).batch
    assert (found.max_parallel, found.mode) == (8, Mode.COLLECT)


@pytest.mark.parametrize(
    ("options", "field", "other"),
    [
        ({"max_parallelism": 3, "max_parallel": 4}, "max_parallelism", "`max_parallel` is 4"),
        ({"continue_on_error": False, "mode": "retry"}, "continue_on_error", "`mode` is retry"),
        ({"continue_on_error": True, "mode": "fail_fast"}, "continue_on_error", "`mode` is fail_fast"),
    ],
)
def test_options_that_contradict_each_other_are_refused_by_name(
    tmp_path: Path, options: JsonObject, field: str, other: str
) -> None:
    path = put(tmp_path / "r.yaml", yaml.safe_dump({"content_ids": ["a"], **options}, sort_keys=False))
    (problem,) = read_spec(path)[1]
    assert (problem.code, problem.field, problem.line) == ("SPEC_INVALID", field, 3)
    assert other in problem.message


def test_a_contradiction_is_told_to_python_as_well() -> None:
    with pytest.raises(ValidationError, match="it is 3, but `max_parallel` is 4"):
        batch(content_ids=["a"], max_parallelism=3, max_parallel=4)


@pytest.mark.parametrize("shape", ["operations", "requests"])
def test_a_large_request_goes_to_a_file_and_a_matrix_need_not(tmp_path: Path, shape: str) -> None:
    long = {"content_config_id": "a", "context": {"x": "x" * SPILL_ABOVE}, "priority": "high", "force": True}
    more = {"shared_context": {"y": 1}, "individual_contexts": {"a": {"z": "z" * 5000}}}
    whole = batch(**{shape: [long, {"content_config_id": "a", "label": "two"}]}, **more)
    moved = spilled("documents", whole, tmp_path)
    assert isinstance(moved, DocumentBatch)
    assert moved.items_file is not None
    assert size_of_parameters(moved) < 2000
    assert items_of(moved) == items_of(whole)
    many = batch(matrix={"configs": ["a"], "axes": {"n": list(range(10_001))}})
    assert spilled("documents", many, tmp_path) is many
    assert size_of(many) == 10_001
