"""The way from a config into those it is made of: never back to one that is on it, and never without end."""

from __future__ import annotations

from tasks.documents.artifact_models import ArtifactConfig, Dependency
from tasks.documents.children import cycle
from tasks.documents.config_models import ContentConfig
from tasks.documents.config_parts import InputSource
from tasks.documents.configs import ConfigLibrary, LoadedConfig
from tasks.errors import PressroomError

MAX_DEPTH = 50
"""Configs inside each other at most; above what anyone could follow, and below what Python can."""
MAX_PARTS = 10_000
"""Configs that one document is made of at most."""

Trail = tuple[LoadedConfig, ...]
"""The configs from the one that was asked for to the one at hand."""


def entered(trail: Trail, loaded: LoadedConfig) -> Trail:
    """Go one config further; CONFIG_CYCLE, with all their names, when it is on the trail already."""
    for place, one in enumerate(trail):
        if one.path == loaded.path:
            raise cycle(step.config.id for step in (*trail[place:], loaded))
    if len(trail) >= MAX_DEPTH:
        raise _too_large(trail[0], f"configs are nested more than {MAX_DEPTH} deep in it")
    return (*trail, loaded)


def refuse_too_many(first: LoadedConfig, parts: int) -> None:
    """Refuse a config of more parts than there is sense in: few configs can name each other in very many ways."""
    if parts >= MAX_PARTS:
        raise _too_large(first, f"it is made of more than {MAX_PARTS:,} parts")


def input_config(library: ConfigLibrary, config: ContentConfig, source: InputSource) -> LoadedConfig:
    """Find the config that makes an input; it must be of the kind that the source names."""
    loaded = library.load_child(source.source_locator, source.source_locator)
    if isinstance(loaded.config, ArtifactConfig) != (source.source_type == "artifact_config"):
        number = config.inputs.sources.index(source) if config.inputs else 0
        why = f"config {loaded.config.id!r} is of the type {loaded.config.type!r}"
        raise config.invalid(f"inputs.sources.{number}.source_type", why)
    return loaded


def needed_artifact(library: ConfigLibrary, needed: Dependency) -> LoadedConfig:
    """Find an artifact that another depends on; its `locator` is a path, or an id of its own."""
    is_path = "/" in needed.locator or "." in needed.locator
    return library.load_child(needed.locator, needed.id if is_path else needed.locator)


def inside(error: PressroomError, name: str, whole: str) -> PressroomError:
    """Say of a part's failure which part it is, where its message does not."""
    if error.code == "CONFIG_CYCLE" or error.message.startswith("In '"):
        return error
    message = f"In {name!r} of {whole!r}: {error.message}"
    found = type(error)(error.code, message, error.remedy)
    found.details = error.details
    return found


def note(name: str, whole: str, error: PressroomError) -> str:
    """Say which optional part was left out, and why."""
    return f"{name!r} of {whole!r}: {error.message} ({error.code})"


def _too_large(first: LoadedConfig, why: str) -> PressroomError:
    field = "content.children" if isinstance(first.config, ArtifactConfig) else "inputs.sources"
    return first.config.invalid(field, why)
