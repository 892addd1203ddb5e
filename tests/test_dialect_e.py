"""Dialect E: one element, and placeholders that say where each value comes from and what it has to be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from dialect_examples import Config, E, changed, load, made, refusal
from sites import put

from tasks.documents.configs import ConfigLibrary
from tasks.errors import PressroomError

GUIDE = """# Tides

## Template

Fill it in:

```json
{"time": "{{the_time}}", "heading": "At {{pier}}", "levels": {{ levels }}}
```

## Examples

```json
{"time": "6"}
```

## Prose

Dear {{who}}, `{{pier}}` is *open*.

## Code

```markdown
# {{who}}
```
"""


def text(**generation: Any) -> Config:
    config = changed(E, "content_element", {"name": "Tide Note", "format": "markdown"})
    config = changed(config, "validation", {})
    return changed(config, "generation", {"pattern": "template_fill", **generation})


def section(folder: Path, name: str, **placeholders: Any) -> Config:
    put(folder / "guide.md", GUIDE)
    place = {"type": "file", "path": "guide.md", "section": name}
    return changed(
        E, "generation", {"pattern": "template_fill", "template_source": place, "placeholders": placeholders}
    )


def failure(folder: Path, config: Config, **context: Any) -> PressroomError:
    with pytest.raises(PressroomError) as caught:
        made(folder, config, **context)
    return caught.value


def test_placeholders_of_a_json_element_are_its_fields(tmp_path: Path) -> None:
    assert json.loads(made(tmp_path, E, pier='The "North"')) == {
        "kind": "tides",
        "level": "normal",
        "place": {"pier": 'The "North"'},
    }
    given = {"context": {"pier": "North", "level": "spring"}, "remark": ["a", 1]}
    assert json.loads(made(tmp_path, E, **given)) == {
        "kind": "tides",
        "level": "spring",
        "place": {"pier": "North"},
        "remark": ["a", 1],
    }


def test_the_notes_say_what_was_read_how(tmp_path: Path) -> None:
    config = changed(E, "generation.placeholders.date", {"source": "system_function", "function": "today"})
    assert load(tmp_path, config).notes == (
        "`name` was read as `id`, `generation` as the one pattern of the config",
        "placeholder 'date' (system_function) is taken from the context: "
        "a document depends on nothing but its config and context",
        "`validation.cross_field_validation` is not used: it only warns",
        "`priority` says nothing about the text; not used",
    )


def test_a_value_that_breaks_its_rules_is_refused_by_name(tmp_path: Path) -> None:
    error = failure(tmp_path, E, pier="North", level="high")
    assert str(error).startswith("VALUE_REFUSED: The value of 'level' in config 'tide-note': 'high' is none of 'low',")
    error = failure(tmp_path, E, pier="N")
    assert "its length of 1 characters is under 3 (piers have names)" in error.message


def test_a_required_field_must_be_given(tmp_path: Path) -> None:
    error = failure(tmp_path, E)
    assert (error.code, error.remedy) == ("VALUE_MISSING", "Give 'context.pier' or 'place.pier' in the context.")
    config = changed(E, "validation.required_fields", ["level", "place.pier", "keeper"])
    assert "'keeper'" in failure(tmp_path, config, pier="North").message
    assert '"keeper": "Ada"' in made(tmp_path, config, pier="North", keeper="Ada")


def test_a_section_of_a_file_is_the_template_and_its_values_keep_it_json(tmp_path: Path) -> None:
    config = section(tmp_path, "Template", time={"source": "context", "path": "context.high_water"})
    config = changed(config, "validation", {})
    made_of = json.loads(made(tmp_path, config, high_water='6 "sharp"', pier="North", levels=[1, 2]))
    assert made_of == {"time": '6 "sharp"', "heading": "At North", "levels": [1, 2]}


def test_a_section_without_names_in_it_is_no_template(tmp_path: Path) -> None:
    config = changed(section(tmp_path, "Examples", level={"source": "literal", "value": "low"}), "validation", {})
    assert json.loads(made(tmp_path, config)) == {"level": "low"}


def test_a_section_of_prose_is_filled_as_it_stands_and_code_alone_without_its_fence(tmp_path: Path) -> None:
    put(tmp_path / "guide.md", GUIDE)
    place = {"type": "file", "path": "guide.md", "section": "## prose"}
    assert made(tmp_path, text(template_source=place), who="Ada", pier="N") == "Dear Ada, `N` is *open*."
    place["section"] = "Code"
    assert made(tmp_path, text(template_source=place), who="Ada") == "# Ada"


def test_a_config_is_read_again_when_its_template_changes(tmp_path: Path) -> None:
    config = text(template_source={"type": "file", "path": "guide.md"})
    put(tmp_path / "guide.md", "one")
    put(tmp_path / "configs/content/tide-note.json", json.dumps(config))
    library = ConfigLibrary(tmp_path)
    first = library.load("tide-note")
    assert library.load("tide-note") is first
    assert first.files == (tmp_path / "guide.md",)
    put(tmp_path / "guide.md", "another")
    second = library.load("tide-note")
    assert second.content.template(second.content.pattern("template_fill")) == "another"
    assert second.sha256 != first.sha256
    (tmp_path / "guide.md").unlink()
    with pytest.raises(PressroomError) as caught:
        library.load("tide-note")
    assert caught.value.code == "TEMPLATE_MISSING"


def test_a_template_in_place_may_leave_out_what_is_optional(tmp_path: Path) -> None:
    optional = {"source": "user_input", "optional": True, "constraints": {"minLength": 5}}
    config = text(template=r"\no {{a}}, {{b}}.", placeholders={"a": optional, "b": {"default": ["x"]}})
    assert made(tmp_path, config) == '\\no , [\n  "x"\n].'
    config = text(template_source={"type": "inline", "content": "{{a}}"})
    assert failure(tmp_path, config).code == "UNDEFINED_VARIABLE"


def test_a_value_counts_only_while_its_condition_holds(tmp_path: Path) -> None:
    remark = {"source": "user_input", "include_if": "level == 'spring'"}
    config = changed(E, "generation.placeholders.remark", remark)
    assert "remark" not in made(tmp_path, config, pier="North", remark="x")
    assert '"remark": "x"' in made(tmp_path, config, pier="North", remark="x", level="spring")


def test_a_condition_in_prose_is_told_and_not_used(tmp_path: Path) -> None:
    config = changed(E, "generation.placeholders.remark.include_if", "the weather is fair enough")
    assert any(
        "placeholders.remark.include_if` is not used: The condition" in note for note in load(tmp_path, config).notes
    )
    assert '"remark": "x"' in made(tmp_path, config, pier="North", remark="x")


def test_rules_that_are_not_known_are_told(tmp_path: Path) -> None:
    rules = {"oneOf": [{}], "pattern": "(?=x)", "maxLength": 9, "description": "d"}
    notes = load(tmp_path, changed(E, "validation.field_constraints.level", rules)).notes
    assert "`validation.field_constraints.level.oneOf` is not checked: it is not known here" in notes
    assert any(note.startswith("`validation.field_constraints.level.pattern` is not checked") for note in notes)
    assert not any("description" in note for note in notes)


def test_jinja_templates_are_files_or_in_place(tmp_path: Path) -> None:
    put(tmp_path / "page.j2", "{% if who %}{{ who }}{% endif %}!")
    placeholders = {"who": {"source": "user_input", "path": "context.name"}}
    file = text(pattern="jinja2", template_source={"type": "file", "path": "page.j2"}, placeholders=placeholders)
    assert made(tmp_path, file, name="Ada") == "Ada!"
    assert (
        made(tmp_path, text(pattern="jinja2", template="{{ who|upper }}", placeholders=placeholders), name="a") == "A"
    )


def test_an_example_is_the_text_where_nothing_else_is(tmp_path: Path) -> None:
    config = changed(E, "generation", {"pattern": "demonstration"})
    assert json.loads(made(tmp_path, config)) == {"tide": "high"}


def test_what_a_language_model_is_to_write_keeps_the_guidance(tmp_path: Path) -> None:
    placeholders = {"body": {"source": "ai_generation", "input": "context.topic", "guidance": "Be brief."}}
    content = load(tmp_path, text(pattern="ai_augmented", placeholders=placeholders)).content
    prompt = content.pattern("code_generation").generation_config["prompt"]
    assert prompt == "When the water is high.\n\nbody: Be brief.\n\ntopic: {{topic}}"


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("name", "Tide Note", "name: string should match"),
        ("name", "../x", "name: string should match"),
        ("generation.pattern", "magic", "generation.pattern: input should be 'template_fill'"),
        ("generation.placeholders.level.source", "magic", "generation.placeholders.level.source: input should be"),
        ("generation.placeholders.kind.value", ..., "generation.placeholders.kind.value: it is missing"),
        ("generation.placeholders.level.constraints.enum", 5, "generation.placeholders.level.constraints.enum: input"),
        (
            "validation.field_constraints.place.pier",
            {"minLength": -1},
            "validation.field_constraints.place.pier.minLength: input",
        ),
        ("validation.required_fields", "level", "validation.required_fields: input should be a valid list"),
        (
            "generation.template_source",
            {"path": "guide.md", "section": "None"},
            "template_source.section: 'guide.md' has",
        ),
        ("generation.template_source", {"type": "file"}, "generation.template_source.path: it is missing"),
        ("generation", {"pattern": "literal"}, ""),
    ],
)
def test_a_fault_is_named_as_it_is_written(tmp_path: Path, path: str, value: Any, words: str) -> None:
    put(tmp_path / "guide.md", GUIDE)
    if path == "generation":
        config = changed(changed(E, path, value), "content_element", {})
        words = "content_element.example_output: it is missing"
    elif path.endswith("place.pier"):
        config = changed(E, "validation.field_constraints", {"place.pier": value})
    else:
        config = changed(E, path, value)
    error = refusal(tmp_path, config)
    assert (error.code, words in error.message) == ("CONFIG_INVALID", True), error.message


def test_a_template_outside_the_folder_is_refused(tmp_path: Path) -> None:
    put(tmp_path / "secret.md", "x")
    config = text(template_source={"type": "file", "path": "../secret.md"})
    assert refusal(tmp_path / "site", config).code == "PATH_OUTSIDE"


@pytest.mark.parametrize("odd", ["NaN", "1e999", r'"\ud800"', "[" * 240 + "]" * 240])
def test_a_template_that_json_does_not_allow_stays_a_text(tmp_path: Path, odd: str) -> None:
    put(tmp_path / "t.json", '{"odd": ' + odd + ', "a": "{{a}}"}')
    place = {"type": "file", "path": "t.json"}
    config = changed(E, "generation", {"pattern": "template_fill", "template_source": place})
    assert made(tmp_path, changed(config, "validation", {}), a="x") == '{"odd": ' + odd + ', "a": "x"}'
