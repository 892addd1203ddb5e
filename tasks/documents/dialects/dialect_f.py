"""Dialect F: templates with a generator and default values, and collections of them.

`validation_schema` is read as what the values have to be: nothing else of a template is an object with properties.
"""

from __future__ import annotations

from string import Formatter
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from tasks.documents.config_parts import ConfigId
from tasks.documents.dialects.building import (
    PATTERN,
    artifact_config,
    content_config,
    element,
    fields_of_children,
    format_of_path,
)
from tasks.documents.dialects.names import is_name
from tasks.documents.dialects.reading import Reading, Source, Written, WrittenFault, checked, told_unused
from tasks.documents.dialects.rules import known_rules
from tasks.models import JsonObject

_TEMPLATES = "templates"
_OF_MODEL = ("model", "temperature", "max_tokens", "system_prompt")


class GeneratorConfig(Written):
    """What the generator needs: a template's file, or a prompt and a model."""

    template_path: str | None = None
    prompt: str | None = None
    model: JsonValue = None
    temperature: JsonValue = None
    max_tokens: JsonValue = None
    system_prompt: JsonValue = None


class Template(Written):
    """A template config."""

    id: ConfigId
    validation_schema: JsonObject = {}
    generator: Literal["llm", "jinja2"]
    generator_config: GeneratorConfig
    default_context: JsonObject = {}
    description: str | None = None


class Collection(Written):
    """A collection config."""

    id: ConfigId
    members: Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]
    dependencies: dict[str, list[str]] = {}
    context: JsonObject = {}
    freshness_policy: JsonValue = None
    template_id: str | None = None
    description: str | None = None


def read_content(value: JsonObject, source: Source) -> Reading:
    """Read a template config."""
    written = checked(Template, value)
    fields = {
        "metadata.description": "description",
        PATTERN: "generator_config",
        f"{PATTERN}.template": "generator_config.template_path",
        f"{PATTERN}.generation_config": "generator_config",
        f"{PATTERN}.generation_config.context": "default_context",
        f"{PATTERN}.placeholders": "validation_schema.properties",
    }
    reading = Reading({}, [], fields)
    pattern = _jinja(written, source) if written.generator == "jinja2" else _modelled(written, reading)
    pattern["placeholders"] = _checks(written.validation_schema, reading)
    path = written.generator_config.template_path
    reading.value = content_config(
        config_id=written.id,
        description=written.description or written.id,
        output_format=format_of_path((path or "").removesuffix(".j2").removesuffix(".jinja")),
        elements=[element("content", "markdown")],
        pattern=pattern,
    )
    reading.notes.append(f"`generator` {written.generator!r} with its `generator_config` was read as the one pattern")
    reading.notes += told_unused(written)
    return reading


def read_artifact(value: JsonObject, source: Source) -> Reading:
    """Read a collection config."""
    written = checked(Collection, value)
    members = {*written.members}
    for name, needed in written.dependencies.items():
        for one in [name, *needed]:
            if one not in members:
                raise WrittenFault(f"dependencies.{name}", f"{one!r} is not among the `members`")
    reading = Reading({}, ["`members` were read as `content.children`"])
    reading.fields = fields_of_children(len({*written.members}), "members", {"id": "", "path": ""})
    for number, name in enumerate(dict.fromkeys(written.members)):
        reading.fields[f"content.children.{number}.depends_on"] = f"dependencies.{name}"
    reading.value = artifact_config(
        config_id=written.id,
        title=written.id,
        purpose=written.description,
        file=f"{written.id}.md",
        strategy="concat",
        children=[_child(name, written) for name in dict.fromkeys(written.members)],
        context=written.context,
    )
    if written.template_id is not None:
        reading.notes.append(
            f"`template_id` {written.template_id!r} makes the members that have no config of their own"
        )
    if written.freshness_policy is not None:
        reading.notes.append(
            "`freshness_policy` is not used: a document is made anew when what it is made from changes"
        )
    reading.notes += told_unused(written)
    return reading


def _child(name: str, written: Collection) -> JsonObject:
    return {"id": name, "path": written.template_id or "", "depends_on": [*written.dependencies.get(name, [])]}


def _jinja(written: Template, source: Source) -> JsonObject:
    path = written.generator_config.template_path
    if not path:
        raise WrittenFault("generator_config.template_path", "it is missing or empty")
    config: JsonObject = {"undefined_behavior": "error", "context": written.default_context}
    if not source.exists(path) and source.exists(f"{_TEMPLATES}/{path}"):
        config["template_dir"] = _TEMPLATES
    return {"type": "jinja2", "template": path, "generation_config": config}


def _modelled(written: Template, reading: Reading) -> JsonObject:
    asked = written.generator_config
    if not asked.prompt:
        raise WrittenFault("generator_config.prompt", "it is missing or empty")
    config: JsonObject = {"prompt": _with_braces(asked.prompt), "context": written.default_context}
    config |= {name: value for name in _OF_MODEL if (value := getattr(asked, name)) is not None}
    reading.fields[f"{PATTERN}.template"] = "generator_config.prompt"
    return {"type": "code_generation", "generation_config": config}


def _with_braces(prompt: str) -> str:
    """Write `{name}` as `{{name}}`; a prompt that is no such template stays as it is."""
    try:
        parts = [*Formatter().parse(prompt)]
    except ValueError:
        return prompt
    return "".join(text + ("" if name is None else f"{{{{{name}}}}}") for text, name, _, _ in parts)


def _checks(schema: JsonObject, reading: Reading) -> JsonObject:
    properties, required = schema.get("properties", {}), schema.get("required", [])
    if not isinstance(properties, dict):
        raise WrittenFault("validation_schema.properties", "it is not an object")
    if not isinstance(required, list):
        raise WrittenFault("validation_schema.required", "it is not a list")
    checks: JsonObject = {}
    for name in dict.fromkeys([*properties, *(one for one in required if isinstance(one, str))]):
        rules = properties.get(name, {})
        if not is_name(name) or not isinstance(rules, dict):
            reading.notes.append(f"`validation_schema.properties.{name}` is not checked")
            continue
        known = known_rules(rules, f"validation_schema.properties.{name}", reading.notes)
        checks[name] = {
            "paths": [name],
            "required": name in required,
            "default": rules.get("default"),
            "constraints": known,
        }
        reading.fields[f"{PATTERN}.placeholders.{name}.constraints"] = f"validation_schema.properties.{name}"
    if checks:
        reading.notes.append("`validation_schema` was read as what the values have to be")
    return checks
