"""What a config needs to be made, found out before its item enters a lane: nothing is read but configs."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from tasks.checkpoints import canonical
from tasks.documents.artifact_models import ArtifactConfig
from tasks.documents.children import included, values_for, values_of
from tasks.documents.config_models import ContentConfig
from tasks.documents.configs import ConfigLibrary, LoadedConfig
from tasks.documents.generators import generator_of
from tasks.documents.inputs import MADE
from tasks.documents.trails import Trail, entered, input_config, inside, needed_artifact, refuse_too_many
from tasks.errors import InputError
from tasks.models import JsonObject

Role = Literal["needed", "optional", "elsewhere"]
"""How a config belongs to the whole: it can't be without it, it can, or it is made for itself and only named."""


def survey(library: ConfigLibrary, loaded: LoadedConfig, context: JsonObject, *, has_model: bool) -> Survey:
    """Look at all that a config is made of; CONFIG_CYCLE when that leads back to it.

    The artifacts that an artifact depends on are looked at as well: they have to be there, and may not need it in
    turn. They need not be made first, because texts are made from configs and not from the files of other items.
    What else is wrong with a part is left to its draft, which knows what can do without it.
    """
    found = Survey(library, has_model=has_model)
    found.visit(loaded, context, (), "needed")
    return found


class Survey:
    """What was found: the lane, and where the configs lie."""

    def __init__(self, library: ConfigLibrary, *, has_model: bool) -> None:
        self.paths: set[str] = set()
        self._library = library
        self._has_model = has_model
        self._writes = False
        self._renders = False
        self._done: set[tuple[Path, str, Role]] = set()

    @property
    def lane(self) -> str:
        """The lane of the slowest part: `write` for a model, `render` for a process of its own, else `fill`."""
        return "write" if self._writes else "render" if self._renders else "fill"

    def visit(self, loaded: LoadedConfig, context: JsonObject, trail: Trail, role: Role) -> None:
        """Look at a config and at all it is made of."""
        trail = entered(trail, loaded)
        key = (loaded.path, canonical(context), role)
        if key in self._done:
            return
        refuse_too_many(trail[0], len(self._done))
        if isinstance(loaded.config, ArtifactConfig):
            self._artifact(loaded.config, context, trail, role)
        else:
            self._content(loaded.config, context, trail, role)
        self._done.add(key)
        self.paths.add(str(loaded.path))

    def _content(self, config: ContentConfig, context: JsonObject, trail: Trail, role: Role) -> None:
        self._note_lane(generator_of(config).lane, role)
        for source in config.inputs.sources if config.inputs else ():
            if source.source_type == "git_reference":
                self._note_lane("render", role)
            elif source.source_type in MADE:
                try:
                    loaded = input_config(self._library, config, source)
                    self.visit(loaded, context, trail, _within(role, source.required))
                except InputError as error:
                    _refuse_cycle(error)

    def _artifact(self, config: ArtifactConfig, context: JsonObject, trail: Trail, role: Role) -> None:
        if config.metadata.strategy == "template":
            self._note_lane("render", role)
        values = values_of(config, context)
        for _, child in included(config, values):
            try:
                loaded = self._library.load_child(child.path, child.id)
                part = values_for(child, values, context)
                self.visit(loaded, part, trail, _within(role, child.required))
            except InputError as error:
                _refuse_cycle(error)
        for needed in config.dependencies:
            if needed.type == "artifact":
                try:
                    loaded = needed_artifact(self._library, needed)
                    self.visit(loaded, values, trail, "elsewhere")
                except InputError as error:
                    _refuse_cycle(error)
                    if role == "needed" and error.code == "CONFIG_NOT_FOUND":
                        raise inside(error, needed.id, config.id) from error

    def _note_lane(self, lane: str, role: Role) -> None:
        if lane == "render" and role != "elsewhere":
            self._renders = True
        elif lane == "write" and role != "elsewhere" and (role == "needed" or self._has_model):
            # One that can be done without is left out where the batch has no model, and is nothing to wait for.
            self._writes = True


def _within(role: Role, required: bool) -> Role:
    return "optional" if role == "needed" and not required else role


def _refuse_cycle(error: InputError) -> None:
    if error.code == "CONFIG_CYCLE":
        raise error
