"""From a file's value to a content or an artifact config, whatever its dialect, or to an error that names the field.

What is wrong is said in the field names of the dialect it was written in, because those are what its author can
correct. All of pydantic's complaints travel with the error, so that `validate` can list them without reading again.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, JsonValue, ValidationError

from tasks.documents.config_models import ContentConfig
from tasks.documents.dialects.reading import Misread, Reading, Source, WrittenFault, place_written
from tasks.documents.dialects.recogniser import Dialect, Recognised, first_difference, recognise
from tasks.documents.dialects.registry import reader_of
from tasks.errors import PressroomError, fault
from tasks.models import JsonObject

if TYPE_CHECKING:
    from tasks.documents.artifact_models import ArtifactConfig

    Config = ContentConfig | ArtifactConfig

_STRICT_ID = re.compile(r"[a-z][a-z0-9-]*")


class Parsed(NamedTuple):
    """A config with what is known of how it was written."""

    config: Config
    dialect: Dialect
    notes: tuple[str, ...]
    """What was read how, a sentence each; empty for dialect A."""


def parse_config(value: JsonValue, path: Path, source: Source) -> Parsed:
    """Check a value read from `path` as a config."""
    shown = own_id(value) or path.stem
    if not isinstance(value, dict):
        raise _invalid(shown, path, "the file", "it does not hold an object of names and values")
    recognised = recognise(value)
    if recognised is None:
        raise fault("CONFIG_UNSUPPORTED", config_id=shown, path=str(path), why=first_difference(value))
    return _checked(value, recognised, shown, path, source)


def own_id(value: JsonValue) -> str | None:
    """Return the id a config gives itself, in whichever field its dialect has it; None when it gives none."""
    if not isinstance(value, dict):
        return None
    metadata = value.get("metadata")
    inner = metadata.get("id") if isinstance(metadata, dict) else None
    found = (value.get("id"), value.get("name"), inner, value.get("artifact_type"))
    return next((one for one in found if isinstance(one, str) and one), None)


def _checked(value: JsonObject, recognised: Recognised, shown: str, path: Path, source: Source) -> Parsed:
    model = _model_of(recognised)
    reading = Reading(value)
    try:
        if recognised.dialect != "A":
            reading = reader_of(recognised)(value, source)
        config = model.model_validate(reading.value)
    except WrittenFault as error:
        raise _invalid(shown, path, error.field, error.why) from None
    except Misread as error:
        raise _described(error.error, error.model, {}, shown, path) from None
    except ValidationError as error:
        raise _described(error, model, reading.fields, shown, path) from None
    except PressroomError as error:
        error.details["config_path"] = str(path)
        raise
    if recognised.dialect == "A" and not _STRICT_ID.fullmatch(config.id):
        why = "it is not small letters, digits and '-', beginning with a letter"
        raise _invalid(shown, path, "id", why)
    return Parsed(config.read_from(str(path), reading.fields), recognised.dialect, tuple(reading.notes))


def _model_of(recognised: Recognised) -> type[Config]:
    if recognised.kind == "content":
        return ContentConfig
    from tasks.documents.artifact_models import ArtifactConfig  # A batch without artifacts does without their models.

    return ArtifactConfig


def _described(
    error: ValidationError, model: type[BaseModel], fields: dict[str, str], shown: str, path: Path
) -> PressroomError:
    """Put the first of pydantic's complaints in words, and count the others."""
    first, *others = error.errors(include_url=False, include_context=False, include_input=False)
    field = ".".join(map(str, place_written(first["loc"], fields))) or "the file"
    more = f" (and {len(others)} more)" if others else ""
    words = {"extra_forbidden": "there is no such field", "missing": "it is missing"}
    found = _invalid(shown, path, field, words.get(first["type"], _lower(first["msg"])) + more)
    found.details |= {"complaints": error, "model": model, "fields": fields}
    return found


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _invalid(config_id: str, path: Path, field: str, why: str) -> PressroomError:
    return fault("CONFIG_INVALID", config_id=config_id, path=str(path), field=field, why=why)
