"""Where in a file a field stands, so that a message can name the line.

YAML's events are read again rather than positions kept while loading: only a faulty file pays for it. JSON
is read the same way, being YAML as far as positions go. The library is loaded when a line is asked for, since
most files have no fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any


@dataclass(slots=True)
class _Place:
    """A container on the way down: whether it lies on the wanted path, and how many nodes of it have passed."""

    mapping: bool
    on_path: bool
    hit: bool = False
    nodes: int = 0


def line_of(text: str, location: Sequence[str | int]) -> int:
    """Line (from 1) where a field stands in YAML or JSON text; else its nearest parent's, else 1."""
    import yaml

    line = found = 0
    wanted = [str(part) for part in location]
    try:
        for depth, at in _hits(text, wanted):
            if depth > found:
                found, line = depth, at
            if found == len(wanted):
                break
    except yaml.YAMLError:
        pass  # What stood before the fault is still the best answer.
    return line or 1


class Lines:
    """The lines of a text's fields, for whoever asks for thousands: the text is read through once, when first asked."""

    def __init__(self, text: str, depth: int = 4) -> None:
        self._text, self._depth = text, depth

    def of(self, location: Sequence[str | int]) -> int:
        """Line where a field stands, as `line_of` says it; what stands deeper than `depth` has its parent's."""
        wanted = tuple(str(part) for part in location)
        parents = (wanted[:length] for length in range(len(wanted), 0, -1))
        return next((self._found[parent] for parent in parents if parent in self._found), 1)

    @cached_property
    def _found(self) -> dict[tuple[str, ...], int]:
        import yaml

        found: dict[tuple[str, ...], int] = {}
        stack: list[_Place] = []
        names: list[str] = []
        try:
            for event in yaml.parse(self._text, Loader=yaml.CSafeLoader):
                if isinstance(event, yaml.CollectionEndEvent):
                    stack.pop(), names.pop()
                elif isinstance(event, yaml.NodeEvent):
                    if stack and _names(stack[-1], event, names) and len(stack) <= self._depth:
                        found.setdefault(tuple(names), _line(event))
                    if isinstance(event, yaml.CollectionStartEvent):
                        stack.append(_Place(isinstance(event, yaml.MappingStartEvent), True))
                        names.append("")
        except yaml.YAMLError:
            pass  # What stood before the fault is still the best answer.
        return found


def _names(place: _Place, event: Any, names: list[str]) -> bool:
    """Count a node in; True when it is a key or a list entry, whose name then ends the path."""
    place.nodes += 1
    if place.mapping and place.nodes % 2 == 0:
        return False
    names[-1] = str(getattr(event, "value", "")) if place.mapping else str(place.nodes - 1)
    return True


def _hits(text: str, wanted: list[str]) -> Iterator[tuple[int, int]]:
    """Yield (parts of the path matched, line) for every node on the path."""
    import yaml

    stack: list[_Place] = []
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
        elif isinstance(event, yaml.NodeEvent):
            place = stack[-1] if stack else None
            if place and _passes(place, event, wanted[len(stack) - 1] if len(stack) <= len(wanted) else None):
                yield len(stack), _line(event)
            if isinstance(event, yaml.CollectionStartEvent):
                stack.append(_Place(isinstance(event, yaml.MappingStartEvent), place.hit if place else True))


def _passes(place: _Place, event: Any, name: str | None) -> bool:
    """Count a node in; True when it is the key or list entry called `name`."""
    place.nodes += 1
    if place.mapping and place.nodes % 2 == 0:
        return False  # The value of the key before it: `hit` still says whether that key was the one.
    here = getattr(event, "value", None) if place.mapping else str(place.nodes - 1)
    place.hit = place.on_path and here == name and name is not None
    return place.hit


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
