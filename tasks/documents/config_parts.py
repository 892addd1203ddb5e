"""The parts of a content config (documents-format.md, section 1).

Unknown fields are refused, so that a misspelt field is an error and never silently without effect.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator

from tasks.documents.constraints import Constraints
from tasks.errors import PressroomError
from tasks.models import JsonObject

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
Filled = Annotated[str, Field(min_length=1)]
Order = Annotated[int, Field(ge=0)]
ConfigId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$")]
"""An id of any dialect: a file may be named by it, and never a folder or anything outside."""


class Part(BaseModel):
    """What all parts have in common: no unknown fields, and no change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class SchemaRef(Part):
    """Which schema, in which version, the config is written for."""

    id: str
    version: Annotated[str, Field(pattern=r"^\d+\.\d+(\.\d+)?$")]


class Metadata(Part):
    """What the config is for, and what it makes."""

    description: Annotated[str, Field(min_length=1, max_length=500)]
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    generation_frequency: Literal["manual", "on_demand", "scheduled", "continuous"] = "manual"
    output_format: (
        Literal["markdown", "json", "yaml", "python", "javascript", "typescript", "gherkin", "text", "html", "xml"]
        | None
    ) = None


class Instructions(Part):
    """Words for a language model."""

    global_: str | None = Field(default=None, alias="global")
    system_prompt: str | None = None
    user_prompt: str | None = None


class InputSource(Part):
    """Something the content is made from."""

    id: Name
    source_type: Literal[
        "content_config",
        "artifact_config",
        "ephemeral_output",
        "external_file",
        "git_reference",
        "inline_data",
        "requirement_id",
    ]
    source_locator: Filled
    data_selector: str | None = None
    required: bool = True
    notes: str | None = None


class Inputs(Part):
    """All the content is made from."""

    sources: list[InputSource]


class EphemeralStorage(Part):
    """Where drafts are kept."""

    base_path: str | None = Field(default=None, alias="basePath")
    subfolder_pattern: str | None = Field(default=None, alias="subfolderPattern")
    filename_pattern: str | None = Field(default=None, alias="filenamePattern")
    format: Literal["json", "yaml", "text"] = "json"


class Element(Part):
    """A named part of the content, with an example of it."""

    name: Name
    format: Literal["markdown", "code", "text", "json", "yaml", "gherkin", "section"]
    description: str | None = None
    prompt_guidance: str | None = None
    output_format: str | None = None
    example_output: str | None = None
    generation_source: Literal["ai", "human", "template", "mixed"] | None = None
    review_status: Literal["pending", "approved", "needs_revision"] = "pending"
    human_feedback: str | None = None


class Child(Part):
    """Another config that belongs to this one."""

    id: str
    path: str
    required: bool = True
    order: Order | None = None
    version: str | None = None
    notes: str | None = None
    conditions: JsonValue = None


class Variable(Part):
    """A name in a demonstration's template and where its value comes from."""

    name: Annotated[str, Field(pattern=r"^[a-zA-Z_]\w*$")]
    variable_type: Literal["string", "number", "boolean", "array", "object"] = Field("string", alias="variableType")
    source: str
    default: JsonValue = None


class Placeholder(Part):
    """Where a value comes from and what it has to be, for dialects that can say so."""

    value: JsonValue = None
    """The value, where it is always the same."""
    paths: list[str] = []
    """Names in the context, with dots into objects; the first that is given counts."""
    default: JsonValue = None
    required: bool = False
    include_if: str | None = None
    """The value counts only while this condition holds."""
    constraints: Constraints | None = None
    message: str | None = None
    """The config's own words for a value that is not."""
    as_json: bool = False
    """Objects and lists are put into the text as JSON."""

    @field_validator("include_if")
    @classmethod
    def _can_be_read(cls, condition: str | None) -> str | None:
        if condition is not None:
            from tasks.documents.conditions import read_condition  # Few configs have any.

            try:
                read_condition(condition)
            except PressroomError as error:
                raise ValueError(error.message) from None
        return condition


class Pattern(Part):
    """One way to generate the content; its type names the generator."""

    id: Name
    type: Name
    template: str | None = None
    generation_config: JsonObject = {}
    variables: list[Variable] = []
    inline: bool = False
    """For `jinja2`: the template is the text itself, not the name of a file."""
    placeholders: dict[str, Placeholder] = {}
    """Values by their name in the template."""


class Generation(Part):
    """The ways to generate the content; the first decides."""

    patterns: list[Pattern]


class Rule(Part):
    """A check the content has to pass."""

    id: str
    check_type: Literal["presence", "format", "lint", "syntax", "custom"]
    target: str
    check_config: JsonObject | None = None
    threshold: Annotated[float, Field(ge=0)] | None = None
    severity: Literal["error", "warning", "info"] = "error"


class Validation(Part):
    """The checks of the content."""

    rules: list[Rule]


class Tracking(Part):
    """What is remembered about the content."""

    history: bool = False
    versioning: bool = False


class State(Part):
    """How the content's past is kept."""

    tracking: Tracking = Tracking()


class Change(Part):
    """An entry of a config's history."""

    date: str
    type: Literal["creation", "update", "approval", "deprecation"]
    description: str
    rationale: str | None = None


class Evolution(Part):
    """How far a config has come."""

    stage: Literal["draft", "review", "approved", "deprecated"] = "draft"
    history: list[Change] = []
