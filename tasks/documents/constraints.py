"""What a value has to be, in the few words of JSON Schema that configs use for it.

Read here rather than by a library of JSON Schema, which would follow `$ref` anywhere and match a pattern with an
engine that some patterns keep busy for ever; the one used here takes time in proportion to the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator
from pydantic_core import SchemaError, SchemaValidator, core_schema

TypeName = Literal["string", "number", "integer", "boolean", "array", "object", "null"]
Count = Annotated[int, Field(ge=0)]

_TYPES: dict[str, Callable[[JsonValue], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "null": lambda value: value is None,
}


class Constraints(BaseModel):
    """What one value has to be."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    type: TypeName | list[TypeName] | None = None
    enum: list[JsonValue] | None = None
    const: JsonValue = None
    minLength: Count | None = None
    maxLength: Count | None = None
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    minItems: Count | None = None
    maxItems: Count | None = None
    items: Constraints | None = None
    required: list[str] = []
    properties: dict[str, Constraints] = {}

    @field_validator("pattern")
    @classmethod
    def _can_be_matched(cls, pattern: str | None) -> str | None:
        if pattern is not None and _matcher(pattern) is None:
            raise ValueError("it cannot be matched here (look-around and references back are not known)")
        return pattern


def can_be_matched(pattern: str) -> bool:
    """Say whether a pattern is one that is known here."""
    return _matcher(pattern) is not None


def broken_rule(value: JsonValue, rules: Constraints | None) -> str | None:
    """Say which rule a value breaks first, or None when it keeps them all."""
    return None if rules is None else next(_broken(value, rules), None)


def _broken(value: JsonValue, rules: Constraints) -> Iterator[str]:
    if rules.enum is not None and not any(_same(value, one) for one in rules.enum):
        yield f"{_shown(value)} is none of {', '.join(map(_shown, rules.enum))}"
    if rules.const is not None and not _same(value, rules.const):
        yield f"{_shown(value)} is not {_shown(rules.const)}"
    types = [rules.type] if isinstance(rules.type, str) else rules.type
    if types and not any(_TYPES[name](value) for name in types):
        yield f"{_shown(value)} is not of the type {' or '.join(map(repr, types))}"
    if isinstance(value, str):
        yield from _broken_by_text(value, rules)
    elif isinstance(value, list):
        yield from _broken_by_list(value, rules)
    elif isinstance(value, dict):
        yield from _broken_by_object(value, rules)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _broken_by_size(value, rules.minimum, rules.maximum, _shown(value))


def _broken_by_text(value: str, rules: Constraints) -> Iterator[str]:
    yield from _broken_by_size(len(value), rules.minLength, rules.maxLength, "its length of {size} characters")
    matcher = _matcher(rules.pattern) if rules.pattern is not None else None
    if matcher is not None and not matcher(value):
        yield f"{_shown(value)} does not match `{rules.pattern}`"


def _broken_by_list(value: list[JsonValue], rules: Constraints) -> Iterator[str]:
    yield from _broken_by_size(len(value), rules.minItems, rules.maxItems, "its length of {size} entries")
    if rules.items is not None:
        for number, one in enumerate(value):
            yield from (f"entry {number + 1}: {why}" for why in _broken(one, rules.items))


def _broken_by_object(value: dict[str, JsonValue], rules: Constraints) -> Iterator[str]:
    yield from (f"{name!r} is missing" for name in rules.required if value.get(name) is None)
    for name, inner in rules.properties.items():
        if value.get(name) is not None:
            yield from (f"{name!r}: {why}" for why in _broken(value[name], inner))


def _broken_by_size(size: float, least: float | None, most: float | None, what: str) -> Iterator[str]:
    # A number may be too large to be written otherwise than digit by digit.
    if least is not None and size < least:
        yield f"{what.replace('{size}', str(size))} is under {least:g}"
    if most is not None and size > most:
        yield f"{what.replace('{size}', str(size))} is over {most:g}"


def _same(value: JsonValue, other: JsonValue) -> bool:
    """Compare as JSON does, where true is no number."""
    return value == other and isinstance(value, bool) == isinstance(other, bool)


def _shown(value: JsonValue) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."


@lru_cache(maxsize=500)
def _matcher(pattern: str) -> Callable[[str], bool] | None:
    """Return what tests a text, or None when the pattern cannot be read."""
    try:
        validator: Any = SchemaValidator(core_schema.str_schema(pattern=pattern, regex_engine="rust-regex"))
    except SchemaError:
        return None
    return lambda text: bool(validator.isinstance_python(text))
