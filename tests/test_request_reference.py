"""Requests of all shapes at once, held against a reference that is as slow as it is plain."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from tasks.complaints import Problem, complaints
from tasks.documents.models import DocumentBatch
from tasks.documents.request import items_of, read_operations
from tasks.documents.spec import size_of, spill
from tasks.parameters import BOUNDLESS


def batch(**fields: Any) -> DocumentBatch:
    return DocumentBatch.model_validate({"batch_id": "b", **fields}, context=BOUNDLESS)


IDS = st.sampled_from(["a", "b", "c"])
CONTEXTS = st.dictionaries(st.sampled_from(["x", "y", "z"]), st.integers(0, 9) | st.text(max_size=2), max_size=3)
WRITTEN = CONTEXTS | CONTEXTS.map(json.dumps)
OPERATION = st.fixed_dictionaries(
    {"content_config_id": IDS},
    optional={
        "context": WRITTEN,
        "force": st.booleans(),
        "priority": st.sampled_from(["critical", "high", "medium", "low"]),
        "output_path": st.sampled_from(["x.md", "f/x.md", "y.md"]),
        "label": st.sampled_from(["one", "two"]),
    },
)
MATRIX = st.fixed_dictionaries(
    {"configs": st.lists(IDS, min_size=1, unique=True)},
    optional={
        "axes": st.fixed_dictionaries(
            {}, optional={"x": st.just(["en", "fr"]), "w": st.just([1, {"id": "k"}]), "v": st.just(["only"])}
        ),
        "context": WRITTEN,
        "output_path": st.just("m/{config}.md"),
    },
)
REQUEST = st.fixed_dictionaries(
    {},
    optional={
        "content_config_ids": st.lists(IDS, max_size=3),
        "operations": st.lists(OPERATION, max_size=4),
        "requests": st.lists(OPERATION, max_size=4),
        "content_ids": st.lists(IDS, max_size=3),
        "matrix": MATRIX,
        "shared_context": WRITTEN,
        "individual_contexts": st.dictionaries(IDS, WRITTEN, max_size=2),
        "force": st.booleans(),
    },
)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5) | IDS | WRITTEN,
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=3) | IDS, part, max_size=3),
    max_leaves=10,
)
ANYTHING = st.fixed_dictionaries(
    {},
    optional={
        "content_config_ids": JSON,
        "operations": JSON
        | st.lists(OPERATION.flatmap(lambda one: st.dictionaries(st.sampled_from([*one, "x"]), JSON))),
        "requests": JSON,
        "content_ids": JSON | st.lists(st.text(max_size=3)),
        "matrix": JSON
        | st.fixed_dictionaries(
            {"configs": JSON | st.just(["a"])},
            optional={
                "axes": JSON | st.dictionaries(st.text(max_size=3) | IDS, st.lists(JSON)),
                "exclude": JSON | st.lists(st.dictionaries(IDS, JSON)),
                "context": JSON,
                "output_path": JSON | st.text("{}abc/."),
            },
        ),
        "shared_context": JSON,
        "individual_contexts": JSON,
        "force": JSON,
        "continue_on_error": JSON,
        "max_parallelism": JSON,
        "max_parallel": JSON,
    },
)


def obvious(request: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Say document by document, as slowly as it is plain, what a request asks for."""
    wanted = []
    for config in request.get("content_config_ids", []):
        wanted.append({"content_config_id": config})
    wanted += request.get("operations", [])
    numbers: dict[str, int] = {}
    for one in request.get("requests", []):
        if "output_path" not in one and "label" not in one:
            number = numbers[one["content_config_id"]] = numbers.get(one["content_config_id"], 0) + 1
            one = one | ({"label": str(number)} if number > 1 else {})
        wanted.append(one)
    for config in request.get("content_ids", []):
        wanted.append({"content_config_id": config})
    if "matrix" in request:
        wanted += combined(request["matrix"])
    return [complete(one, request) for one in wanted]


