"""Dialect C, that of the explanations: `metadata.title`, and under `generatorSpecific` what each generator needs.

A value of the context that is nothing but `{{name}}` stands for what is given under that name at run time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, JsonValue

from tasks.documents.config_parts import ConfigId
from tasks.documents.dialects.building import (
    PATTERN,
    content_config,
    element,
    format_of_path,
    output_format,
)
from tasks.documents.dialects.demonstrations import Demonstration, demonstrated
from tasks.documents.dialects.names import is_inline, only_name
from tasks.documents.dialects.reading import Reading, Source, Written, WrittenFault, checked, told_unused
from tasks.documents.generators import normal_type
from tasks.models import JsonObject


class Metadata(Written):
    """What the content is called."""

    id: ConfigId | None = None
    title: Annotated[str, Field(min_length=1)]
    description: str | None = None
    version: str | None = None
    output_format: str | None = None


class Filled(Written):
    """A template and its values."""

    template: Annotated[str, Field(min_length=1)]
    inputs: JsonObject = {}
    undefined_behavior: str | None = None
    template_dir: str | None = None


class Modelled(Written):
    """What a language model is asked, and how."""

    prompt: Annotated[str, Field(min_length=1)]
    inputs: JsonObject = {}
    model: JsonValue = None
    max_tokens: JsonValue = None
    temperature: JsonValue = None
    language: JsonValue = None
    style_hints: JsonValue = None
    system_prompt: JsonValue = None
    retry_count: JsonValue = None
    retry_delay: JsonValue = None
    timeout: JsonValue = None
    fallback_template: JsonValue = None


class Generators(Written):
    """What each generator needs; the first that is named makes the content."""

    template_fill: Filled | None = None
    jinja2: Filled | None = None
    code_generation: Modelled | None = None
    demonstration: Demonstration | None = None
    bdd_scenario: JsonObject | None = None
    bdd_scenario_assembly: JsonObject | None = None


class Content(Written):
    """A content config."""

    metadata: Metadata
    generator: str | None = None
    generatorSpecific: Generators
    outputPath: str | None = None


def read_content(value: JsonObject, source: Source) -> Reading:
    """Read a content config of dialect C."""
    written = checked(Content, value)
    name = _generator(written, value)
    reading = Reading({}, [], _fields(f"generatorSpecific.{name}"))
    reading.notes.append(f"`generatorSpecific.{name}` was read as the one pattern of the config")
    pattern, elements = _pattern(written.generatorSpecific, name, reading)
    if written.outputPath is not None:
        reading.notes.append("`outputPath` tells the format only: where a document goes is said in the spec")
    told = written.metadata
    reading.value = content_config(
        config_id=own_id(told, source, reading),
        description=told.description or told.title,
        version=told.version,
        output_format=output_format(told.output_format) or format_of_path(written.outputPath),
        elements=elements or [element("content", "markdown")],
        pattern=pattern,
    )
    reading.notes += told_unused(written)
    return reading


def own_id(told: Metadata, source: Source, reading: Reading) -> str:
    """Return the id a config gives itself, or that of its file."""
    if told.id is None:
        reading.notes.append(f"there is no `metadata.id`: the file's name {source.stem!r} was taken for it")
    return told.id or source.stem


def _generator(written: Content, value: JsonObject) -> str:
    """Return the generator that is asked for: by name, or as the first there are settings for."""
    raw = value["generatorSpecific"]
    there = [name for name in raw if name in Generators.model_fields and raw[name]] if isinstance(raw, dict) else []
    if written.generator is not None:
        there = [name for name in there if normal_type(name) == normal_type(written.generator)]
        if not there:
            raise WrittenFault("generator", f"there is no `generatorSpecific.{written.generator}`")
    if not there:
        raise WrittenFault("generatorSpecific", f"it has none of {', '.join(Generators.model_fields)}")
    return there[0]


def _fields(specific: str) -> dict[str, str]:
    return {
        "id": "metadata.id",
        "metadata.description": "metadata.title",
        "elements": f"{specific}.examples",
        PATTERN: specific,
        f"{PATTERN}.generation_config": specific,
        f"{PATTERN}.generation_config.context": f"{specific}.inputs",
        f"{PATTERN}.placeholders": f"{specific}.inputs",
    }


def _pattern(written: Generators, name: str, reading: Reading) -> tuple[JsonObject, list[JsonValue]]:
    settings = getattr(written, name)
    if isinstance(settings, Demonstration):
        return demonstrated(settings, f"generatorSpecific.{name}")
    if isinstance(settings, dict):
        inputs = settings.get("inputs")
        rest: JsonObject = {key: part for key, part in settings.items() if key != "inputs"}
        if isinstance(inputs, dict):
            rest["context"] = inputs.get("context", inputs)
        return {"type": "bdd_scenario_assembly", "generation_config": rest}, []
    return _filled(settings, name, reading), []


def _filled(settings: Filled | Modelled, name: str, reading: Reading) -> JsonObject:
    own = settings.inputs.get("context", settings.inputs)
    if "context" in settings.inputs:
        reading.fields |= {
            field: f"{place}.context" for field, place in reading.fields.items() if place.endswith(".inputs")
        }
    fields = {*type(settings).model_fields} - {"template", "inputs"}
    config: JsonObject = settings.model_dump(include=fields, exclude_none=True)
    placeholders: JsonObject = {}
    if isinstance(own, dict):
        must = name == "template_fill" and config.get("undefined_behavior") in (None, "error", "strict")
        own = _without_names(own, "", placeholders, must)
        reading.notes += [
            f"the value of {key!r} is what the context gives as {name!r}" for key, name in _taken(placeholders)
        ]
    config["context"] = own
    pattern: JsonObject = {"type": name, "generation_config": config, "placeholders": placeholders}
    if isinstance(settings, Filled):
        pattern["template"] = settings.template
        pattern["inline"] = name == "jinja2" and is_inline(settings.template)
    return pattern


def _taken(placeholders: JsonObject) -> Iterator[tuple[str, str]]:
    """Yield the placeholders that have another name in the context."""
    for key, one in placeholders.items():
        if isinstance(one, dict) and isinstance(paths := one.get("paths"), list) and paths != [key]:
            yield key, str(paths[0])


def _without_names(values: JsonObject, before: str, placeholders: JsonObject, must: bool) -> JsonObject:
    """Return the values that stand in the config; those that are taken from the context go to the placeholders."""
    kept: JsonObject = {}
    for key, value in values.items():
        name = only_name(value)
        if name is not None and "." not in key:
            placeholders[before + key] = {"paths": [name], "required": must}
        elif isinstance(value, dict) and "." not in key:
            kept[key] = _without_names(value, f"{before}{key}.", placeholders, must)
        else:
            kept[key] = value
    return kept
