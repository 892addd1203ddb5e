"""Generator `template_fill`: values put into a template that stands in the config.

On the fast path, thousands a second: one pass of a compiled expression, and the escapes only where a backslash is.
"""

from __future__ import annotations

import re
from typing import Literal

from pydantic import JsonValue

from tasks.documents.config_models import ContentConfig, Pattern
from tasks.errors import PressroomError, fault
from tasks.models import JsonObject

Undefined = Literal["error", "keep", "empty"]

MAX_CHARACTERS = 50_000_000

_PLACEHOLDER = re.compile(r"\{\{\s*([a-zA-Z_][a-zA-Z0-9_\.]*)\s*\}\}")
# In this order: what one replacement leaves behind, the next may still find.
_ESCAPES = (("\\n", "\n"), ("\\t", "\t"), ("\\r", "\r"), ("\\'", "'"), ('\\"', '"'), ("\\\\", "\\"))
_BEHAVIOURS: dict[str, Undefined] = {"error": "error", "strict": "error", "keep": "keep", "empty": "empty"}


def generate(config: ContentConfig, context: JsonObject) -> str:
    """Fill the first `template_fill` pattern of `config` with its own values and those of `context`."""
    pattern = config.pattern("template_fill")
    template = config.template(pattern)
    values = config.merged_context(pattern, context)
    behaviour = _undefined_behaviour(config, pattern)
    room = MAX_CHARACTERS - len(template)

    def value_of(match: re.Match[str]) -> str:
        nonlocal room
        name = match[1]
        value = _look_up(values, name) if "." in name else values.get(name)
        if value is None:
            return _undefined(match, behaviour, values)
        text = value if isinstance(value, str) else str(value)
        room -= len(text)
        if room < 0:
            raise _too_long(config)
        return text

    text = _PLACEHOLDER.sub(value_of, template)
    return text if pattern.generation_config.get("keep_escapes") is True else _unescape(text)


def _look_up(values: JsonObject, name: str) -> JsonValue:
    value: JsonValue = values
    for part in name.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value


def _undefined(match: re.Match[str], behaviour: Undefined, values: JsonObject) -> str:
    if behaviour == "error":
        available = ", ".join(sorted(name for name, value in values.items() if value is not None))
        raise fault("UNDEFINED_VARIABLE", name=match[1], available=available or "none")
    return match[0] if behaviour == "keep" else ""


def _undefined_behaviour(config: ContentConfig, pattern: Pattern) -> Undefined:
    wanted = pattern.generation_config.get("undefined_behavior")
    if wanted is None:
        return "error"
    behaviour = _BEHAVIOURS.get(wanted) if isinstance(wanted, str) else None
    if behaviour is None:
        why = f"{wanted!r} is none of {', '.join(_BEHAVIOURS)}"
        raise config.pattern_invalid(pattern, "generation_config.undefined_behavior", why)
    return behaviour


def _unescape(text: str) -> str:
    if "\\" in text:
        for written, meant in _ESCAPES:
            text = text.replace(written, meant)
    return text


def _too_long(config: ContentConfig) -> PressroomError:
    return fault("TEMPLATE_RUNAWAY", template=config.id, limit=f"{MAX_CHARACTERS // 1_000_000} MB of text")
