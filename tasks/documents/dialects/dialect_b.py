"""Dialect B, that of how-to guides: nearly A, with `schemaRef.uri`, short versions and hyphens.

Read by changing what differs and leaving the rest as it stands, so that A's own model checks it by names that are
the same in both.
"""

from __future__ import annotations

import re

from pydantic import JsonValue

from tasks.documents.config_parts import Metadata
from tasks.documents.dialects.names import NewNames, is_inline, is_name, names_in, renamed
from tasks.documents.dialects.reading import Reading, Source
from tasks.models import JsonObject

_TWO_PARTS = re.compile(r"\d+\.\d+")
_FORMATS = {"markdown", "code", "text", "json", "yaml", "gherkin", "section"}
_TEXTS = {"jinja2", "jinja", "html", "xml", "plain", "plaintext", "csv", "rst"}
_DESCRIPTIVE = ("title", "purpose", "name")
_OWN_OF_PATTERN = ("template_source", "template_file", "required_context", "optional_context", "context")


def read_content(value: JsonObject, source: Source) -> Reading:
    """Read a content config of dialect B."""
    reading = Reading(dict(value))
    read_reference(reading, "content-schema")
    _read_metadata(reading)
    _read_elements(reading)
    generation = value.get("generation")
    if isinstance(generation, dict) and isinstance(patterns := generation.get("patterns"), list):
        read = [_pattern(one, number, reading) for number, one in enumerate(patterns)]
        reading.value["generation"] = {**generation, "patterns": read}
    return reading


def read_reference(reading: Reading, schema_id: str) -> None:
    """Read `schemaRef.uri`; artifact configs of these guides have it too."""
    reference = reading.value.get("schemaRef")
    if isinstance(reference, dict) and "uri" in reference:
        rest = {name: part for name, part in reference.items() if name != "uri"}
        reading.value["schemaRef"] = {"id": schema_id, **rest}
        reading.fields["schemaRef.id"] = "schemaRef.uri"
        reading.notes.append(f"`schemaRef.uri` {reference['uri']!r} was read as `schemaRef.id` {schema_id!r}")


def _read_metadata(reading: Reading) -> None:
    metadata = reading.value.get("metadata")
    if not isinstance(metadata, dict):
        return
    read = {name: part for name, part in metadata.items() if name in Metadata.model_fields}
    there = () if "description" in metadata else _DESCRIPTIVE
    instead = next((name for name in there if metadata.get(name)), None)
    if instead is not None:
        read["description"] = metadata[instead]
        reading.fields["metadata.description"] = f"metadata.{instead}"
        reading.notes.append(f"`metadata.{instead}` was read as `metadata.description`")
    version = metadata.get("version")
    if isinstance(version, str) and _TWO_PARTS.fullmatch(version):
        read["version"] = f"{version}.0"
        reading.notes.append(f"`metadata.version` {version!r} was read as {version + '.0'!r}")
    if metadata.get("generation_frequency") == "on-demand":
        read["generation_frequency"] = "on_demand"
        reading.notes.append("`metadata.generation_frequency` 'on-demand' was read as 'on_demand'")
    unused = [f"`metadata.{name}`" for name in metadata if name not in read and name != instead]
    if unused:
        verb = "says" if len(unused) == 1 else "say"
        reading.notes.append(f"{', '.join(unused)} {verb} nothing about the text; not used")
    reading.value["metadata"] = read


def _read_elements(reading: Reading) -> None:
    elements = reading.value.get("elements")
    if elements is None and isinstance(reading.value.get("generation"), dict):
        reading.value["elements"] = [{"name": "content", "format": "markdown"}]
        reading.notes.append("there are no `elements`: one named 'content' was taken for the whole")
    elif isinstance(elements, list):
        reading.value["elements"] = [_element(one, number, reading) for number, one in enumerate(elements)]


def _element(element: JsonValue, number: int, reading: Reading) -> JsonValue:
    if not isinstance(element, dict):
        return element
    read = dict(element)
    written = element.get("format")
    if isinstance(written, str) and written not in _FORMATS and is_name(written):
        read["format"] = "text" if written in _TEXTS else "code"
        reading.notes.append(f"`elements.{number}.format` {written!r} was read as {read['format']!r}")
    if read.pop("template_file", None) is not None:
        reading.notes.append(f"`elements.{number}.template_file` is not used: a pattern names its template itself")
    return read


