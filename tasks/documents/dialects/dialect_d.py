"""Dialect D, that of content blocks: each element says by a word how its text comes about.

A block's text is that of its elements, one below the other. `literal` is its example, `user_input` a value of the
context under the element's own name or a shorter form of it, `template_fill` a small Jinja template.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from tasks.documents.artifact_models import ArtifactMetadata
from tasks.documents.config_parts import ConfigId
from tasks.documents.dialects.building import PATTERN, as_text, content_config, element, output_format
from tasks.documents.dialects.dialect_b import read_reference
from tasks.documents.dialects.names import NewNames
from tasks.documents.dialects.reading import Reading, Source, Written, WrittenFault, checked, told_unused
from tasks.models import JsonObject

_ENDINGS = ("_field", "_content", "_block", "_element")
_TEMPLATES = ("template_fill", "jinja2")
_ARTIFACT_TYPES = {"documentation", "test", "code", "configuration", "report", "mixed"}
_MEANINGS = {
    "literal": "its example",
    "demonstration": "its example",
    "user_input": "a value of the context",
    "template_fill": "a template whose unknown names are empty",
    "jinja2": "a Jinja template whose unknown names are empty",
    "ai_augmented": "a text for a language model to write, which makes the whole",
}
_PLAIN = re.compile(r"\{\{\s*[a-zA-Z_][a-zA-Z0-9_.]*\s*\}\}")
_JINJA = re.compile(r"\{[{%#]")


class Element(Written):
    """A part of the text, and how it comes about."""

    id: Annotated[str, Field(min_length=1)]
    generation_pattern: Literal["literal", "demonstration", "user_input", "template_fill", "jinja2", "ai_augmented"]
    prompt_template: str | None = None
    template: str | None = None
    example_output: JsonValue = None
    required: bool = True
    description: str | None = None
    format: str | None = None


class Metadata(Written):
    """What the block is for."""

    description: str | None = None
    purpose: str | None = None
    title: str | None = None
    version: str | None = None
    output_format: str | None = None


class Content(Written):
    """A content block."""

    type: JsonValue = None
    id: ConfigId
    schemaRef: JsonValue = None
    metadata: Metadata = Metadata()
    elements: Annotated[list[Element], Field(min_length=1)]


def read_content(value: JsonObject, source: Source) -> Reading:
    """Read a content block."""
    block = checked(Content, value)
    new = NewNames()
    names = [new.of(one.id) for one in block.elements]
    told = block.metadata
    built = content_config(
        config_id=block.id,
        description=told.description or told.purpose or told.title or block.id,
        version=told.version,
        output_format=output_format(told.output_format) or _format_of_example(block.elements),
        elements=[element(one.id, one.format, one.example_output) for one in block.elements],
        pattern=_pattern(block, names, value),
    )
    return Reading(built, [*_notes(block), *told_unused(block)], _fields(block, names))


def read_artifact(value: JsonObject, source: Source) -> Reading:
    """Read an artifact config that names its schema by address."""
    reading = Reading(dict(value))
    read_reference(reading, "artifact-schema")
    metadata = value.get("metadata")
    if isinstance(metadata, dict):
        reading.value["metadata"] = _artifact_metadata(metadata, reading)
    return reading


def _pattern(block: Content, names: list[str], value: JsonObject) -> JsonObject:
    for number, one in enumerate(block.elements):
        if one.generation_pattern == "ai_augmented":
            if not one.prompt_template:
                raise WrittenFault(f"elements.{number}.prompt_template", "it is missing or empty")
            return {"type": "code_generation", "generation_config": {"prompt": one.prompt_template}}
    templates = [one.template or "" for one in block.elements if one.generation_pattern in _TEMPLATES]
    with_jinja = any(one.generation_pattern == "jinja2" for one in block.elements) or any(map(_needs_jinja, templates))
    placeholders: JsonObject = {}
    texts = []
    for number, (name, one) in enumerate(zip(names, block.elements, strict=True)):
        if one.generation_pattern in _TEMPLATES:
            if not one.template:
                raise WrittenFault(f"elements.{number}.template", "it is missing or empty")
            texts.append(one.template)
        else:
            placeholders[name] = _placeholder(one, number)
            texts.append(f"{{{{{name}}}}}")
    config: JsonObject = {"undefined_behavior": "empty"}
    if any("metadata" in template for template in templates):
        config["context"] = {"metadata": value.get("metadata")}
    if not with_jinja:
        config["keep_escapes"] = True
    kind: JsonObject = {"type": "jinja2", "inline": True} if with_jinja else {"type": "template_fill"}
    return {**kind, "template": "\n\n".join(texts), "generation_config": config, "placeholders": placeholders}


def _needs_jinja(template: str) -> bool:
    return _JINJA.search(_PLAIN.sub("", template)) is not None


def _placeholder(one: Element, number: int) -> JsonObject:
    if one.generation_pattern == "user_input":
        return {"paths": [*_names_in_context(one.id)], "required": one.required, "as_json": True}
    if one.example_output is None:
        raise WrittenFault(f"elements.{number}.example_output", "it is missing, and it is the text of the element")
    return {"value": as_text(one.example_output)}


def _names_in_context(written: str) -> list[str]:
    """Return what the value of `context_background_field` may be called: itself, shorter, or inside an object."""
    short = next((written.removesuffix(ending) for ending in _ENDINGS if written.endswith(ending)), written)
    names = [written, short, short.replace("_", ".", 1), short.replace("_", ".")]
    if short == written:
        names.append(written.rpartition("_")[2])
    return [name for name in dict.fromkeys(names) if name]


def _format_of_example(elements: list[Element]) -> str | None:
    example = elements[0].example_output if len(elements) == 1 else None
    is_json = isinstance(example, dict | list) or (isinstance(example, str) and example[:1] in ("[", "{"))
    return "json" if is_json else None


def _notes(block: Content) -> list[str]:
    found = enumerate(one.generation_pattern for one in block.elements)
    return [f"`elements.{number}.generation_pattern` {word!r} was read as {_MEANINGS[word]}" for number, word in found]


def _fields(block: Content, names: list[str]) -> dict[str, str]:
    fields = {f"{PATTERN}.placeholders.{name}": f"elements.{number}" for number, name in enumerate(names)}
    fields |= {f"elements.{number}.name": f"elements.{number}.id" for number in range(len(names))}
    first = next((n for n, one in enumerate(block.elements) if one.generation_pattern in _TEMPLATES), None)
    fields[f"{PATTERN}.template"] = "elements" if first is None else f"elements.{first}.template"
    fields[PATTERN] = "elements"
    return fields


def _artifact_metadata(metadata: JsonObject, reading: Reading) -> JsonObject:
    known = {field.alias or name for name, field in ArtifactMetadata.model_fields.items()}
    read = {name: part for name, part in metadata.items() if name in known}
    unused = [f"`metadata.{name}`" for name in metadata if name not in known]
    if isinstance(kind := metadata.get("type"), str) and kind not in _ARTIFACT_TYPES:
        del read["type"]
        unused.append("`metadata.type`")
    if unused:
        verb = "says" if len(unused) == 1 else "say"
        reading.notes.append(f"{', '.join(unused)} {verb} nothing about the text; not used")
    if "purpose" not in metadata and isinstance(title := metadata.get("description", metadata.get("title")), str):
        read["purpose"] = title
        reading.notes.append("`metadata.purpose` is missing: the description or title was taken for it")
    return read
