"""Values for a template's names where a config says where they come from and what they have to be.

Done in one place, before any generator sees the values, so that a value that may not be is refused whichever
generator makes the text, and told by its name.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from pydantic import JsonValue

from tasks.documents.conditions import look_up, read_condition
from tasks.documents.config_parts import Placeholder
from tasks.documents.constraints import broken_rule
from tasks.errors import PressroomError, fault
from tasks.models import JsonObject


def with_placeholders(
    placeholders: Mapping[str, Placeholder],
    values: JsonObject,
    config_id: str,
    place: str = "placeholders",
    awaited: Collection[str] = (),
) -> JsonObject:
    """Return the values with those of the placeholders among them; VALUE_MISSING or VALUE_REFUSED says what is not.

    `place` is the field of the config that holds the placeholders. `awaited` names values that come later, and what
    depends on one of those is left out till then.
    """
    filled = dict(values)
    for name, placeholder in placeholders.items():
        if awaits(placeholder, awaited):
            continue
        counts = placeholder.include_if is None or read_condition(placeholder.include_if).holds(values)
        value = _value(placeholder, values) if counts else None
        if value is None:
            if placeholder.required and counts:
                raise _of(_missing(name, placeholder, config_id), f"{place}.{name}")
            _put(filled, name, None)  # What stood there by the same name is not this value.
            continue
        # An empty default stands for no value, and what is not there breaks no rule.
        why = None if value == placeholder.default == "" else broken_rule(value, placeholder.constraints)
        if why is not None:
            why = f"{why} ({placeholder.message})" if placeholder.message else why
            raise _of(fault("VALUE_REFUSED", config_id=config_id, name=name, why=why), f"{place}.{name}")
        _put(filled, name, _as_text(value) if placeholder.as_json else value)
    return filled


def awaits(placeholder: Placeholder, names: Collection[str]) -> bool:
    """Say whether a value depends on one of those names: it may be taken from it, or its condition may ask for it."""
    if not names or (placeholder.value is not None and placeholder.include_if is None):
        return False
    return placeholder.include_if is not None or any(root_of(path) in names for path in placeholder.paths)


def root_of(path: str) -> str:
    """Return the name in the context that a dotted path begins with."""
    return path.removeprefix("context.").partition(".")[0]


def _value(placeholder: Placeholder, values: JsonObject) -> JsonValue:
    if placeholder.value is not None:
        return placeholder.value
    for path in placeholder.paths:
        found = look_up(values, path)
        if isinstance(found, str | int | float | list | dict):
            return found
    return placeholder.default


def _put(values: JsonObject, name: str, value: JsonValue) -> None:
    """Set a value under a dotted name, or take it away; objects on the way are copied: they may be somebody else's."""
    *parents, last = name.split(".")
    place = values
    for parent in parents:
        inner = place.get(parent)
        if value is None and not isinstance(inner, dict):
            return
        place[parent] = copy = dict(inner) if isinstance(inner, dict) else {}
        place = copy
    if value is None:
        place.pop(last, None)
    else:
        place[last] = value


def _as_text(value: JsonValue) -> JsonValue:
    return json.dumps(value, indent=2, ensure_ascii=False) if isinstance(value, dict | list) else value


def _missing(name: str, placeholder: Placeholder, config_id: str) -> PressroomError:
    wanted = " or ".join(repr(path) for path in placeholder.paths or [name])
    return fault("VALUE_MISSING", config_id=config_id, name=name, wanted=wanted)


def _of(error: PressroomError, field: str) -> PressroomError:
    error.details["field"] = field
    return error