def _pattern(pattern: JsonValue, number: int, reading: Reading) -> JsonValue:
    if not isinstance(pattern, dict):
        return pattern
    read = {name: part for name, part in pattern.items() if name not in _OWN_OF_PATTERN}
    place = f"generation.patterns.{number}"
    _move_template(pattern, read, place, reading)
    _move_context(pattern, read, place, reading)
    _rename(read, place, reading)
    return read


def _move_template(pattern: JsonObject, read: JsonObject, place: str, reading: Reading) -> None:
    file = pattern.get("template_file")
    if file is not None and "template" not in pattern:
        read["template"] = file
        reading.fields[f"{place}.template"] = f"{place}.template_file"
        reading.notes.append(f"`{place}.template_file` was read as `template`")
    template = read.get("template")
    if pattern.get("type") == "jinja2" and isinstance(template, str):
        inline = is_inline(template) or pattern.get("template_source") == "inline"
        if inline and pattern.get("template_source") != "file":
            read["inline"] = True
            reading.notes.append(f"`{place}.template` was read as the template itself, not as the name of a file")


def _move_context(pattern: JsonObject, read: JsonObject, place: str, reading: Reading) -> None:
    config = pattern.get("generation_config", {})
    if "context" in pattern and isinstance(config, dict) and "context" not in config:
        read["generation_config"] = {**config, "context": pattern["context"]}
        reading.fields[f"{place}.generation_config.context"] = f"{place}.context"
        reading.notes.append(f"`{place}.context` was read as `generation_config.context`")
    required = pattern.get("required_context")
    if isinstance(required, list) and "placeholders" not in pattern:
        names = [name for name in required if isinstance(name, str)]
        read["placeholders"] = {name: {"paths": [name], "required": True} for name in names}
        reading.fields[f"{place}.placeholders"] = f"{place}.required_context"
        reading.notes.append(f"`{place}.required_context` was read as values that must be given")


def _rename(read: JsonObject, place: str, reading: Reading) -> None:
    """Give variables with hyphens names that generators know, in the list and in the template alike."""
    variables, template = read.get("variables", []), read.get("template")
    text = template if isinstance(template, str) and read.get("type") != "jinja2" else ""
    listed = [one for one in variables if isinstance(one, dict)] if isinstance(variables, list) else []
    written = dict.fromkeys(name for one in listed if isinstance(name := one.get("name"), str))
    # Elsewhere a name that no variable has stays as it is written.
    in_text = names_in(text)
    free = [name for name in in_text if name not in written] if read.get("type") == "template_fill" else []
    names, new = dict[str, str](), NewNames([*written, *in_text])
    for name in [*written, *free]:
        if "-" in name and is_name(name.replace("-", "_")) and name not in names:
            names[name] = new.of(name)
            reading.notes.append(f"variable {name!r} was read as {names[name]!r}")
    if names and text:
        read["template"] = renamed(text, names)
    if names and isinstance(variables, list) and variables:
        read["variables"] = [_renamed_variable(one, names) for one in variables]
    _take_from_context({name: names[name] for name in free if name in names}, read, place, reading)


def _take_from_context(names: dict[str, str], read: JsonObject, place: str, reading: Reading) -> None:
    """Let values that are given under the written name reach the name in the template."""
    config, held = read.get("generation_config"), read.get("placeholders", {})
    behaviour = config.get("undefined_behavior") if isinstance(config, dict) else None
    required = behaviour in (None, "error", "strict")
    if names and isinstance(held, dict):
        taken: JsonObject = {new: {"paths": [name, new], "required": required} for name, new in names.items()}
        read["placeholders"] = {**held, **taken}
        reading.fields |= {f"{place}.placeholders.{new}": f"{place}.template" for new in names.values()}


def _renamed_variable(variable: JsonValue, names: dict[str, str]) -> JsonValue:
    name = variable.get("name") if isinstance(variable, dict) else None
    if isinstance(variable, dict) and isinstance(name, str) and name in names:
        return {**variable, "name": names[name]}
    return variable
