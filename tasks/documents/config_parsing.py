"""From a file's value to a config, or to an error that names the field.

Configs of other tools' dialects are told apart first: "not this format" helps more than twenty wrong fields.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import JsonValue, ValidationError

from tasks.documents.artifact_models import ArtifactConfig
from tasks.documents.config_models import ContentConfig
from tasks.errors import PressroomError, fault
from tasks.models import JsonObject


def model_of(value: JsonValue) -> type[ContentConfig] | type[ArtifactConfig]:
    """Say which kind of config a value is meant to be."""
    return ArtifactConfig if isinstance(value, dict) and value.get("type") == "artifact" else ContentConfig


def parse_config(value: JsonValue, config_id: str | None, path: Path) -> ContentConfig | ArtifactConfig:
    """Check a value read from `path` as the config `config_id`, or as whichever config it says it is."""
    name = config_id or path.stem
    if not isinstance(value, dict):
        raise _invalid(name, path, "the file", "it does not hold an object of names and values")
    if marker := _foreign_marker(value):
        raise fault("CONFIG_UNSUPPORTED", config_id=name, path=str(path), why=marker)
    try:
        config = model_of(value).model_validate(value).read_from(str(path))
    except ValidationError as error:
        raise _described(error, name, path) from None
    if config_id is not None and config.id != config_id:
        raise _invalid(config_id, path, "id", f"the file holds the config {config.id!r}")
    return config


def _foreign_marker(value: JsonObject) -> str | None:
    """Say by which sign a config is known to be of another dialect or kind."""
    reference = value.get("schemaRef")
    if "generatorSpecific" in value:
        return "it has `generatorSpecific`"
    if isinstance(reference, dict) and "uri" in reference:
        return "it has `schemaRef.uri` instead of `schemaRef.id`"
    for name in ("$schema", "content_element", "content_elements", "validation_schema", "generator_config", "members"):
        if name in value:
            return f"it has `{name}`"
    elements = value.get("elements")
    for number, element in enumerate(elements if isinstance(elements, list) else []):
        if isinstance(element, dict) and "generation_pattern" in element:
            return f"it has `elements.{number}.generation_pattern`"
    return None


def _described(error: ValidationError, config_id: str, path: Path) -> PressroomError:
    """Put the first of pydantic's complaints in words, and count the others."""
    first, *others = error.errors(include_url=False, include_context=False, include_input=False)
    field = ".".join(str(part) for part in first["loc"]) or "the file"
    more = f" (and {len(others)} more)" if others else ""
    words = {"extra_forbidden": "there is no such field", "missing": "it is missing"}
    return _invalid(config_id, path, field, words.get(first["type"], _lower(first["msg"])) + more)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _invalid(config_id: str, path: Path, field: str, why: str) -> PressroomError:
    return fault("CONFIG_INVALID", config_id=config_id, path=str(path), field=field, why=why)