def combined(matrix: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[list[tuple[str, Any]]] = [[("config", config)] for config in matrix["configs"]]
    for axis, values in matrix.get("axes", {}).items():
        rows = [[*row, (axis, value)] for row in rows for value in values]
    found = []
    for (_, config), *chosen in rows:
        one = {"content_config_id": config, "context": {**plain(matrix.get("context", {})), **dict(chosen)}}
        if chosen:
            one["label"] = "-".join(str(value["id"] if isinstance(value, dict) else value) for _, value in chosen)
        if "output_path" in matrix:
            one["output_path"] = matrix["output_path"].replace("{config}", config)
        found.append(one)
    return found


def plain(context: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(context) if isinstance(context, str) else context
    return found


def complete(one: dict[str, Any], request: dict[str, Any]) -> tuple[Any, ...]:
    context: dict[str, Any] = {}
    config = one["content_config_id"]
    individual = request.get("individual_contexts", {}).get(config, {})
    for part in (request.get("shared_context", {}), individual, one.get("context", {})):
        context.update(plain(part))
    priority = one.get("priority", "normal").replace("medium", "normal")
    force = one.get("force", False) or request.get("force", False)
    return config, list(context.items()), one.get("output_path"), priority, force, one.get("label")


def asked_for(request: dict[str, Any]) -> set[str]:
    listed = request.get("operations", []) + request.get("requests", [])
    ids = request.get("content_config_ids", []) + request.get("content_ids", [])
    return {*ids, *(one["content_config_id"] for one in listed), *request.get("matrix", {}).get("configs", [])}


@given(REQUEST, st.randoms())
def test_any_shapes_in_any_order_come_to_the_same_documents(request: dict[str, Any], random: Any) -> None:
    shuffled = dict(random.sample(sorted(request.items()), len(request)))
    unused = set(request.get("individual_contexts", {})) - asked_for(request)
    if unused:
        with pytest.raises(ValidationError, match="no document of the batch is made from it"):
            batch(**shuffled)
        return
    found = batch(**shuffled)
    documents_ = [
        (one.content_config_id, list(one.context.items()), one.output_path, one.priority.value, one.force, one.label)
        for one in read_operations(found)
    ]
    assert documents_ == obvious(request)
    names = [item.item_id for item in items_of(found)]
    assert len(set(names)) == len(names) == size_of(found)
    assert names == [item.item_id for item in items_of(batch(**request))]


@given(REQUEST)
def test_items_that_go_to_a_file_keep_everything(
    tmp_path_factory: pytest.TempPathFactory, asked: dict[str, Any]
) -> None:
    assume(set(asked.get("individual_contexts", {})) <= asked_for(asked))
    folder = tmp_path_factory.mktemp("spilled", numbered=True)
    whole = batch(**asked)
    moved = spill(whole, folder / "items.jsonl")
    assert items_of(moved) == items_of(whole)
    # Values keep their order too: a template shows an object in it.
    assert [list(item.context) for item in items_of(moved)] == [list(item.context) for item in items_of(whole)]
    read_back = DocumentBatch.model_validate_json(moved.model_dump_json())
    assert items_of(read_back) == items_of(whole)
    assert (moved.max_parallel, moved.mode) == (whole.max_parallel, whole.mode)


def read(asked: dict[str, Any]) -> tuple[DocumentBatch | None, list[Problem]]:
    try:
        return batch(**asked), []
    except ValidationError as error:
        return None, complaints(error, DocumentBatch, "spec.yaml", json.dumps(asked))


@given(ANYTHING)
def test_whatever_stands_in_the_fields_of_a_request_is_refused_or_can_be_named(asked: dict[str, Any]) -> None:
    found, problems = read(asked)
    assert (found is None) is bool(problems)
    names = [] if found is None else [item.item_id for item in items_of(found)]
    assert len(set(names)) == len(names) == (0 if found is None else size_of(found))
