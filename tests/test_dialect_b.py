"""Dialect B, of how-to guides, is read by changing what differs from A."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from dialect_examples import A, B, Config, changed, load, made, refusal

from tasks.errors import PressroomError

FILL: Config = changed(
    B, "generation.patterns.0", {"id": "fill", "type": "template_fill", "template": "For {{team-name}}"}
)


def test_hyphens_in_variables_and_their_places_go_and_all_else_stays(tmp_path: Path) -> None:
    assert made(tmp_path, B) == "High water at 6. print(6) {{unlisted-name}}"


def test_the_notes_say_what_was_read_how(tmp_path: Path) -> None:
    loaded = load(tmp_path, B)
    assert loaded.dialect == "B"
    assert loaded.notes == (
        "`schemaRef.uri` 'file://schemas/content.json' was read as `schemaRef.id` 'content-schema'",
        "`metadata.version` '1.0' was read as '1.0.0'",
        "`metadata.generation_frequency` 'on-demand' was read as 'on_demand'",
        "`metadata.name` says nothing about the text; not used",
        "`elements.1.format` 'python' was read as 'code'",
        "variable 'tide-line' was read as 'tide_line'",
    )
    metadata = loaded.content.metadata
    assert (metadata.version, metadata.generation_frequency) == ("1.0.0", "on_demand")


def test_a_variable_never_takes_the_name_of_another(tmp_path: Path) -> None:
    variables = [{"name": name, "source": f"elements.{n}"} for n, name in enumerate(["a-b", "a_b"])]
    pattern = {"id": "show", "type": "demonstration", "template": "{{a-b}}, {{a_b}}", "variables": variables}
    assert made(tmp_path, changed(B, "generation.patterns.0", pattern)) == "High water at 6., print(6)"


@pytest.mark.parametrize("context", [{"team-name": "Harbour"}, {"team_name": "Harbour"}])
def test_a_value_is_given_under_the_name_that_is_written_or_the_one_it_is_read_as(
    tmp_path: Path, context: dict[str, Any]
) -> None:
    assert made(tmp_path, FILL, **context) == "For Harbour"


def test_a_value_that_nobody_gives_is_told_by_the_name_that_is_written(tmp_path: Path) -> None:
    with pytest.raises(PressroomError) as caught:
        made(tmp_path, FILL)
    assert (caught.value.code, caught.value.remedy) == (
        "VALUE_MISSING",
        "Give 'team-name' or 'team_name' in the context.",
    )
    empty = changed(FILL, "generation.patterns.0.generation_config", {"undefined_behavior": "empty"})
    assert made(tmp_path, empty) == "For "


def test_a_context_beside_the_template_and_a_template_in_place_are_read(tmp_path: Path) -> None:
    pattern = {
        "id": "page",
        "type": "jinja2",
        "template_source": "inline",
        "template": "{% for pier in piers %}{{ pier }} {% endfor %}{{ keeper }}",
        "context": {"piers": ["North", "South"]},
        "required_context": ["keeper"],
    }
    config = changed(B, "generation.patterns.0", pattern)
    assert made(tmp_path, config, keeper="Ada") == "North South Ada"
    with pytest.raises(PressroomError) as caught:
        made(tmp_path, config)
    assert caught.value.code == "VALUE_MISSING"


def test_a_template_may_be_named_as_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "page.j2").write_text("Hello {{ name }}")
    pattern = {"id": "page", "type": "jinja2", "template_source": "file", "template_file": "page.j2"}
    assert made(tmp_path, changed(B, "generation.patterns.0", pattern), name="you") == "Hello you"


def test_a_config_without_elements_or_description_is_read_with_what_stands_for_them(tmp_path: Path) -> None:
    loaded = load(tmp_path, changed(changed(B, "elements", ...), "metadata", {"title": "Tides", "version": "1.0"}))
    assert loaded.content.metadata.description == "Tides"
    assert [one.name for one in loaded.content.elements] == ["content"]


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("generation.patterns.0.templat", "x", "generation.patterns.0.templat: there is no such field"),
        ("elements.0.name", "Tide Line", "elements.0.name: "),
        ("metadata.description", 7, "metadata.description: "),
        ("schemaRef.version", "three", "schemaRef.version: "),
        ("id", "a/b", "id: "),
    ],
)
def test_what_is_wrong_in_both_dialects_is_still_refused(tmp_path: Path, path: str, value: Any, field: str) -> None:
    error = refusal(tmp_path, changed(B, path, value))
    assert (error.code, field in error.message) == ("CONFIG_INVALID", True)


def test_dialect_a_stays_strict_and_has_no_notes(tmp_path: Path) -> None:
    assert load(tmp_path, A).notes == ()
    assert "id: it is not small letters, digits and '-'" in refusal(tmp_path, {**A, "id": "Tide_Note"}).message
