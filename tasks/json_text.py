"""JSON text as values: the standard library's, less what is no JSON, would be lost, or could not be written again."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, NoReturn

from tasks.errors import PressroomError, fault

if TYPE_CHECKING:
    from pydantic import JsonValue

MAX_DEPTH = 100
"""How deep lists and objects may lie in each other, in YAML too."""


def parse_json(text: str, path: str) -> JsonValue:
    """Read the value in `text`, which was read from `path`."""
    try:
        value: JsonValue = json.loads(
            text, parse_constant=_not_a_number, parse_float=_finite, object_pairs_hook=_each_once
        )
    except json.JSONDecodeError as error:
        raise _not_json(path, f"line {error.lineno}, column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise _not_json(path, f"nested more than {MAX_DEPTH} deep") from None
    except ValueError as error:
        raise _not_json(path, str(error)) from None
    if text.count("[") + text.count("{") > MAX_DEPTH and _deeper_than(value, MAX_DEPTH):
        raise _not_json(path, f"nested more than {MAX_DEPTH} deep")
    if "\\ud" in text or "\\uD" in text:
        _require_unicode(value, path)
    return value


def _not_json(path: str, why: str) -> PressroomError:
    return fault("SPEC_MALFORMED", path=path, format="JSON", why=why)


def _each_once(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in found if names.count(name) > 1)!r} is given twice in one object")
    return found


def _not_a_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits[:40]} is too large a number")
    return number


def _deeper_than(value: JsonValue, levels: int) -> bool:
    level = [value]
    for _ in range(levels + 1):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return False
    return True


def _children(value: JsonValue) -> list[JsonValue]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _require_unicode(value: JsonValue, path: str) -> None:
    # JSON can spell half a surrogate pair, which no UTF-8 file can hold: it would only fail on writing.
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise _not_json(path, r"a \u escape names half a surrogate pair") from None
