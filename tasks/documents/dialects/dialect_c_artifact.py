"""Artifacts of dialect C: `sections`, each with the id of a content config, and a `composition`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tasks.documents.config_parts import Order
from tasks.documents.dialects.building import artifact_config, fields_of_children
from tasks.documents.dialects.dialect_c import Metadata, own_id
from tasks.documents.dialects.reading import Reading, Source, Written, checked, told_unused
from tasks.models import JsonObject

_NAMES = {"id": ".contentConfigId", "path": ".contentConfigId", "depends_on": ".dependencies"}
_FIELDS = {
    "id": "metadata.id",
    "metadata.outputs": "outputPath",
    "metadata.outputs.0.file": "outputPath",
    "metadata.compositionStrategy": "composition.strategy",
    "content.template": "composition.template",
}


class Section(Written):
    """A part of an artifact."""

    contentConfigId: Annotated[str, Field(min_length=1)]
    order: Order | None = None
    required: bool = True
    context: JsonObject = {}
    dependencies: list[str] = []
    outputs: list[str] = []


class Composition(Written):
    """How the parts are put together."""

    strategy: Literal["concatenate", "concat", "merge", "structured", "template"] = "concatenate"
    separator: str | None = None
    template: str | None = None


class Artifact(Written):
    """An artifact config."""

    metadata: Metadata
    sections: Annotated[list[Section], Field(min_length=1)]
    composition: Composition = Composition()
    outputPath: str | None = None


def read_artifact(value: JsonObject, source: Source) -> Reading:
    """Read an artifact config of dialect C."""
    written = checked(Artifact, value)
    fields = fields_of_children(len(written.sections), "sections", _NAMES) | _FIELDS
    reading = Reading({}, ["`sections` were read as `content.children`"], fields)
    config_id = own_id(written.metadata, source, reading)
    told, composition = written.metadata, written.composition
    makers = _makers(written.sections)
    strategy = {"concatenate": "concat", "structured": "template"}.get(composition.strategy, composition.strategy)
    if strategy != composition.strategy:
        reading.notes.append(f"`composition.strategy` {composition.strategy!r} was read as {strategy!r}")
    reading.value = artifact_config(
        config_id=config_id,
        title=told.title,
        purpose=told.description,
        file=written.outputPath or f"{config_id}.md",
        strategy=strategy,
        children=[_child(one, makers) for one in written.sections],
        separator=composition.separator,
        template=composition.template,
    )
    reading.notes += told_unused(written)
    return reading


def _makers(sections: list[Section]) -> dict[str, list[str]]:
    """Say for each name that a section may depend on which sections stand for it: by their id, or what they put out."""
    makers: dict[str, list[str]] = {}
    for one in sections:
        for name in {one.contentConfigId, *one.outputs}:
            makers.setdefault(name, []).append(one.contentConfigId)
    return makers


def _child(section: Section, makers: dict[str, list[str]]) -> JsonObject:
    needed = dict.fromkeys(maker for name in section.dependencies for maker in makers.get(name, ()))
    child: JsonObject = {"id": section.contentConfigId, "path": "", "required": section.required}
    child |= {"order": section.order, "depends_on": [*needed]}
    return {**child, "context": section.context} if section.context else child
