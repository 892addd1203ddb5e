"""The parts a fingerprint is made of, so that `plan` can say which of them has changed.

A document's fingerprint *is* its parts, one after the other:

    code=1.config=9f86d081884c7d659a2f.values=60303ae22b998861bce3

A slow stage's key is one hash; its parts stand beside it, in the header of its checkpoint, where they
explain and decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from tasks.checkpoints import LEFT_OUT, canonical, digest, plain
from tasks.shape import Sealed

PART_LENGTH = 20
"""Hex digits of a part that takes part in finding finished work: 80 bits, so that no two meet by chance."""
SHORT = 12
"""Hex digits of a part that only explains."""
DEPTH = 2
"""Levels of models whose fields are parts of their own: deeper ones make a long header and say little more."""


def joined(**parts: str) -> str:
    """Write a fingerprint of parts; what is empty has no part."""
    return ".".join(f"{name}={value}" for name, value in parts.items() if value)


def parts_of(fingerprint: str | None) -> dict[str, str]:
    """Read the parts of a fingerprint; one of an earlier version has none."""
    pairs = (part.partition("=") for part in (fingerprint or "").split("."))
    return {name: value for name, sign, value in pairs if sign}


def input_parts(version: str | None, inputs: Mapping[str, Any]) -> dict[str, str]:
    """Hash a stage's inputs field by field, less those that are not in its fingerprint either."""
    parts = {"code": version or ""}
    for name, value in inputs.items():
        prefix = "" if len(inputs) == 1 and isinstance(value, BaseModel) else name
        parts |= {field: digest([canonical(plain(part))])[:SHORT] for field, part in _fields(prefix, value, DEPTH)}
    return parts


def changed_parts(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Name the parts that differ, in the order they have now; those that are gone come last."""
    names = dict.fromkeys([*after, *before])
    return [name for name in names if before.get(name) != after.get(name)]


def _fields(name: str, value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Sealed):
        yield from ((f"{name}.{field}" if name else field, mark) for field, mark in value.marks.items())
        return
    if not isinstance(value, BaseModel) or depth == 0:
        yield name, value
        return
    for field in type(value).model_fields:
        if field not in LEFT_OUT:
            yield from _fields(f"{name}.{field}" if name else field, getattr(value, field), depth - 1)
