"""Artifact configs of every dialect are read as an artifact of dialect A."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from dialect_examples import (
    ARTIFACT_A,
    ARTIFACT_C,
    ARTIFACT_D,
    ARTIFACT_E,
    ARTIFACT_F,
    ARTIFACTS,
    Config,
    artifact,
    changed,
    own_id,
    refusal,
)

from tasks.documents.configs import ConfigLibrary, LoadedConfig
from tasks.errors import PressroomError


def loaded(folder: Path, config: Config) -> LoadedConfig:
    artifact(folder, config)
    return ConfigLibrary(folder).load(own_id(config))


@pytest.mark.parametrize("dialect", ARTIFACTS)
def test_an_artifact_is_loaded_with_its_dialect_and_notes(tmp_path: Path, dialect: str) -> None:
    found = loaded(tmp_path, ARTIFACTS[dialect])
    assert found.dialect == dialect
    assert bool(found.notes) is (dialect != "A")


def test_sections_of_dialect_c_are_children_with_values_of_their_own(tmp_path: Path) -> None:
    config = artifact(tmp_path, ARTIFACT_C)
    first, second = config.content.children
    assert (first.id, first.context, first.order) == ("tide-note", {"high_water": "6"}, 1)
    assert second.depends_on == ["tide-note"]
    assert (config.metadata.strategy, config.content.separator) == ("concat", "\n---\n")
    assert [(one.file, one.format) for one in config.metadata.outputs] == [("books/harbour.md", "markdown")]


def test_a_structured_composition_of_dialect_c_has_a_template(tmp_path: Path) -> None:
    config = artifact(tmp_path, changed(ARTIFACT_C, "composition", {"strategy": "structured", "template": "book.j2"}))
    assert (config.metadata.strategy, config.content.template) == ("template", "book.j2")


def test_what_dialect_d_calls_otherwise_is_read_and_told(tmp_path: Path) -> None:
    found = loaded(tmp_path, ARTIFACT_D)
    assert found.notes == (
        "`schemaRef.uri` 'file://schemas/artifact.json' was read as `schemaRef.id` 'artifact-schema'",
        "`metadata.type` says nothing about the text; not used",
    )
    assert found.config.metadata.model_dump() == artifact(tmp_path, {**ARTIFACT_A}).metadata.model_dump() | {
        "version": "1.0"
    }


def test_elements_of_dialect_e_keep_order_conditions_and_dependencies(tmp_path: Path) -> None:
    config = artifact(tmp_path, ARTIFACT_E)
    tide, crew, guess = config.content.children
    assert (tide.path, tide.order, tide.required) == ("configs/content/tide-note.json", 1, True)
    assert (crew.depends_on, crew.conditions, crew.required) == (["tide-note"], "context.crew is defined", False)
    assert guess.conditions is None
    assert config.metadata.strategy == "merge"
    assert [(one.file, one.format) for one in config.metadata.outputs] == [("books/harbour-book.json", "json")]


def test_the_notes_of_dialect_e_say_what_is_not_used_and_why(tmp_path: Path) -> None:
    notes = loaded(tmp_path, ARTIFACT_E).notes
    assert "there is no `name`: `artifact_type` 'harbour-book' was taken for it" in notes
    assert "`assembly.strategy` 'deep_merge' was read as 'merge'" in notes
    assert "`post_processing` is not used: no script of a config is run" in notes
    assert any(
        note.startswith("`content_elements.2.conditional.include_if` is not used: The condition") for note in notes
    )


def test_values_that_dialect_e_wants_before_must_be_given(tmp_path: Path) -> None:
    config = artifact(tmp_path, ARTIFACT_E)
    assert config.merged_context({"level": "low"}) == {"level": "low"}
    with pytest.raises(PressroomError) as caught:
        config.merged_context({})
    assert caught.value.code == "VALUE_MISSING"


def test_an_element_of_dialect_e_may_be_named_by_its_file_and_ordered_by_priority(tmp_path: Path) -> None:
    parts = [{"config": "configs/content/b.json", "priority": "LOW", "condition": "x is defined"}, {"config": "a.json"}]
    config = {**changed(ARTIFACT_E, "content_elements", parts), "assembly": {"ordering": "by_priority_then_definition"}}
    children = artifact(tmp_path, config).content.children
    assert [(one.id, one.order, one.conditions) for one in children] == [("b", 3, "x is defined"), ("a", None, None)]


def test_members_of_dialect_f_are_children_that_wait_for_each_other(tmp_path: Path) -> None:
    config = artifact(tmp_path, ARTIFACT_F)
    assert [(one.id, one.path, one.depends_on) for one in config.content.children] == [
        ("tide_note", "page", []),
        ("crew.md", "page", ["tide_note"]),
    ]
    assert config.merged_context({"time": "6"}) == {"harbour": "North Pier", "time": "6"}
    assert any(note.startswith("`freshness_policy` is not used") for note in loaded(tmp_path, ARTIFACT_F).notes)


@pytest.mark.parametrize(
    ("config", "path", "value", "words"),
    [
        (ARTIFACT_A, "metadata.compositionStrategy", "shuffle", "metadata.compositionStrategy: input should be"),
        (ARTIFACT_A, "id", "Harbour_Book", "id: it is not small letters"),
        (ARTIFACT_C, "sections.0.order", -1, "sections.0.order: input should be greater"),
        (ARTIFACT_C, "composition.strategy", "shuffle", "composition.strategy: input should be"),
        (ARTIFACT_C, "sections.0.contentConfigId", 5, "sections.0.contentConfigId: input should be"),
        (ARTIFACT_D, "content.children", [], "content.children: list should have at least 1"),
        (ARTIFACT_D, "metadata.outputs", ..., "metadata.outputs: it is missing"),
        (
            ARTIFACT_E,
            "content_elements.0.execution_order",
            "first",
            "content_elements.0.execution_order: input should be",
        ),
        (ARTIFACT_E, "content_elements.2.name", ..., "content_elements.2.name: it is missing, and so is `config`"),
        (ARTIFACT_E, "assembly.strategy", "shuffle", "assembly.strategy: input should be"),
        (ARTIFACT_F, "members", [], "members: list should have at least 1"),
        (
            ARTIFACT_F,
            "dependencies",
            {"crew.md": ["nobody"]},
            "dependencies.crew.md: 'nobody' is not among the `members`",
        ),
        (ARTIFACT_F, "context", 5, "context: input should be a valid dict"),
    ],
)
def test_a_fault_is_named_as_it_is_written(tmp_path: Path, config: Config, path: str, value: Any, words: str) -> None:
    error = refusal(tmp_path, changed(config, path, value))
    assert (error.code, words in error.message) == ("CONFIG_INVALID", True), error.message


@pytest.mark.parametrize(
    ("config", "field", "written"),
    [
        (ARTIFACT_A, "content.children.0.path", "content.children.0.path"),
        (ARTIFACT_C, "content.children.1.path", "sections.1.contentConfigId"),
        (ARTIFACT_C, "metadata.compositionStrategy", "composition.strategy"),
        (ARTIFACT_D, "content.children.0.path", "content.children.0.path"),
        (ARTIFACT_D, "schemaRef.id", "schemaRef.uri"),
        (ARTIFACT_E, "content.children.1.conditions", "content_elements.1.conditional.include_if"),
        (ARTIFACT_E, "content.children.0.path", "content_elements.0.config"),
        (ARTIFACT_E, "content.children", "content_elements"),
        (ARTIFACT_E, "placeholders.level", "validation.pre_generation.required_context_fields.level"),
        (ARTIFACT_F, "content.children.1.path", "members.1"),
        (ARTIFACT_F, "content.children.1.depends_on", "dependencies.crew.md"),
    ],
)
def test_a_field_is_known_by_the_name_it_has_in_the_file(
    tmp_path: Path, config: Config, field: str, written: str
) -> None:
    assert artifact(tmp_path, config).written(field) == written
