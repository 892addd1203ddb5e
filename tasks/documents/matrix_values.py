"""What the values of a matrix are called in paths and item names."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import JsonValue

CONFIG = "config"
"""What stands for the config where axes are named: in paths and in `exclude`."""
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

_LONGEST = 80
"""Characters of a value in a path: file systems take 255 bytes for a whole name."""
_UNSAFE = re.compile(r'[\s/\\:*?"<>|\x00-\x1f\x7f]+')


def text_of(value: JsonValue) -> str | None:
    """Return what a value is called: itself, or the `name` or `id` of an object; None where it has no such text."""
    if isinstance(value, dict):
        value = value.get("name") or value.get("id")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def path_safe(text: str) -> str:
    """Return a text as part of a file's name: one that names no other folder, whatever the system."""
    return _UNSAFE.sub("-", text.strip())[:_LONGEST].strip(".")


def filled(path: str, names: Mapping[str, str]) -> str:
    """Put names into the placeholders of a path."""
    return PLACEHOLDER.sub(lambda found: names[found[1]], path)
