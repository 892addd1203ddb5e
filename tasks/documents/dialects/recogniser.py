"""Which of the six dialects a config is written in, and whether it is a content or an artifact config.

Told by its marks: fields that only that dialect has. A config that has all marks of a dialect is of it, and what
else may be wrong with it is a fault of a field. One that has the marks of none is refused with the nearest dialect
and the first mark it lacks, because "write `metadata.title`" helps more than "unknown format".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from pydantic import JsonValue

from tasks.models import JsonObject

Dialect = Literal["A", "B", "C", "D", "E", "F"]
Kind = Literal["content", "artifact"]
DIALECTS: tuple[Dialect, ...] = ("A", "B", "C", "D", "E", "F")

_TWO_PARTS = re.compile(r"\d+\.\d+")


class Recognised(NamedTuple):
    """A config's dialect and kind."""

    dialect: Dialect
    kind: Kind


class _Mark(NamedTuple):
    """A field that tells a dialect; those that no other dialect has weigh more."""

    path: str
    fits: Callable[[JsonValue], bool]
    weight: int = 1
    wanted: str = ""


def _text(value: JsonValue) -> bool:
    return isinstance(value, str) and bool(value)


def _there(value: JsonValue) -> bool:
    return value is not None


def _object(value: JsonValue) -> bool:
    return isinstance(value, dict)


def _list(value: JsonValue) -> bool:
    return isinstance(value, list)


def _is(word: str) -> Callable[[JsonValue], bool]:
    return lambda value: value == word


def _one_of(*words: str) -> Callable[[JsonValue], bool]:
    return lambda value: value in words


_CONTENT = _Mark("type", _is("content"), wanted="it is not 'content'")
_ARTIFACT = _Mark("type", _is("artifact"), wanted="it is not 'artifact'")
_MARKS: dict[tuple[Dialect, Kind], tuple[_Mark, ...]] = {
    ("D", "content"): (_CONTENT, _Mark("elements.*.generation_pattern", _text, 4)),
    ("A", "content"): (_CONTENT, _Mark("schemaRef.id", _text, 2)),
    ("B", "content"): (_CONTENT, _Mark("schemaRef.uri", _text, 2)),
    ("C", "content"): (_Mark("generatorSpecific", _object, 4), _Mark("metadata.title", _text)),
    ("E", "content"): (_Mark("content_element", _object, 4), _Mark("name", _text), _Mark("generation", _object)),
    ("F", "content"): (
        _Mark("generator_config", _object, 3),
        _Mark("generator", _one_of("llm", "jinja2"), 2, "it is neither 'llm' nor 'jinja2'"),
        _Mark("validation_schema", _object, 2),
        _Mark("id", _text),
    ),
    ("A", "artifact"): (_ARTIFACT, _Mark("schemaRef.id", _text, 2)),
    ("D", "artifact"): (_ARTIFACT, _Mark("schemaRef.uri", _text, 2)),
    ("C", "artifact"): (_Mark("sections.*.contentConfigId", _there, 4), _Mark("metadata.title", _text)),
    ("E", "artifact"): (_Mark("content_elements", _list, 4),),
    ("F", "artifact"): (_Mark("members", _list, 4), _Mark("id", _text)),
}
"""What tells each dialect, those first whose marks include another's."""

_KNOWN_BY: dict[tuple[Dialect, Kind], str] = {
    ("A", "content"): "`schemaRef.id`",
    ("B", "content"): "`schemaRef.uri`",
    ("C", "content"): "`generatorSpecific`",
    ("D", "content"): "`generation_pattern` in its elements",
    ("E", "content"): "`content_element`",
    ("F", "content"): "`generator_config`",
    ("A", "artifact"): "`type: artifact` and `schemaRef.id`",
    ("C", "artifact"): "`contentConfigId` in its sections",
    ("D", "artifact"): "`type: artifact` and `schemaRef.uri`",
    ("E", "artifact"): "`content_elements`",
    ("F", "artifact"): "`members`",
}


def recognise(value: JsonValue) -> Recognised | None:
    """Return the dialect and kind of a config that has been read from its file, or None when it is of none."""
    if not isinstance(value, dict):
        return None
    for (dialect, kind), marks in _MARKS.items():
        if all(mark.fits(_at(value, mark.path)) for mark in marks):
            return Recognised("B" if dialect == "A" and kind == "content" and _is_older(value) else dialect, kind)
    return None


def first_difference(value: JsonObject) -> str:
    """Say which dialect a config of none is nearest to, and the first thing that keeps it from being of it."""
    # As near as another: the earlier letter, because A is what the others are read as.
    nearest = sorted(_MARKS, key=lambda one: (-_nearness(value, _MARKS[one]), one[1] == "artifact", one[0]))[0]
    (dialect, kind), marks = nearest, _MARKS[nearest]
    lacking = next((mark for mark in marks if not mark.fits(_at(value, mark.path))), marks[0])
    which = f"dialect {dialect}" + (", an artifact" if kind == "artifact" else "")
    return f"nearest is {which} ({_KNOWN_BY[dialect, kind]}); first difference: {_lack(value, lacking)}"


def _is_older(value: JsonObject) -> bool:
    """Say whether a config with `schemaRef.id` is otherwise written as dialect B is."""
    version, frequency = _at(value, "metadata.version"), _at(value, "metadata.generation_frequency")
    short = isinstance(version, str) and _TWO_PARTS.fullmatch(version) is not None
    return short or frequency == "on-demand" or _at(value, "schemaRef.uri") is not None


def _nearness(value: JsonObject, marks: tuple[_Mark, ...]) -> float:
    near = 0.0
    for mark in marks:
        if mark.fits(_at(value, mark.path)):
            near += mark.weight
        elif _at(value, mark.path) is not None or _misspelt(value, mark.path):
            near += mark.weight / 4
    return near


def _lack(value: JsonObject, mark: _Mark) -> str:
    if _at(value, mark.path) is not None:
        return f"{mark.path}: {mark.wanted or 'it is of another type'}"
    meant = _misspelt(value, mark.path)
    return f"{mark.path} is missing" + (f" (there is {meant!r})" if meant else "")


def _misspelt(value: JsonObject, path: str) -> str | None:
    first = path.partition(".")[0]
    import difflib

    near = [] if first in value else difflib.get_close_matches(first, [*value][:100], n=1, cutoff=0.8)
    return near[0] if near else None


def _at(value: JsonValue, path: str) -> JsonValue:
    """Return what stands at a path of names; `*` stands for the first entry of a list that has the rest."""
    part, _, rest = path.partition(".")
    if part == "*":
        found = (_at(one, rest) for one in value) if isinstance(value, list) else ()
        return next((one for one in found if one is not None), None)
    value = value.get(part) if isinstance(value, dict) else None
    return _at(value, rest) if rest and value is not None else value
