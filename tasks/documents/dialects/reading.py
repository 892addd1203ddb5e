"""What reading a config of another dialect gives, and what all readers need for it.

A reader checks the config against a model of its own dialect, so that a fault bears the name its author wrote, and
then says the same in dialect A. Fields that no model knows are kept apart and told, never refused: these dialects
are loose, and half of what is written in them describes and changes no text.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from tasks.errors import PressroomError, fault
from tasks.files import decode, read_bytes, resolve_inside
from tasks.models import JsonObject

Place = tuple[str | int, ...]
Stamp = tuple[int, int]
WrittenT = TypeVar("WrittenT", bound="Written")

_MOST_NAMED = 12


@dataclass
class Reading:
    """A config as dialect A says it."""

    value: JsonObject
    notes: list[str] = field(default_factory=list)
    """What was read how, a sentence each."""
    fields: dict[str, str] = field(default_factory=dict)
    """Fields of dialect A, and where in the file what they hold is written."""


class Source:
    """Where a config lies: its file's name, and the files it names, which are remembered as they are read."""

    def __init__(self, path: Path, base_dir: Path) -> None:
        """Stand for the config in `path`; what it names is looked up from `base_dir`."""
        self.stem = path.stem
        self.read_along: dict[Path, tuple[bytes, Stamp | None]] = {}
        """Content of each, and when and how large it was just before it was read."""
        self._base_dir = base_dir

    def exists(self, name: str) -> bool:
        """Say whether a file that the config names is there."""
        return os.path.isfile(resolve_inside(self._base_dir, name))

    def read(self, name: str, field: str) -> str:
        """Return the text of a template that the config names in that field."""
        try:
            path = resolve_inside(self._base_dir, name)
            if not os.path.isfile(path):
                raise fault("TEMPLATE_MISSING", template=name, folder=str(self._base_dir))
            stamp = stamp_of(path)
            content = read_bytes(path)
            self.read_along[path] = content, stamp
            return decode(content, path)
        except PressroomError as error:
            error.details["field"] = field
            raise


def stamp_of(path: Path) -> Stamp | None:
    """Return what changes when a file does, or None when there is no such file."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


class Written(BaseModel):
    """A part of a config as its dialect writes it; fields that are not known are kept, to be told."""

    model_config = ConfigDict(extra="allow", frozen=True, defer_build=True)


class WrittenFault(Exception):
    """A field of a config that its dialect's model lets pass and that cannot be read all the same."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(field, why)
        self.field = field
        self.why = why


class Misread(Exception):
    """A config that is not as its dialect has it: pydantic's complaints, and the model they are about."""

    def __init__(self, error: ValidationError, model: type[BaseModel]) -> None:
        super().__init__(str(error))
        self.error = error
        self.model = model


def checked(model: type[WrittenT], value: JsonObject) -> WrittenT:
    """Check a config against its dialect's model."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise Misread(error, model) from None


def place_written(place: Place, fields: Mapping[str, str]) -> Place:
    """Return where the field at a place of dialect A is written: itself, or the nearest part that has another name."""
    for length in range(len(place), 0, -1):
        written = fields.get(".".join(map(str, place[:length])))
        if written is not None:
            return (*written.split("."), *place[length:])
    return place


def field_written(field: str, fields: Mapping[str, str]) -> str:
    """Do the same for a field that is named with dots."""
    return ".".join(map(str, place_written(tuple(field.split(".")), fields))) if fields else field


def told_unused(part: Written, known: Mapping[str, str] | None = None) -> list[str]:
    """Say which fields have no effect; `known` gives for some of them the reason."""
    names = list(_unknown(part))
    reasons = [f"`{name}` is not used: {why}" for name, why in (known or {}).items() if name in names]
    rest = [name for name in names if name not in (known or {})]
    if rest:
        more = f" and {len(rest) - _MOST_NAMED:,} more" if len(rest) > _MOST_NAMED else ""
        shown = ", ".join(f"`{name}`" for name in rest[:_MOST_NAMED])
        reasons.append(f"{shown}{more} {'say' if len(rest) > 1 else 'says'} nothing about the text; not used")
    return reasons


def _unknown(part: BaseModel, before: str = "") -> Iterator[str]:
    for name in part.__pydantic_extra__ or {}:
        yield before + name
    for name in type(part).model_fields:
        alias = type(part).model_fields[name].alias or name
        for inner, value in _parts(getattr(part, name), before + alias):
            yield from _unknown(value, inner + ".")


def _parts(value: Any, name: str) -> Iterator[tuple[str, BaseModel]]:
    if isinstance(value, BaseModel):
        yield name, value
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _parts(one, f"{name}.{number}")
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _parts(one, f"{name}.{key}")
