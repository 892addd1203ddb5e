"""A content config, and the questions generators ask of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr

from tasks.documents.config_parts import (
    Child,
    ConfigId,
    Element,
    EphemeralStorage,
    Evolution,
    Generation,
    Inputs,
    Instructions,
    Metadata,
    Part,
    Pattern,
    SchemaRef,
    State,
    Validation,
    Variable,
)
from tasks.documents.dialects.reading import field_written
from tasks.documents.generators import normal_type
from tasks.errors import PressroomError, fault
from tasks.models import JsonObject

__all__ = ["ContentConfig", "Element", "Pattern", "Variable"]

EXTENSIONS = {
    "markdown": "md",
    "json": "json",
    "yaml": "yaml",
    "python": "py",
    "javascript": "js",
    "typescript": "ts",
    "gherkin": "feature",
    "text": "txt",
    "html": "html",
    "xml": "xml",
}


class ContentConfig(Part):
    """A content config: what to make, from which template, with which values."""

    type: Literal["content"]
    id: ConfigId
    schema_ref: SchemaRef = Field(alias="schemaRef")
    metadata: Metadata
    instructions: Instructions | None = None
    inputs: Inputs | None = None
    ephemeral_storage: EphemeralStorage | None = Field(default=None, alias="ephemeralStorage")
    elements: Annotated[list[Element], Field(min_length=1)]
    children: list[Child] = []
    generation: Generation | None = None
    validation: Validation | None = None
    state: State | None = None
    evolution: Evolution | None = None

    _path: str = PrivateAttr(default="")
    _fields: Mapping[str, str] = PrivateAttr(default={})

    @property
    def generator(self) -> str:
        """Type of the first pattern: the generator that makes this content."""
        patterns = self.generation.patterns if self.generation else []
        return normal_type(patterns[0].type) if patterns else "demonstration"

    @property
    def extension(self) -> str:
        """Ending of the file this content goes into."""
        return EXTENSIONS[self.makes]

    @property
    def makes(self) -> str:
        """Format of what it makes."""
        return self.metadata.output_format or "markdown"

    @property
    def path(self) -> str:
        """File this config was read from; empty when it was made in code."""
        return self._path

    def read_from(self, path: str, fields: Mapping[str, str] | None = None) -> ContentConfig:
        """Note for messages the file this config was read from, and what its dialect calls the fields of ours."""
        self._path, self._fields = path, fields or {}
        return self

    def written(self, field: str) -> str:
        """Return a field's name as it stands in the file."""
        return field_written(field, self._fields)

    def pattern(self, kind: str) -> Pattern:
        """Return the first pattern of a generator's type; a config without one is at fault."""
        for pattern in self.generation.patterns if self.generation else ():
            if pattern.type == kind or normal_type(pattern.type) == kind:
                return pattern
        raise self.invalid("generation.patterns", f"there is no pattern of the type {kind!r}")

    def template(self, pattern: Pattern) -> str:
        """Return the pattern's template; a pattern without one is at fault."""
        if not pattern.template:
            raise self.pattern_invalid(pattern, "template", "it is missing or empty")
        return pattern.template

    def merged_context(self, pattern: Pattern, context: JsonObject, awaited: Collection[str] = ()) -> JsonObject:
        """Return the pattern's own values overlaid with those given at run time; `awaited` names what comes later."""
        if not isinstance(context, dict):
            raise fault("CONTEXT_INVALID", item_id=self.id, why=f"it is a {type(context).__name__}, not an object")
        for name in context:
            if not isinstance(name, str):
                raise fault("CONTEXT_INVALID", item_id=self.id, why=f"the name {name!r} is not a text")
        own = pattern.generation_config.get("context")
        if own is not None and not isinstance(own, dict):
            raise self.pattern_invalid(pattern, "generation_config.context", "it is not an object")
        values = {**own, **context} if own is not None else context
        if not pattern.placeholders:
            return values
        from tasks.documents.placeholders import with_placeholders  # Few configs have any.

        place = f"{self._place(pattern)}.placeholders"
        return with_placeholders(pattern.placeholders, values, self.id, place, awaited)

    def invalid(self, field: str, why: str) -> PressroomError:
        """Build the error for a field of this config."""
        path, written = self._path or "(not from a file)", self.written(field)
        return fault("CONFIG_INVALID", config_id=self.id, path=path, field=written, why=why)

    def pattern_invalid(self, pattern: Pattern, field: str, why: str) -> PressroomError:
        """Build the error for a field of one of this config's patterns."""
        return self.invalid(f"{self._place(pattern)}.{field}", why)

    def _place(self, pattern: Pattern) -> str:
        patterns = self.generation.patterns if self.generation else []
        return f"generation.patterns.{next((number for number, one in enumerate(patterns) if one is pattern), 0)}"
