"""The children of an artifact: which of them are part of it with these values, in which order, and in which state.

A child is refused with a fault of the artifact's own field, so that the message says where to mend it.
"""

from __future__ import annotations

import heapq
from collections.abc import Container, Iterable, Mapping, Sequence

from pydantic import JsonValue

from tasks.documents.artifact_models import ArtifactChild, ArtifactConfig
from tasks.documents.conditions import Condition, read_condition
from tasks.documents.configs import LoadedConfig
from tasks.errors import PressroomError, fault
from tasks.models import JsonObject

Numbered = tuple[int, ArtifactChild]
"""A child with its place in the config, for messages."""


def values_of(config: ArtifactConfig, context: JsonObject) -> JsonObject:
    """Return the values that all children of an artifact see: its own, overlaid with those given at run time."""
    return config.merged_context(context)


def values_for(child: ArtifactChild, values: JsonObject, context: JsonObject) -> JsonObject:
    """Return the values that one child sees: those for all, overlaid with its own where the context gives no other."""
    own = {name: value for name, value in child.context.items() if name not in context}
    return {**values, **own} if own else values


def included(config: ArtifactConfig, context: JsonObject) -> list[Numbered]:
    """Return the children whose condition holds, in their order."""
    return [(number, child) for number, child in ordered(config) if _holds(config, number, child, context)]


def ordered(config: ArtifactConfig) -> list[Numbered]:
    """Put the children in order: those they depend on first, then by `order` (none is 0), then as they are written.

    `depends_on` is about order alone: a child stays when one it depends on was left out.
    """
    children = config.content.children
    if not any(child.depends_on for child in children):
        return sorted(enumerate(children), key=lambda pair: pair[1].order or 0)
    waiting, places = _waiting(config)
    left = {name: len(numbers) for name, numbers in places.items()}
    behind: dict[str, list[int]] = {name: [] for name in places}
    for number, names in enumerate(waiting):
        for name in names:
            behind[name].append(number)
    ready = [(child.order or 0, number) for number, child in enumerate(children) if not waiting[number]]
    heapq.heapify(ready)
    found: dict[int, ArtifactChild] = {}
    while ready:
        _, number = heapq.heappop(ready)
        found[number] = child = children[number]
        left[child.id] -= 1
        for other in behind[child.id] if not left[child.id] else ():
            waiting[other].discard(child.id)
            if not waiting[other]:
                heapq.heappush(ready, (children[other].order or 0, other))
    if len(found) < len(children):
        raise cycle(children[number].id for number in _circle(waiting, places, found))
    return list(found.items())


def cycle(names: Iterable[str]) -> PressroomError:
    """Build the error for configs that need themselves, given from the first to where it comes again."""
    return fault("CONFIG_CYCLE", cycle=" -> ".join(names))


def condition_of(config: ArtifactConfig, number: int) -> Condition | bool:
    """Read when a child is part of the artifact: always where nothing is said."""
    said: JsonValue = config.content.children[number].conditions
    if isinstance(said, dict):
        said = said.get("include_if", said)
    if said is None or isinstance(said, bool):
        return said is not False
    if isinstance(said, str):
        return read_condition(said)
    why = "it is neither a condition nor an object with `include_if`"
    raise config.invalid(f"content.children.{number}.conditions", why)


def require_state(config: ArtifactConfig, number: int, found: LoadedConfig) -> None:
    """Refuse a child that is not what its `retrievalStrategy` asks for.

    A child is always what its config makes now, since nothing older is kept: `latest` and `all` take that,
    `version` requires the config to have that version, and `approved_only` its stage to be `approved`.
    """
    child, place = config.content.children[number], f"content.children.{number}"
    if child.retrieval_strategy == "version":
        if child.version is None:
            raise config.invalid(f"{place}.version", "it is missing, and `retrievalStrategy` asks for it")
        version = found.config.metadata.version
        if version != child.version:
            why = f"config {found.config.id!r} has the version {version!r}, not {child.version!r}"
            raise config.invalid(f"{place}.version", why)
    if child.retrieval_strategy == "approved_only":
        stage = found.config.evolution.stage if found.config.evolution else "draft"
        if stage != "approved":
            why = f"config {found.config.id!r} is in the stage {stage!r}, not 'approved'"
            raise config.invalid(f"{place}.retrievalStrategy", why)


def _holds(config: ArtifactConfig, number: int, child: ArtifactChild, context: JsonObject) -> bool:
    if child.conditions is None:
        return True
    condition = condition_of(config, number)
    return condition if isinstance(condition, bool) else condition.holds(context)


def _waiting(config: ArtifactConfig) -> tuple[list[set[str]], dict[str, list[int]]]:
    """Find for each child the ids it depends on, and for each id its places: several children may have the same."""
    places: dict[str, list[int]] = {}
    for number, child in enumerate(config.content.children):
        places.setdefault(child.id, []).append(number)
    for number, child in enumerate(config.content.children):
        for name in child.depends_on:
            if name not in places:
                raise config.invalid(f"content.children.{number}.depends_on", f"there is no child {name!r}")
    return [set(child.depends_on) for child in config.content.children], places


def _circle(waiting: Sequence[set[str]], places: Mapping[str, list[int]], done: Container[int]) -> list[int]:
    """Go from one child that is still waited for to one it waits for, until one comes again."""
    here = next(number for number, names in enumerate(waiting) if names)
    path: dict[int, int] = {}
    while here not in path:
        path[here] = len(path)
        here = min(next(place for place in places[name] if place not in done) for name in waiting[here])
    return [*list(path)[path[here] :], here]
