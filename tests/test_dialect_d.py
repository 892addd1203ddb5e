"""Dialect D, of content blocks: each element says by a word how its text comes about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from dialect_examples import Config, D, changed, load, made, refusal

from tasks.errors import PressroomError


def block(*elements: dict[str, Any]) -> Config:
    return changed(D, "elements", list(elements))


def asks(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "generation_pattern": "user_input", **more}


def test_a_block_is_the_text_of_its_elements_one_below_the_other(tmp_path: Path) -> None:
    assert made(tmp_path, D, tide_time=6, who="Ada") == "tides\n\n6\n\nGreetings, Ada"


def test_the_notes_say_what_was_read_how(tmp_path: Path) -> None:
    loaded = load(tmp_path, D)
    assert loaded.config.id == "tide_note"
    assert loaded.notes == (
        "`elements.0.generation_pattern` 'literal' was read as its example",
        "`elements.1.generation_pattern` 'user_input' was read as a value of the context",
        "`elements.2.generation_pattern` 'template_fill' was read as a template whose unknown names are empty",
        "`metadata.type` says nothing about the text; not used",
    )


@pytest.mark.parametrize(
    ("name", "context"),
    [
        ("pier_field", {"pier_field": "x"}),
        ("pier_field", {"pier": "x"}),
        ("context_background", {"context_background": "x"}),
        ("context_background", {"context": {"background": "x"}}),
        ("context_background", {"background": "x"}),
        ("from-pier_block", {"from-pier": "x"}),
    ],
)
def test_a_value_is_found_under_the_elements_name_or_a_shorter_form_of_it(
    tmp_path: Path, name: str, context: dict[str, Any]
) -> None:
    assert made(tmp_path, block(asks(name)), **context) == "x"


def test_a_value_that_is_required_must_be_given_and_another_may_be_left_out(tmp_path: Path) -> None:
    with pytest.raises(PressroomError) as caught:
        made(tmp_path, block(asks("pier_field")), other=1)
    assert (caught.value.code, caught.value.remedy) == ("VALUE_MISSING", "Give 'pier_field' or 'pier' in the context.")
    assert made(tmp_path, block(asks("pier_field", required=False))) == ""


def test_lists_come_out_as_json_and_backslashes_as_they_are(tmp_path: Path) -> None:
    assert made(tmp_path, block(asks("piers")), piers=["N", {"S": 1}]) == '[\n  "N",\n  {\n    "S": 1\n  }\n]'
    assert made(tmp_path, block(asks("path")), path=r"C:\new\table") == r"C:\new\table"


def test_what_stands_in_an_example_or_a_value_is_no_template(tmp_path: Path) -> None:
    literal = {"id": "a", "generation_pattern": "literal", "example_output": "{{b}}"}
    assert made(tmp_path, block(literal, asks("b")), b="{{a}}") == "{{b}}\n\n{{a}}"


def test_a_template_with_more_than_names_is_rendered_as_jinja(tmp_path: Path) -> None:
    template = "{% set pier = metadata.get('pier', 'North') %}{{ pier|upper }} {{ metadata.title }}{{ nobody }}"
    with_template = {"id": "t", "generation_pattern": "template_fill", "template": template}
    literal = {"id": "l", "generation_pattern": "literal", "example_output": "{% raw"}
    text = made(tmp_path, block(literal, with_template, asks("c")), c="{{ x }}")
    assert text == "{% raw\n\nNORTH Tide Block\n\n{{ x }}"


def test_a_text_for_a_language_model_keeps_its_prompt(tmp_path: Path) -> None:
    asked = {"id": "a", "generation_pattern": "ai_augmented", "prompt_template": "Write of {{pier}}"}
    content = load(tmp_path, block(asked)).content
    assert content.generator == "code_generation"
    assert content.pattern("code_generation").generation_config == {"prompt": "Write of {{pier}}"}


def test_an_example_in_json_tells_the_format(tmp_path: Path) -> None:
    assert load(tmp_path, block(asks("a", example_output='["x"]'))).content.extension == "json"
    assert load(tmp_path, block(asks("a", example_output="x"))).content.extension == "md"


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("elements.1.generation_pattern", "magic", "elements.1.generation_pattern: input should be 'literal', "),
        ("elements.1.id", ..., "elements.1.id: it is missing"),
        ("elements.0.example_output", ..., "elements.0.example_output: it is missing, and it is the text"),
        ("elements.2.template", "", "elements.2.template: it is missing or empty"),
        ("elements.1.required", "perhaps", "elements.1.required: input should be a valid boolean"),
        ("elements.0", {"id": "a", "generation_pattern": "ai_augmented"}, "elements.0.prompt_template: it is missing"),
        ("id", "../x", "id: string should match"),
        ("metadata.title", [], "metadata.title: input should be a valid string"),
    ],
)
def test_a_fault_is_named_as_it_is_written(tmp_path: Path, path: str, value: Any, words: str) -> None:
    error = refusal(tmp_path, changed(D, path, value))
    assert (error.code, words in error.message) == ("CONFIG_INVALID", True), error.message
