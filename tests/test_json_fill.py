"""Generator `json_fill`: values put into a JSON object."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.documents import json_fill
from tasks.documents.configs import ContentConfig
from tasks.errors import PressroomError

JSON = st.recursive(
    st.booleans() | st.integers() | st.text(),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=3), part, max_size=3),
    max_leaves=8,
)


def config(structure: Any, **placeholders: Any) -> ContentConfig:
    pattern = {
        "id": "p",
        "type": "json_fill",
        "generation_config": {"structure": structure},
        "placeholders": placeholders,
    }
    return ContentConfig.model_validate(
        {
            "type": "content",
            "id": "tide-note",
            "schemaRef": {"id": "s", "version": "3.1"},
            "metadata": {"description": "d", "version": "1.0.0"},
            "elements": [{"name": "body", "format": "json"}],
            "generation": {"patterns": [pattern]},
        }
    )


def failure(subject: ContentConfig, context: dict[str, Any]) -> PressroomError:
    with pytest.raises(PressroomError) as caught:
        json_fill.generate(subject, context)
    return caught.value


@given(JSON)
def test_a_text_that_is_one_name_becomes_the_value_whatever_it_is(value: Any) -> None:
    assert json.loads(json_fill.generate(config({"a": ["{{ x }}"]}), {"x": value})) == {"a": [value]}


def test_a_name_inside_a_text_becomes_part_of_it() -> None:
    text = json_fill.generate(config({"a": "at {{x.y}}, {{n}}"}), {"x": {"y": '"6"'}, "n": 2})
    assert json.loads(text) == {"a": 'at "6", 2'}


def test_what_may_be_missing_is_left_out_and_all_else_is_an_error() -> None:
    structure = {"a": "{{x}}", "b": ["{{x}}", 1], "c": None}
    assert json.loads(json_fill.generate(config(structure, x={"paths": ["x"]}), {})) == {"b": [1], "c": None}
    assert failure(config(structure), {"y": 1}).code == "UNDEFINED_VARIABLE"


def test_letters_of_any_script_stay_what_they_are() -> None:
    assert json_fill.generate(config({"a": "{{x}}"}), {"x": "Käpt'n ✓"}) == '{\n  "a": "Käpt\'n ✓"\n}'


def test_a_structure_must_be_an_object() -> None:
    assert failure(config([]), {}).code == "CONFIG_INVALID"


def test_a_value_used_too_often_ends_the_document() -> None:
    assert failure(config({"a": ["{{x}}"] * 1000}), {"x": "y" * 100_000}).code == "TEMPLATE_RUNAWAY"
