"""Contexts: the values a document is filled with, given as an object or as the JSON text of one.

Programs that pass a request through text fields write contexts as JSON texts; both mean the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from tasks.complaints import complaint
from tasks.errors import FAULTS, PressroomError
from tasks.files import parse_data
from tasks.models import JsonObject

_NAME = Path("context.json")


def read_object(value: object) -> object:
    """Return the object that a JSON text holds, and an empty one for null; the rest is left for the model to judge."""
    if isinstance(value, str):
        return _parsed(value)
    return {} if value is None else value


def _parsed(text: str) -> JsonObject:
    hint = FAULTS["CONTEXT_INVALID"].remedy
    try:
        found = parse_data(text, _NAME)
    except PressroomError as error:
        why = f"the text is not a JSON object ({error.details['why']})"
        raise complaint(why, hint, code="CONTEXT_INVALID") from None
    if not isinstance(found, dict):
        raise complaint(f"the JSON text holds no object but {text[:40]!r}", hint, code="CONTEXT_INVALID")
    return found


ConfigId = Annotated[str, Field(min_length=1, max_length=200)]
"""What a config is asked for by. Whether it can be one at all is said where it is looked for."""
Context = Annotated[JsonObject, BeforeValidator(read_object, json_schema_input_type=JsonObject | str | None)]
"""Names and values; the form that Prefect shows of it takes the JSON text as well."""
Contexts = Annotated[
    dict[str, Context], BeforeValidator(read_object, json_schema_input_type=dict[str, Context] | str | None)
]
"""A context for each config of that id."""
