"""A matrix makes a document for every combination, in order, each with values, name and path of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue
from sites import config, press, put

from tasks.documents.matrix import Matrix
from tasks.documents.matrix_faults import MOST
from tasks.documents.matrix_values import path_safe, text_of
from tasks.documents.models import DocumentBatch
from tasks.documents.request import items_of
from tasks.specs import check_spec, read_spec

Capture = pytest.CaptureFixture[str]
HARBOUR: JsonValue = {"id": "harbour", "lead": "Ines"}


def labels(**fields: Any) -> list[str]:
    return [f"{one.config}:{one.label}" for one in Matrix.model_validate(fields).combinations()]


def paths(**fields: Any) -> list[str | None]:
    return [one.output_path for one in Matrix.model_validate(fields).combinations()]


def test_every_combination_comes_in_the_order_written_the_last_axis_changing_fastest() -> None:
    axes = {"language": ["fr", "en"], "month": ["May", "June"]}
    assert labels(configs=["guide", "faq"], axes=axes) == [
        "guide:fr-May",
        "guide:fr-June",
        "guide:en-May",
        "guide:en-June",
        "faq:fr-May",
        "faq:fr-June",
        "faq:en-May",
        "faq:en-June",
    ]


def test_values_go_into_the_context_whole_and_win_over_the_common_ones() -> None:
    axes = {"team": [HARBOUR], "year": [2025], "draft": [True, False]}
    context = {"month": "May", "year": 1999}
    one, other = Matrix(configs=["a"], axes=axes, context=context).combinations()  # type: ignore[arg-type]  # as pydantic reads it
    assert one.context == {"month": "May", "year": 2025, "team": HARBOUR, "draft": True}
    assert other.context["draft"] is False


def test_without_an_axis_a_matrix_is_its_configs() -> None:
    found = items_of(DocumentBatch(matrix=Matrix(configs=["guide", "faq"])))
    assert [item.item_id for item in found] == ["guide", "faq"]


@pytest.mark.parametrize(
    ("exclude", "left"),
    [
        ([], ["en-harbour", "en-2", "fr-harbour", "fr-2"]),
        ([{"language": "fr", "team": "harbour"}], ["en-harbour", "en-2", "fr-2"]),
        ([{"language": "fr", "team": HARBOUR}], ["en-harbour", "en-2", "fr-2"]),
        ([{"team": 2}, {"team": "harbour", "language": "en"}], ["fr-harbour"]),
        ([{"team": "2", "config": "guide"}], ["en-harbour", "fr-harbour"]),
        ([{"config": "guide"}], []),
    ],
)
def test_what_is_excluded_is_left_out(exclude: list[JsonValue], left: list[str]) -> None:
    fields = {"configs": ["guide"], "axes": {"language": ["en", "fr"], "team": [HARBOUR, 2]}, "exclude": exclude}
    assert labels(**fields) == [f"guide:{one}" for one in left]
    assert Matrix.model_validate(fields).count == len(left)


def test_items_are_named_by_their_values_so_that_a_further_value_leaves_their_names_alone() -> None:
    asked: list[list[JsonValue]] = [[1, 3], [1, 2, 3]]
    few, more = (
        {item.item_id for item in items_of(DocumentBatch(matrix=Matrix(configs=["a"], axes={"n": values})))}
        for values in asked
    )
    assert few == {"a:1", "a:3"} < more


def test_a_path_has_the_texts_of_config_and_values() -> None:
    axes = {"language": ["en"], "team": [{"name": "R&D / Ops", "id": "rd"}, HARBOUR]}
    assert paths(configs=["guide"], axes=axes, output_path="docs/{team}/{config}-{language}.md") == [
        "docs/R&D-Ops/guide-en.md",
        "docs/harbour/guide-en.md",
    ]
    assert paths(configs=["guide"], axes=axes) == [None, None]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("en", "en"),
        (7, "7"),
        (1.5, "1.5"),
        (True, "true"),
        ({"name": "n", "id": "i"}, "n"),
        ({"name": "", "id": 3}, "3"),
        ({"lead": "x"}, None),
        (["en"], None),
        (None, None),
        ({"name": ["en"]}, None),
    ],
)
def test_a_value_is_called_by_its_text_or_its_name_or_its_id(value: JsonValue, text: str | None) -> None:
    assert text_of(value) == text


@given(st.text())
def test_whatever_a_value_is_called_its_path_stays_in_the_folder(text: str) -> None:
    safe = path_safe(text)
    assert os.path.basename(f"docs/{safe}.md") == f"{safe}.md"
    assert not set(safe) & set('/\\:*?"<>|\0\n')
    assert safe not in (".", "..")
    assert os.path.normpath(os.path.join("docs", safe, "a.md")).startswith("docs/")
    assert path_safe(safe) == safe


FAULTS: list[tuple[str, str, int, str]] = [
    ("configs: []", "configs", 2, "at least 1 item"),
    ("configs: [a, b, a]", "configs.2", 2, "'a' stands there twice"),
    ("configs: [a]\n  axes: {language: en}", "axes.language", 3, "a list belongs"),
    ("configs: [a]\n  axes:\n    language: []", "axes.language", 4, "at least 1 item"),
    ("configs: [a]\n  axes:\n    a b: [x]", "axes.a b", 4, "letters, digits"),
    ("configs: [a]\n  axes:\n    config: [x]", "axes.config", 4, "another name"),
    ("configs: [a]\n  axes:\n    x: [en, fr, en]", "axes.x.2", 4, "'en' stands there twice"),
    ("configs: [a]\n  axes:\n    x: [1, '1']", "axes.x.1", 4, "'1' stands there twice"),
    ("configs: [a]\n  axes:\n    x: [en, [fr]]", "axes.x.1", 4, "an object with a `name`"),
    ("configs: [a]\n  axes:\n    x: [en, {lead: Ines}]", "axes.x.1", 4, "an object with a `name`"),
    ("configs: [a]\n  axes:\n    x: [en, '..']", "axes.x.1", 4, "could stand in a path"),
    ("configs: [a]\n  axes:\n    x:\n    - en\n    - no", "axes.x.1", 6, "Write it in quotes"),
    ("configs: [a]\n  axes: {x: [en]}\n  exclude: [{}]", "exclude.0", 4, "at least 1 item"),
    ("configs: [a]\n  axes: {lang: [en]}\n  exclude:\n  - lnag: en", "exclude.0.lnag", 5, "Did you mean 'lang'?"),
    ("configs: [a]\n  axes: {x: [en]}\n  exclude:\n  - x: enn", "exclude.0.x", 5, "Did you mean 'en'?"),
    ("configs: [ab]\n  exclude:\n  - config: abc", "exclude.0.config", 4, "Did you mean 'ab'?"),
    ("configs: [a]\n  axes: {lang: [en]}\n  output_path: '{langu}.md'", "output_path", 4, "Did you mean 'lang'?"),
    ("configs: [a]\n  output_path: '{x.md'", "output_path", 3, "single braces, such as {config}"),
    ("configs: [a]\n  axes: {lang: [en]}\n  output_path: '{{lang}}.md'", "output_path", 4, "such as {lang}"),
    ("configs: [a]\n  axis: {x: [en]}", "axis", 3, "Did you mean 'axes'?"),
    ("configs: [a]\n  context: '[1]'", "context", 3, "holds no object"),
]


@pytest.mark.parametrize(("text", "field", "line", "said"), FAULTS)
def test_a_fault_of_a_matrix_has_its_line_and_field(
    tmp_path: Path, text: str, field: str, line: int, said: str
) -> None:
    _, (problem, *others) = read_spec(put(tmp_path / "spec.yaml", f"matrix:\n  {text}\n"))
    assert (problem.field, problem.line, others) == (f"matrix.{field}", line, [])
    assert said in problem.message + problem.remedy


def test_a_matrix_too_large_to_be_meant_is_refused_before_it_is_built(tmp_path: Path) -> None:
    axes = {f"axis_{number}": list(range(100)) for number in range(20)}
    path = put(tmp_path / "spec.yaml", yaml.safe_dump({"matrix": {"configs": ["a"], "axes": axes}}))
    _, (problem,) = read_spec(path)
    assert (problem.code, problem.field, problem.line) == ("SPEC_INVALID", "matrix", 1)
    assert f"{100**20:,} documents; the limit is {MOST:,}" in problem.message


def test_a_matrix_may_be_as_large_as_the_limit() -> None:
    thousand: list[JsonValue] = list(range(1000))
    assert Matrix(configs=["a"], axes={"x": thousand, "y": thousand}).count == MOST


def test_two_values_that_come_to_one_path_are_found_by_validate(tmp_path: Path) -> None:
    config(tmp_path, "a", "{{x}}")
    axes = {"x": ["A/B", "A B"], "y": ["1", "2"]}
    for output_path, conflicts in ((None, 2), ("{x}.md", 3), ("{x}-{y}.md", 2)):
        matrix = {"configs": ["a"], "axes": axes} | ({"output_path": output_path} if output_path else {})
        checked = check_spec(put(tmp_path / "spec.yaml", yaml.safe_dump({"matrix": matrix})))
        problems = checked.problems
        assert checked.size == 4
        assert {problem.code for problem in problems} == {"OUTPUT_CONFLICT"}
        assert len(problems) == conflicts
        assert {problem.field for problem in problems} == {"matrix.output_path" if output_path else "matrix.configs.0"}


@pytest.mark.usefixtures("prefect_server")
def test_a_matrix_of_ten_thousand_and_one_documents_is_made(tmp_path: Path, capsys: Capture) -> None:
    config(tmp_path, "a", "{{x}} of {{y.lead}}")
    matrix: JsonValue = {
        "configs": ["a"],
        "axes": {"y": [{"id": f"t{number}", "lead": f"lead {number}"} for number in range(3)], "x": list(range(3334))},
        "exclude": [{"y": "t2", "x": 3333}],
        "output_path": "{y}/{x}.md",
    }
    path = put(tmp_path / "spec.yaml", yaml.safe_dump({"matrix": matrix, "output_dir": "made", "batch_id": "m"}))
    said = press(capsys, "run", path, "--json")
    assert (said.code, said.document["successful"]) == (0, 10_001)
    assert (tmp_path / "made/t1/3333.md").read_text() == "3333 of lead 1"
    assert len(list((tmp_path / "made").glob("t*/*.md"))) == 10_001
