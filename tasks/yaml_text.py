"""YAML text as plain JSON values, built from libyaml's events.

Why not `yaml.load`: libyaml's own loader overflows the C stack on deep nesting and ends the interpreter,
its merge keys can grow without bound while it builds, and dates, sets and self-references aren't JSON.
Reading events keeps the depth and the expanded size in hand at every step, in one pass and without recursion.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from tasks.errors import fault
from tasks.json_text import MAX_DEPTH

if TYPE_CHECKING:
    from pydantic import JsonValue

MAX_EXPANDED = 1_000_000

_TAG = "tag:yaml.org,2002:"
_STRINGS = frozenset(_TAG + name for name in ("str", "timestamp", "value", "merge"))
_MERGE = "<<"
_resolver: Any = yaml.resolver.Resolver()
_constructor = yaml.constructor.SafeConstructor()


class _Malformed(Exception):
    """The text is YAML, but not something that can stand in JSON."""


class _Bomb(Exception):
    """Following the aliases would make too many values."""


@dataclass(slots=True)
class _Part:
    """A value with how many values and levels it has once its aliases are followed."""

    value: JsonValue
    size: int = 1
    height: int = 0
    merges: bool = False


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    anchor: str | None
    mapping: bool
    parts: list[_Part] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def add(self, part: _Part) -> None:
        """Take the next value: in a mapping a key, then what belongs to it. Of a key given twice one would be lost."""
        if self.mapping and len(self.parts) % 2 == 0 and not part.merges:
            name = _key(part.value)
            if name in self.names:
                raise _Malformed(f"{name!r} is given twice")
            self.names.add(name)
        self.parts.append(part)


def parse_yaml(text: str, path: str) -> JsonValue:
    """Read the one document in `text`; an empty text is None."""
    event: Any = None
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.take(event)
    except _Bomb:
        raise fault("YAML_BOMB", path=path, limit=MAX_EXPANDED) from None
    except _Malformed as error:
        mark = event.start_mark
        raise _fault(path, f"line {mark.line + 1}, column {mark.column + 1}: {error}") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise _fault(path, where + str(error.problem or error.context)) from None
    except yaml.YAMLError as error:
        raise _fault(path, _one_line(str(error))) from None
    return builder.result.value


def _fault(path: str, why: str) -> Exception:
    return fault("SPEC_MALFORMED", path=path, format="YAML", why=why)


def _one_line(text: str) -> str:
    return " ".join(text.split())


class _Builder:
    """Puts events together; containers that are still open stand on a stack of their own."""

    def __init__(self) -> None:
        self.result = _Part(None)
        self.documents = 0
        self.expanded = 0
        self.stack: list[_Open] = []
        self.anchors: dict[str, _Part | None] = {}

    def take(self, event: Any) -> None:
        """Use the next event."""
        if isinstance(event, yaml.ScalarEvent):
            self._add(_scalar(event), event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            self._add(self._aliased(str(event.anchor)), None)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._start(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            closed = self.stack.pop()
            self._add(_closed(closed), closed.anchor)
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise _Malformed("a second document begins; only one is read")

    def _start(self, event: Any) -> None:
        kind = "map" if isinstance(event, yaml.MappingStartEvent) else "seq"
        if event.tag not in (None, "!", _TAG + kind):
            raise _Malformed(f"the tag {event.tag!r} is not known here")
        if len(self.stack) >= MAX_DEPTH:
            raise _Malformed(f"nested more than {MAX_DEPTH} deep")
        if event.anchor:
            self.anchors[event.anchor] = None
        self.stack.append(_Open(event.anchor, kind == "map"))

    def _aliased(self, anchor: str) -> _Part:
        if anchor not in self.anchors:
            raise _Malformed(f"no value is called {anchor!r}")
        part = self.anchors[anchor]
        if part is None:  # The container it names is still open, so it would hold itself.
            raise _Bomb
        self.expanded += part.size
        if self.expanded > MAX_EXPANDED:
            raise _Bomb
        if len(self.stack) + part.height > MAX_DEPTH:
            raise _Malformed(f"nested more than {MAX_DEPTH} deep")
        return part

    def _add(self, part: _Part, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = part
        if self.stack:
            self.stack[-1].add(part)
        else:
            self.result = part


def _closed(opened: _Open) -> _Part:
    parts = opened.parts
    value: JsonValue = _mapping(parts) if opened.mapping else [part.value for part in parts]
    size = 1 + sum(part.size for part in parts)
    return _Part(value, size, 1 + max((part.height for part in parts), default=0))


def _mapping(parts: list[_Part]) -> dict[str, JsonValue]:
    merged: dict[str, JsonValue] = {}
    own: dict[str, JsonValue] = {}
    for key, part in zip(parts[::2], parts[1::2], strict=True):
        if key.merges:
            for source in part.value if isinstance(part.value, list) else [part.value]:
                if not isinstance(source, dict):
                    raise _Malformed("only mappings can be merged with '<<'")
                merged = {**source, **merged}
        else:
            own[_key(key.value)] = part.value
    return {**merged, **own} if merged else own


def _key(value: JsonValue) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list | dict):
        raise _Malformed("a list or mapping can't be a key")
    names = {None: "null", True: "true", False: "false"}
    return names[value] if value is None or isinstance(value, bool) else repr(value)


def _scalar(event: Any) -> _Part:
    tag, text = event.tag, event.value
    if tag is None or tag == "!":
        tag = _resolver.resolve(yaml.ScalarNode, text, event.implicit)
    if tag in _STRINGS:
        return _Part(text, merges=tag == _TAG + "merge" and text == _MERGE)
    if tag == _TAG + "null":
        return _Part(None)
    return _Part(_number_or_bool(tag, text))


def _number_or_bool(tag: str, text: str) -> JsonValue:
    node = yaml.ScalarNode(tag, text)
    try:
        if tag == _TAG + "int":
            number = int(_constructor.construct_yaml_int(node))
            str(number)  # In hexadecimal it may have more digits than Python would ever write: ValueError
            return number
        if tag == _TAG + "bool":
            return bool(_constructor.construct_yaml_bool(node))
        if tag == _TAG + "float":
            real = float(_constructor.construct_yaml_float(node))
            if math.isfinite(real):
                return real
            raise _Malformed("NaN and Infinity are not JSON numbers")
    except (ValueError, KeyError, IndexError, OverflowError):
        raise _Malformed(f"{text[:40]!r} can't be read as {tag.removeprefix(_TAG)}") from None
    raise _Malformed(f"the tag {tag!r} is not known here")
