"""Dialect E: one `content_element`, and a `generation` whose placeholders say where each value comes from.

A placeholder of a JSON element names a field of it, and its value stands there; of any other element it names a
place in the template.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from tasks.documents.config_parts import ConfigId
from tasks.documents.dialects.building import PATTERN, as_text, content_config, element, output_format
from tasks.documents.dialects.dialect_e_values import Placeholder, Validation, for_text, values_of
from tasks.documents.dialects.names import names_in
from tasks.documents.dialects.reading import Reading, Source, Written, WrittenFault, checked, told_unused
from tasks.documents.dialects.template_sources import TemplateSource, json_template, template_text
from tasks.models import JsonObject

_BY_MODEL = ("ai_augmented", "ai_generation", "code_generation", "llm")


class Generation(Written):
    """How the text comes about."""

    pattern: Literal[
        "template_fill",
        "user_input",
        "jinja2",
        "demonstration",
        "literal",
        "ai_augmented",
        "ai_generation",
        "llm",
        "code_generation",
    ]
    template_source: TemplateSource | None = None
    template: str | None = None
    placeholders: dict[str, Placeholder] = {}
    conditional_inclusion: JsonValue = None


class ContentElement(Written):
    """What is made."""

    name: str | None = None
    format: str | None = None
    example_output: JsonValue = None


class Content(Written):
    """A content config."""

    schema_: JsonValue = Field(default=None, alias="$schema")
    name: ConfigId
    version: str | None = None
    description: str | None = None
    content_element: ContentElement
    generation: Generation
    validation: Validation = Validation()


def read_content(value: JsonObject, source: Source) -> Reading:
    """Read a content config of dialect E."""
    written = checked(Content, value)
    part = written.content_element
    reading = Reading({}, ["`name` was read as `id`, `generation` as the one pattern of the config"], _fields(written))
    reading.value = content_config(
        config_id=written.name,
        description=written.description or written.name,
        version=written.version,
        output_format=output_format(part.format),
        elements=[element(part.name or "content", part.format, part.example_output)],
        pattern=_pattern(written, source, reading),
    )
    reading.notes += _unused(written)
    return reading


def _pattern(written: Content, source: Source, reading: Reading) -> JsonObject:
    made, form = written.generation, written.content_element.format
    if made.pattern in _BY_MODEL:
        return {"type": "code_generation", "generation_config": {"prompt": _prompt(written)}}
    if made.pattern == "jinja2":
        return {**_jinja(written, source, reading), "placeholders": _values(written, reading)}
    if made.pattern in ("demonstration", "literal"):
        return _example(written)
    placeholders = _values(written, reading)
    text = _template(written, source, reading)
    is_object = form == "json" or (form == "yaml" and text is None)  # JSON is YAML too.
    structure = _structure(text, placeholders, reading) if is_object else None
    if structure is not None:
        return {"type": "json_fill", "generation_config": {"structure": structure}, "placeholders": placeholders}
    if text is None:
        if not placeholders:
            return _example(written)
        text = "\n\n".join(f"{{{{{name}}}}}" for name in placeholders)
    return {
        "type": "template_fill",
        "template": text,
        "generation_config": {"keep_escapes": True},
        "placeholders": for_text(placeholders),
    }


def _values(written: Content, reading: Reading) -> JsonObject:
    return values_of(written.generation.placeholders, written.validation, reading.notes)


def _template(written: Content, source: Source, reading: Reading) -> str | None:
    made = written.generation
    if made.template_source is None:
        return made.template or None
    place, section = made.template_source.path, made.template_source.section
    text = template_text(made.template_source, written.content_element.format, source)
    if section is not None:
        reading.notes.append(f"the template is what stands in the section {section!r} of {place!r}")
    return text


def _jinja(written: Content, source: Source, reading: Reading) -> JsonObject:
    place = written.generation.template_source
    if place is not None and place.path is not None and place.section is None:
        reading.fields[f"{PATTERN}.template"] = "generation.template_source.path"
        return {"type": "jinja2", "template": place.path}
    text = _template(written, source, reading)
    if not text:
        raise WrittenFault("generation.template_source", "it is missing")
    return {"type": "jinja2", "template": text, "inline": True}


def _example(written: Content) -> JsonObject:
    example = written.content_element.example_output
    if example is None:
        why = "it is missing, and there is neither a template nor a placeholder"
        raise WrittenFault("content_element.example_output", why)
    return {
        "type": "template_fill",
        "template": "{{example}}",
        "generation_config": {"keep_escapes": True},
        "placeholders": {"example": {"value": as_text(example)}},
    }


def _structure(text: str | None, placeholders: JsonObject, reading: Reading) -> JsonObject | None:
    """Return the object that is filled: the template's, or one of the placeholders alone.

    None where the template is a text that is no JSON object but has names in it.
    """
    found = json_template(text or "")
    if found is None and text and "{{" in text:
        return None
    if found is None and text:
        reading.notes.append("the template has no names in it: the object is made of the placeholders alone")
    structure = found or {}
    used = {*names_in(text or "")} if found is not None else set()
    for name in placeholders:
        if name not in used:
            _place(structure, name.split("."), f"{{{{{name}}}}}")
    return structure


def _place(structure: JsonObject, path: list[str], text: str) -> None:
    for part in path[:-1]:
        inner = structure.get(part)
        if not isinstance(inner, dict):
            inner = structure[part] = {}
        structure = inner
    structure[path[-1]] = text


def _prompt(written: Content) -> str:
    """Put together what a language model is asked: what the element is, and for each value its guidance."""
    made = written.generation
    lines = [f"{written.description or written.name}."]
    lines += [f"{name}: {one.guidance}" for name, one in made.placeholders.items() if one.guidance]
    asked = (one.input for one in made.placeholders.values())
    paths = (path for one in asked for path in ([one] if isinstance(one, str) else one))
    inputs = dict.fromkeys(path.removeprefix("context.") for path in paths)
    lines += [f"{path}: {{{{{path}}}}}" for path in inputs]
    return "\n\n".join([*lines, *([made.template] if made.template else [])])


def _unused(written: Content) -> list[str]:
    notes, checks = [], written.validation
    if written.generation.conditional_inclusion is not None:
        notes.append(
            "`generation.conditional_inclusion` is not used: an artifact says itself when a part belongs to it"
        )
    if checks.cross_field_validation is not None:
        notes.append("`validation.cross_field_validation` is not used: it only warns")
    if checks.quality_checks is not None:
        notes.append("`validation.quality_checks` is not used: it only warns")
    return [*notes, *told_unused(written)]


def _fields(written: Content) -> dict[str, str]:
    fields = {
        "id": "name",
        "elements.0": "content_element",
        PATTERN: "generation",
        f"{PATTERN}.template": "generation.template_source",
        f"{PATTERN}.generation_config.structure": "generation.template_source",
    }
    if written.generation.template_source is None:
        fields[f"{PATTERN}.template"] = "generation.template"
    for name in {*written.validation.required_fields, *written.validation.field_constraints}:
        if name not in written.generation.placeholders:
            fields[f"{PATTERN}.placeholders.{name}"] = f"validation.field_constraints.{name}"
    for name, one in written.generation.placeholders.items():
        if not one.constraints:
            fields[f"{PATTERN}.placeholders.{name}.constraints"] = f"validation.field_constraints.{name}"
    return fields
