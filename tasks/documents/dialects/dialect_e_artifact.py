"""Artifacts of dialect E: `content_elements`, each with the file of its config, conditions and dependencies."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from tasks.documents.config_parts import ConfigId, Order
from tasks.documents.dialects.building import artifact_config, extension_of, fields_of_children, output_format
from tasks.documents.dialects.reading import Reading, Source, Written, WrittenFault, checked, told_unused
from tasks.documents.dialects.rules import readable
from tasks.models import JsonObject

_STRATEGIES = {"deep_merge": "merge", "concatenate": "concat"}
Strategy = Literal["concat", "concatenate", "merge", "deep_merge", "template"]

_PRIORITIES = {"critical": 0, "high": 1, "medium": 2, "normal": 2, "low": 3}
_NAMES = {
    "id": ".name",
    "path": ".config",
    "order": ".execution_order",
    "conditions": ".conditional.include_if",
    "depends_on": ".dependencies",
}
_WHY_UNUSED = {
    "post_processing": "no script of a config is run",
    "assembly.output_structure": "the parts themselves tell the structure",
    "assembly.formatting": "JSON is written with an indent of two",
    "validation.post_generation": "only values are checked",
}


class Conditional(Written):
    """When a part belongs to the artifact."""

    include_if: str | None = None


class Part(Written):
    """A part of the artifact."""

    name: Annotated[str, Field(min_length=1)] | None = None
    config: str = ""
    required: bool = True
    priority: str | None = None
    execution_order: Order | None = None
    description: str | None = None
    dependencies: list[str] = []
    conditional: Conditional = Conditional()
    condition: str | None = None


class Metadata(Written):
    """Where the artifact goes."""

    title: str | None = None
    output_format: str | None = None
    output_file: str | None = None
    target_directory: str | None = None


class Assembly(Written):
    """How the parts are put together."""

    strategy: Strategy | None = None
    merge_strategy: Strategy | None = None
    ordering: str | None = None
    output_format: str | None = None
    template: str | None = None


class BeforeGeneration(Written):
    """What the context has to hold."""

    required_context_fields: list[str] = []


class Validation(Written):
    """What is checked, and when."""

    pre_generation: BeforeGeneration = BeforeGeneration()


class Artifact(Written):
    """An artifact config."""

    schema_: JsonValue = Field(default=None, alias="$schema")
    name: ConfigId | None = None
    artifact_type: ConfigId | None = None
    version: str | None = None
    description: str | None = None
    metadata: Metadata = Metadata()
    content_elements: Annotated[list[Part], Field(min_length=1)]
    assembly: Assembly = Assembly()
    validation: Validation = Validation()


def read_artifact(value: JsonObject, source: Source) -> Reading:
    """Read an artifact config of dialect E."""
    written = checked(Artifact, value)
    config_id = written.name or written.artifact_type or source.stem
    reading = Reading({}, ["`content_elements` were read as `content.children`"], _fields(written))
    if written.name is None:
        known = "`artifact_type`" if written.artifact_type else "the file's name"
        reading.notes.append(f"there is no `name`: {known} {config_id!r} was taken for it")
    told = written.metadata
    reading.value = artifact_config(
        config_id=config_id,
        title=told.title or config_id,
        purpose=written.description,
        file=told.output_file or _file(config_id, written),
        strategy=_strategy(written, reading),
        children=[_child(one, number, written, reading) for number, one in enumerate(written.content_elements)],
        template=written.assembly.template,
    )
    required = written.validation.pre_generation.required_context_fields
    reading.value["placeholders"] = {name: {"paths": [name], "required": True} for name in required}
    reading.notes += told_unused(written, _WHY_UNUSED)
    return reading


def _file(config_id: str, written: Artifact) -> str:
    folder = (written.metadata.target_directory or "").rstrip("/")
    name = f"{config_id}.{extension_of(_format(written))}"
    return f"{folder}/{name}" if folder else name


def _format(written: Artifact) -> str | None:
    return written.metadata.output_format or written.assembly.output_format


def _strategy(written: Artifact, reading: Reading) -> str:
    asked = written.assembly.strategy or written.assembly.merge_strategy
    if asked is None:
        return "merge" if output_format(_format(written)) == "json" else "concat"
    strategy = _STRATEGIES.get(asked, asked)
    if strategy != asked:
        name = "strategy" if written.assembly.strategy else "merge_strategy"
        reading.notes.append(f"`assembly.{name}` {asked!r} was read as {strategy!r}")
    return strategy


def _child(part: Part, number: int, written: Artifact, reading: Reading) -> JsonObject:
    order = part.execution_order
    if order is None or (written.assembly.ordering or "").startswith("by_priority"):
        order = _PRIORITIES.get((part.priority or "").lower(), order)
    return {
        "id": _name(part, number),
        "path": part.config,
        "required": part.required,
        "order": order,
        "notes": part.description,
        "conditions": _condition(part, number, reading),
        "depends_on": [*part.dependencies],
    }


def _name(part: Part, number: int) -> str:
    name = part.name or PurePosixPath(part.config).stem
    if not name:
        raise WrittenFault(f"content_elements.{number}.name", "it is missing, and so is `config`")
    return name


def _condition(part: Part, number: int, reading: Reading) -> str | None:
    """Return a condition that can be read; prose is told instead, and the part is tried whenever the artifact is."""
    text, name = part.conditional.include_if, "conditional.include_if"
    if text is None:
        text, name = part.condition, "condition"
    return readable(text, f"content_elements.{number}.{name}", reading.notes)


def _fields(written: Artifact) -> dict[str, str]:
    return fields_of_children(len(written.content_elements), "content_elements", _NAMES) | {
        "id": "name" if written.name else "artifact_type",
        "metadata.compositionStrategy": "assembly.strategy",
        "content.template": "assembly.template",
        "metadata.outputs": "metadata.output_format",
        "metadata.outputs.0.file": "metadata.output_file"
        if written.metadata.output_file
        else "metadata.target_directory",
        "placeholders": "validation.pre_generation.required_context_fields",
        "context": "validation",
    }
