"""What is wrong with a matrix, found before any combination is built, each at its own field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import JsonValue
from pydantic_core import PydanticCustomError

from tasks.complaints import Place, complaint, nearest
from tasks.documents.matrix_values import CONFIG, PLACEHOLDER, path_safe, text_of

if TYPE_CHECKING:
    from tasks.documents.matrix import Matrix

MOST = 1_000_000
"""Most documents of a matrix: more are a slip of the pen, and building them would only fill the memory."""

Fault = tuple[Place, PydanticCustomError]
_AXIS = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def faults_of(matrix: Matrix) -> Iterator[Fault]:
    """Yield every fault; those of values first, since the others speak of values."""
    if matrix.size > MOST:
        why = f"it asks for {matrix.size:,} documents; the limit is {MOST:,}"
        yield (), complaint(why, "Name fewer values, or make several batches of it.")
        return
    yield from _twice(("configs",), list(matrix.configs))
    for axis, values in matrix.axes.items():
        yield from _name_faults(axis)
        yield from _value_faults(("axes", axis), values)
    texts = {axis: dict.fromkeys(map(text_of, values)) for axis, values in matrix.axes.items()}
    texts[CONFIG] = dict.fromkeys(matrix.configs)
    for number, excluded in enumerate(matrix.exclude):
        for axis, value in excluded.items():
            yield from _exclude_faults(("exclude", number, axis), text_of(value), texts)
    if matrix.output_path is not None:
        yield from _path_faults(matrix.output_path, [CONFIG, *matrix.axes])


def _name_faults(axis: str) -> Iterator[Fault]:
    if not _AXIS.fullmatch(axis):
        hint = "Use letters, digits and '_', as for a variable of a template."
        yield ("axes", axis), complaint("it is not a name for an axis", hint)
    elif axis == CONFIG:
        yield ("axes", axis), complaint("it is what the config itself is called", "Give the axis another name.")


def _value_faults(place: Place, values: list[JsonValue]) -> Iterator[Fault]:
    texts = [text_of(value) for value in values]
    for number, text in enumerate(texts):
        if text is None or not path_safe(text):
            hint = "Give a text, a number, or an object with a `name` or an `id`."
            yield (*place, number), complaint("there is nothing of it that could stand in a path", hint)
    flags = [number for number, value in enumerate(values) if isinstance(value, bool)]
    if len(flags) < len(values):
        for number in flags:
            hint = "Write it in quotes: without them, YAML reads `no`, `off` and the like as false."
            yield (*place, number), complaint(f"it is {texts[number]}, beside values that are not", hint)
    yield from _twice(place, texts)


def _twice(place: Place, texts: list[str | None]) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, text in enumerate(texts):
        if text is not None and text in seen:
            yield (*place, number), complaint(f"{text!r} stands there twice", "Name each only once.")
        seen.add(text or "")


def _exclude_faults(place: Place, text: str | None, texts: dict[str, dict[str | None, None]]) -> Iterator[Fault]:
    axis = str(place[-1])
    if axis not in texts:
        yield place, complaint("there is no such axis", _meant(axis, list(texts)))
    elif text is None or text not in texts[axis]:
        known = [one for one in texts[axis] if one]
        yield place, complaint(f"{axis!r} has no such value", _meant(text or "", known))


def _path_faults(path: str, axes: list[str]) -> Iterator[Fault]:
    for name in PLACEHOLDER.findall(path):
        if name not in axes:
            yield ("output_path",), complaint(f"there is no axis {name!r}", _meant(name, axes))
    if re.search(r"[{}]", PLACEHOLDER.sub("", path)):
        hint = f"Write an axis in single braces, such as {{{axes[-1]}}}."
        yield ("output_path",), complaint("a brace has no counterpart", hint)


def _meant(name: str, known: list[str]) -> str:
    return nearest(name, known) or f"Known here: {', '.join(known[:20])}."
