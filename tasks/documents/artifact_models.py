"""An artifact config: a document put together from what other configs make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, JsonValue, PrivateAttr

from tasks.documents.config_parts import ConfigId, Evolution, Filled, Order, Part, Placeholder, SchemaRef, State
from tasks.documents.dialects.reading import field_written
from tasks.documents.placeholders import with_placeholders
from tasks.errors import PressroomError, fault
from tasks.models import JsonObject

Format = Literal["markdown", "code", "binary", "bdd", "test_results", "json", "yaml", "text", "html", "xml"]
Strategy = Literal["concat", "merge", "template", "custom"]


class ArtifactOutput(Part):
    """A file the artifact is written to."""

    file: Filled
    format: Format
    language_dialect: str | None = None
    encoding: Literal["utf-8"] = "utf-8"


class ArtifactMetadata(Part):
    """What the artifact is and where it goes."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    purpose: Annotated[str, Field(min_length=1, max_length=1000)]
    type: Literal["documentation", "test", "code", "configuration", "report", "mixed"] | None = None
    version: str | None = None
    description: str | None = None
    outputs: Annotated[list[ArtifactOutput], Field(min_length=1)]
    strategy: Strategy = Field(default="concat", alias="compositionStrategy")


class ArtifactChild(Part):
    """A config whose content is part of the artifact."""

    id: Filled
    path: str
    required: bool = True
    order: Order | None = None
    version: str | None = None
    notes: str | None = None
    retrieval_strategy: Literal["latest", "all", "version", "approved_only"] = Field(
        default="latest", alias="retrievalStrategy"
    )
    conditions: JsonValue = None
    """When the child is part of it: a condition, or an object whose `include_if` is one."""
    expected_source: Literal["ai", "human", "template", "mixed", "any"] = "any"
    review_required: bool = False
    depends_on: list[str] = []
    """Ids of children that come before this one, where the config's dialect can say so."""
    context: JsonObject = {}
    """Values for this child alone; what is given at run time wins."""


class ArtifactContent(Part):
    """The children an artifact is made of."""

    children: Annotated[list[ArtifactChild], Field(min_length=1)]
    separator: str = "\n\n"
    """What stands between two children, for the strategy `concat`."""
    template: str | None = None
    """Template file that puts the children together, for the strategy `template`."""


class Dependency(Part):
    """Something outside the artifact that it depends on."""

    id: Filled
    type: Literal["artifact", "external_system", "requirement", "code_module"]
    locator: str
    relationship: Literal["tests", "implements", "documents", "based_on", "related_to", "requires"]
    notes: str | None = None


class ArtifactRule(Part):
    """A check the artifact has to pass."""

    id: str
    check_type: Literal["completeness", "coherence", "format", "lint", "custom_check"]
    target: str | None = None
    check_config: JsonObject | None = None
    threshold: Annotated[float, Field(ge=0)] | None = None
    severity: Literal["error", "warning", "info"] = "error"


class ArtifactValidation(Part):
    """The checks of the artifact."""

    rules: list[ArtifactRule]


class ArtifactConfig(Part):
    """An artifact config: which children, in which order, put together how, written where."""

    type: Literal["artifact"]
    id: ConfigId
    schema_ref: SchemaRef = Field(alias="schemaRef")
    metadata: ArtifactMetadata
    content: ArtifactContent
    dependencies: list[Dependency] = []
    context: JsonObject = {}
    """Values for all children; what is given at run time wins."""
    placeholders: dict[str, Placeholder] = {}
    """Values that must be given or be of some kind, where the config's dialect can say so."""
    state: State | None = None
    validation: ArtifactValidation | None = None
    evolution: Evolution | None = None

    _path: str = PrivateAttr(default="")
    _fields: Mapping[str, str] = PrivateAttr(default={})

    @property
    def path(self) -> str:
        """File this config was read from; empty when it was made in code."""
        return self._path

    def read_from(self, path: str, fields: Mapping[str, str] | None = None) -> ArtifactConfig:
        """Note for messages the file this config was read from, and what its dialect calls the fields of ours."""
        self._path, self._fields = path, fields or {}
        return self

    def merged_context(self, context: JsonObject) -> JsonObject:
        """Return the artifact's own values overlaid with those given at run time; the children are made from these."""
        values = {**self.context, **context}
        return with_placeholders(self.placeholders, values, self.id) if self.placeholders else values

    def written(self, field: str) -> str:
        """Return a field's name as it stands in the file."""
        return field_written(field, self._fields)

    @property
    def makes(self) -> str:
        """Format of what it makes: that of the first file it is written to."""
        return self.metadata.outputs[0].format

    def invalid(self, field: str, why: str) -> PressroomError:
        """Build the error for a field of this config."""
        return fault(
            "CONFIG_INVALID",
            config_id=self.id,
            path=self._path or "(not from a file)",
            field=self.written(field),
            why=why,
        )
