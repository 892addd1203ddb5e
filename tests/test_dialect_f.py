"""Dialect F: templates with a generator, default values and a schema of what the values have to be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from dialect_examples import Config, F, changed, load, made, refusal
from sites import put

from tasks.errors import PressroomError


def asks(prompt: str) -> Config:
    return changed({**F, "generator": "llm"}, "generator_config", {"prompt": prompt, "model": "vendor:model"})


@pytest.mark.parametrize("place", ["tide.md.j2", "templates/tide.md.j2"])
def test_a_template_is_found_from_the_folder_or_below_its_templates(tmp_path: Path, place: str) -> None:
    put(tmp_path / place, "{{ harbour }}: {{ time }}, {{ level }}")
    assert made(tmp_path, F, time="6") == "North Pier: 6, low"
    assert made(tmp_path, F, time="6", harbour="South", level="spring") == "South: 6, spring"


@pytest.mark.parametrize(
    ("context", "code", "name"),
    [
        ({}, "VALUE_MISSING", "time"),
        ({"time": 6}, "VALUE_REFUSED", "time"),
        ({"time": "6", "level": "high"}, "VALUE_REFUSED", "level"),
    ],
)
def test_the_schema_says_what_the_values_have_to_be(
    tmp_path: Path, context: dict[str, Any], code: str, name: str
) -> None:
    put(tmp_path / "tide.md.j2", "x")
    with pytest.raises(PressroomError) as caught:
        made(tmp_path, F, **context)
    assert (caught.value.code, repr(name) in caught.value.message) == (code, True)


def test_a_name_that_nobody_gives_is_an_error(tmp_path: Path) -> None:
    put(tmp_path / "tide.md.j2", "{{ nobody }}")
    with pytest.raises(PressroomError) as caught:
        made(tmp_path, F, time="6")
    assert caught.value.code == "UNDEFINED_VARIABLE"


def test_the_notes_say_what_was_read_how(tmp_path: Path) -> None:
    config = changed(F, "validation_schema.properties.time.format", "date")
    loaded = load(tmp_path, changed(config, "generator_config.filters", {}))
    assert (loaded.config.id, loaded.notes) == (
        "tide_note",
        (
            "`validation_schema.properties.time.format` is not checked: it is not known here",
            "`validation_schema` was read as what the values have to be",
            "`generator` 'jinja2' with its `generator_config` was read as the one pattern",
            "`generator_config.filters` says nothing about the text; not used",
        ),
    )


@pytest.mark.parametrize(
    ("prompt", "read"),
    [("Of {pier} in {{braces}}", "Of {{pier}} in {braces}"), ("{broken", "{broken"), ("{a.b[0]:>9}", "{{a.b[0]}}")],
)
def test_a_prompt_keeps_its_names(tmp_path: Path, prompt: str, read: str) -> None:
    pattern = load(tmp_path, asks(prompt)).content.pattern("code_generation")
    assert pattern.generation_config["prompt"] == read
    assert pattern.generation_config["model"] == "vendor:model"


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("generator_config.template_path", ..., "generator_config.template_path: it is missing or empty"),
        ("generator_config.template_path", 5, "generator_config.template_path: input should be a valid string"),
        ("default_context", [], "default_context: input should be a valid dict"),
        ("validation_schema.properties", [], "validation_schema.properties: it is not an object"),
        ("validation_schema.required", "time", "validation_schema.required: it is not a list"),
        ("validation_schema.properties.level.enum", 5, "validation_schema.properties.level.enum: input should be"),
        ("generator", "llm", "generator_config.prompt: it is missing or empty"),
        ("id", "a/b", "id: string should match"),
    ],
)
def test_a_fault_is_named_as_it_is_written(tmp_path: Path, path: str, value: Any, words: str) -> None:
    error = refusal(tmp_path, changed(F, path, value))
    assert (error.code, words in error.message) == ("CONFIG_INVALID", True), error.message
