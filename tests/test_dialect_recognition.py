"""A config's dialect is told by its marks; one of none is refused with the nearest and the first difference."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.documents.dialects.recogniser import DIALECTS, Recognised, first_difference, recognise

A: dict[str, Any] = {
    "type": "content",
    "id": "tide-table",
    "schemaRef": {"id": "content-schema", "version": "3.1"},
    "metadata": {"description": "Tides", "version": "1.0.0"},
    "elements": [{"name": "body", "format": "markdown"}],
}
B = {**A, "schemaRef": {"uri": "file://schema.json", "version": "3.1"}}
C = {"metadata": {"id": "tide-table", "title": "Tides"}, "generatorSpecific": {"template_fill": {"template": "x"}}}
D = {**B, "elements": [{"id": "body", "generation_pattern": "user_input"}]}
E = {
    "$schema": "https://example.test/content-config.json",
    "name": "tides",
    "content_element": {},
    "generation": {"pattern": "template_fill"},
}
C_ARTIFACT = {"metadata": {"title": "Tides"}, "sections": [{"contentConfigId": "tide-table"}]}
F = {"id": "tides", "validation_schema": {}, "generator": "jinja2", "generator_config": {"template_path": "t.j2"}}

CONFIGS = [
    (A, "A", "content"),
    (B, "B", "content"),
    ({**A, "metadata": {"description": "Tides", "version": "1.0"}}, "B", "content"),
    ({**A, "metadata": {"version": "1.0.0", "generation_frequency": "on-demand"}}, "B", "content"),
    (C, "C", "content"),
    (D, "D", "content"),
    ({**A, "elements": D["elements"]}, "D", "content"),
    (E, "E", "content"),
    (F, "F", "content"),
    ({**A, "type": "artifact"}, "A", "artifact"),
    ({**B, "type": "artifact"}, "D", "artifact"),
    (C_ARTIFACT, "C", "artifact"),
    ({"artifact_type": "tides", "content_elements": []}, "E", "artifact"),
    ({"id": "tides", "members": ["a.md"]}, "F", "artifact"),
]


@pytest.mark.parametrize(("config", "dialect", "kind"), CONFIGS)
def test_each_dialect_and_kind_is_told_by_its_marks(config: dict[str, Any], dialect: Any, kind: Any) -> None:
    assert recognise(config) == Recognised(dialect, kind)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"generatorSpecific": {}}, "dialect C (`generatorSpecific`); first difference: metadata.title is missing"),
        ({**C, "generatorSpecific": []}, "dialect C (`generatorSpecific`); first difference: generatorSpecific: it is"),
        ({}, "nearest is dialect A (`schemaRef.id`); first difference: type is missing"),
        ({**D, "type": 1}, "dialect D (`generation_pattern` in its elements); first difference: type: it is not 'con"),
        ({**A, "schemaRef": {}}, "dialect A (`schemaRef.id`); first difference: schemaRef.id is missing"),
        ({**A, "type": "page"}, "dialect A (`schemaRef.id`); first difference: type: it is not 'content'"),
        ({**E, "name": 7}, "dialect E (`content_element`); first difference: name: it is of another type"),
        ({**F, "generator": "magic"}, "first difference: generator: it is neither 'llm' nor 'jinja2'"),
        ({"generatorSpecifik": {}, "metadata": {"title": "x"}}, "generatorSpecific is missing (there is 'generatorSp"),
        ({"members": ["a.md"]}, "dialect F, an artifact (`members`); first difference: id is missing"),
    ],
)
def test_a_config_of_no_dialect_is_told_the_nearest_and_the_first_difference(
    config: dict[str, Any], words: str
) -> None:
    assert recognise(config) is None
    assert words in first_difference(config)


@pytest.mark.parametrize("value", [None, 1, "type", [], [{}]])
def test_what_is_no_object_is_of_no_dialect(value: Any) -> None:
    assert recognise(value) is None


NAMES = st.sampled_from(
    "type id uri schemaRef metadata title version elements generation_pattern name generatorSpecific content_element "
    "content_elements generation generator_config generator validation_schema members".split()
)
LEAVES = st.none() | st.booleans() | st.integers() | st.sampled_from(["content", "artifact", "1.0", "x"])
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner), max_leaves=12)


@given(st.dictionaries(NAMES, VALUES))
def test_any_object_is_of_one_dialect_or_is_told_a_difference(config: dict[str, Any]) -> None:
    found = recognise(config)
    assert found.dialect in DIALECTS if found else first_difference(config).startswith("nearest is dialect ")
