"""Where the values of a dialect E config come from, and what they have to be.

What only a language model, a later step or the clock could give is taken from the context, and told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import JsonValue

from tasks.documents.dialects.names import is_name
from tasks.documents.dialects.reading import Written, WrittenFault
from tasks.documents.dialects.rules import known_rules, merged_rules, readable, words_for
from tasks.models import JsonObject

_TAKEN = {
    "ai_generation": "no language model fills in a single value here",
    "post_processing": "nothing is done to a document afterwards",
    "system_function": "a document depends on nothing but its config and context",
}


class Placeholder(Written):
    """A value and where it comes from."""

    source: Literal["literal", "user_input", "context", "ai_generation", "post_processing", "system_function"] = (
        "context"
    )
    path: str | None = None
    value: JsonValue = None
    default: JsonValue = None
    required: bool | None = None
    optional: bool = False
    include_if: str | None = None
    constraints: JsonObject = {}
    guidance: str | None = None
    input: str | list[str] = []
    fallback: JsonValue = None
    note: JsonValue = None
    format: JsonValue = None
    function: JsonValue = None


class Validation(Written):
    """What the values have to be."""

    required_fields: list[str] = []
    field_constraints: dict[str, JsonObject] = {}
    cross_field_validation: JsonValue = None
    quality_checks: JsonValue = None


def values_of(made: Mapping[str, Placeholder], checks: Validation, notes: list[str]) -> JsonObject:
    """Return the values with their rules: of the placeholders, and of the fields that are only checked."""
    names = dict.fromkeys([*made, *checks.required_fields, *checks.field_constraints])
    return {name: _value(name, made.get(name), checks, notes) for name in names if not _is_odd(name, notes)}


def _is_odd(name: str, notes: list[str]) -> bool:
    odd = not all(is_name(part) for part in name.split("."))
    if odd:
        notes.append(f"{name!r} is not used: a name in a template has letters, digits and '_' only")
    return odd


def _value(name: str, found: Placeholder | None, checks: Validation, notes: list[str]) -> JsonValue:
    place = f"generation.placeholders.{name}"
    rules = known_rules(found.constraints, f"{place}.constraints", notes) if found else {}
    more = checks.field_constraints.get(name, {})
    built: JsonObject = {
        "constraints": merged_rules(rules, known_rules(more, f"validation.field_constraints.{name}", notes)),
        "message": words_for(more),
        "required": name in checks.required_fields,
        "paths": [name],
    }
    if found is None:
        return built
    if found.fallback is not None:
        notes.append(f"`{place}.fallback` is not used: a value that is not given is not looked for")
    if found.source in _TAKEN:
        notes.append(f"placeholder {name!r} ({found.source}) is taken from the context: {_TAKEN[found.source]}")
    if found.source == "literal":
        if found.value is None:
            raise WrittenFault(f"{place}.value", "it is missing")
        return {**built, "value": found.value}
    required = found.required if found.required is not None else not found.optional
    built |= {"required": bool(built["required"]) or required, "default": found.default}
    built |= {"paths": [found.path, name] if found.path else [name]}
    return {**built, "include_if": readable(found.include_if, f"{place}.include_if", notes)}


def for_text(placeholders: JsonObject) -> JsonObject:
    """Let a value that may be missing leave an empty place in a text, and a list stand there as JSON."""
    read: JsonObject = {}
    for name, one in placeholders.items():
        bare = isinstance(one, dict) and not one.get("required") and one.get("default") is None
        read[name] = {**one, "as_json": True, **({"default": ""} if bare else {})} if isinstance(one, dict) else one
    return read
