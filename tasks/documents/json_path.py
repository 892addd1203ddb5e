"""A small JSON path: what configs use of it, and nothing that could run or loop.

    $   .name   ['any name']   [0]   [-1]   [*]   .*   ..name

No filters, slices or scripts. (No library for it is among what Prefect brings, and the small part that
selectors need is shorter than a dependency.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue

from tasks.errors import fault

_STEP = re.compile(
    r"""(?P<deep>\.\.)?
        (?: (?P<any>\.?\*|\[\s*\*\s*\])
          | \[\s*(?P<index>-?\d{1,9})\s*\]
          | \[\s*(?P<quoted>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s*\]
          | \.?(?P<name>[^\W\d][\w-]*)
        )""",
    re.VERBOSE,
)
_MOST_STEPS = 100
_MOST_VISITS = 1_000_000


@dataclass(frozen=True)
class Step:
    """One step of a path: a name, a place in a list, or everything (None); `deep` looks on every level below."""

    key: str | int | None
    deep: bool = False


def parse_path(path: str) -> list[Step]:
    """Read a path into its steps; SELECTOR_INVALID names what is not understood."""
    if not path.startswith("$"):
        raise fault("SELECTOR_INVALID", selector=path, why="a JSON path begins with '$'")
    steps: list[Step] = []
    place = 1
    while place < len(path):
        match = _STEP.match(path, place)
        if match is None or _is_bare(match, path) or len(steps) >= _MOST_STEPS:
            why = f"{path[place : place + 40]!r} is not understood; known are .name, ['name'], [0], [*], .* and ..name"
            raise fault("SELECTOR_INVALID", selector=path, why=why)
        steps.append(_step(match))
        place = match.end()
    return steps


def find(value: JsonValue, path: str) -> list[JsonValue]:
    """Return everything a path leads to, in the order in which it stands in the value.

    Bounded, because `..*..*..*` over a large value would multiply without end.
    """
    found, left = [value], _MOST_VISITS
    for step in parse_path(path):
        hits: list[JsonValue] = []
        for one in found:
            for place in _below(one) if step.deep else (one,):
                reached = _go(place, step)
                hits += reached
                left -= 1 + len(reached)
                if left < 0:
                    raise fault("SELECTOR_INVALID", selector=path, why=f"it visits over {_MOST_VISITS:,} values")
        found = hits
    return found


def _is_bare(match: re.Match[str], path: str) -> bool:
    """Say whether a name or a star stands without the dot it needs; behind `..` it needs none."""
    return not match["deep"] and path[match.start()] not in ".["


def _step(match: re.Match[str]) -> Step:
    deep = match["deep"] is not None
    if match["index"] is not None:
        return Step(int(match["index"]), deep)
    if match["quoted"] is not None:
        return Step(re.sub(r"\\(.)", r"\1", match["quoted"][1:-1]), deep)
    return Step(match["name"], deep)


def _go(value: JsonValue, step: Step) -> list[JsonValue]:
    if step.key is None:
        return _children(value)
    if isinstance(step.key, int):
        return [value[step.key]] if isinstance(value, list) and -len(value) <= step.key < len(value) else []
    return [value[step.key]] if isinstance(value, dict) and step.key in value else []


def _below(value: JsonValue) -> Iterator[JsonValue]:
    yield value
    for child in _children(value):
        yield from _below(child)


def _children(value: JsonValue) -> list[JsonValue]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
