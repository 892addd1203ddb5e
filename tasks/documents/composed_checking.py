"""What is wrong with a document that is made of others, found without writing any: in which config, at which field.

Every config on the way is looked at, so that all that is wrong is told at once. What is wrong inside an optional part
is not told, because the document comes out without it; a cycle always is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tasks.checkpoints import canonical
from tasks.documents.artifact_models import ArtifactConfig
from tasks.documents.assembly import check_assembly
from tasks.documents.children import condition_of, included, require_state, values_for, values_of
from tasks.documents.composition import Composition
from tasks.documents.config_models import ContentConfig
from tasks.documents.config_parts import InputSource
from tasks.documents.configs import ConfigLibrary, LoadedConfig
from tasks.documents.generators import generator_of
from tasks.documents.inputs import MADE, MISSING, read_input
from tasks.documents.models import DocumentItem
from tasks.documents.selectors import check_selector
from tasks.documents.texts import selected, text_of
from tasks.documents.trails import Trail, entered, input_config, inside, needed_artifact, refuse_too_many
from tasks.errors import InputError, PressroomError, fault
from tasks.files import resolve_inside
from tasks.models import JsonObject

Attempt = Callable[[ContentConfig, JsonObject, Path], None]
"""Does what is quick of making a content, and raises what is wrong."""

_OF_A_FILE = ("CONFIG_INVALID", "CONFIG_UNSUPPORTED", "FILE_TOO_LARGE", "NOT_UTF8", "SPEC_MALFORMED", "YAML_BOMB")


class Complaint(NamedTuple):
    """An error, the config it is in (None: in the file that it names itself), and the field, where that is known."""

    error: PressroomError
    loaded: LoadedConfig | None = None
    field: str | None = None


def complaints_about(
    item: DocumentItem, loaded: LoadedConfig, library: ConfigLibrary, attempt: Attempt
) -> Iterator[Complaint]:
    """Yield all that is wrong with an item's config and with those it is made of."""
    return _Check(item, library, attempt).config(loaded, item.context, ())


class _Check:
    """Goes through the configs of one document, each once for the values it gets."""

    def __init__(self, item: DocumentItem, library: ConfigLibrary, attempt: Attempt) -> None:
        self._item = item
        self._library = library
        self._attempt = attempt
        self._done: set[tuple[Path, str]] = set()
        self._texts: dict[tuple[Path, str], str | None] = {}

    def config(self, loaded: LoadedConfig, context: JsonObject, trail: Trail) -> Iterator[Complaint]:
        """Yield what is wrong with a config; raises when it may not stand where it does."""
        trail = entered(trail, loaded)
        key = (loaded.path, canonical(context))
        if key in self._done:
            return
        refuse_too_many(trail[0], len(self._done))
        self._done.add(key)
        if isinstance(loaded.config, ArtifactConfig):
            yield from self._artifact(loaded, loaded.config, context, trail)
        else:
            yield from self._content(loaded, loaded.config, context, trail)

    def _part(
        self, loaded: LoadedConfig, found: LoadedConfig, place: str, context: JsonObject, trail: Trail
    ) -> Iterator[Complaint]:
        try:
            yield from self.config(found, context, trail)
        except InputError as error:
            yield Complaint(error, loaded, place)

    def _artifact(
        self, loaded: LoadedConfig, config: ArtifactConfig, context: JsonObject, trail: Trail
    ) -> Iterator[Complaint]:
        unreadable = list(_unreadable(loaded, config))
        if unreadable:
            yield from unreadable
            return
        try:
            values = values_of(config, context)
            numbers = [number for number, _ in included(config, values)]
        except InputError as error:
            yield _complaint(error, loaded, "content.children")
            return
        formats: dict[int, tuple[str, str]] = {}
        for number in numbers:
            part = values_for(config.content.children[number], values, context)
            yield from self._child(loaded, config, number, part, trail, formats)
        if all(number in formats for number in numbers if config.content.children[number].required):
            yield from self._assembly(loaded, config, [*formats.values()])
        for number, needed in enumerate(config.dependencies):
            if needed.type == "artifact":
                yield from self._dependency(loaded, config, number, values, trail)

    def _child(
        self,
        loaded: LoadedConfig,
        config: ArtifactConfig,
        number: int,
        values: JsonObject,
        trail: Trail,
        formats: dict[int, tuple[str, str]],
    ) -> Iterator[Complaint]:
        child, place = config.content.children[number], f"content.children.{number}.path"
        try:
            found = self._library.load_child(child.path, child.id)
            require_state(config, number, found)
        except InputError as error:
            problems: Iterable[Complaint] = [_complaint(error, loaded, place)]
        else:
            formats[number] = child.id, found.config.makes
            problems = self._part(loaded, found, place, values, trail)
        yield from problems if child.required else _cycles(problems)

    def _dependency(
        self, loaded: LoadedConfig, config: ArtifactConfig, number: int, values: JsonObject, trail: Trail
    ) -> Iterator[Complaint]:
        """Look whether an artifact that this one depends on is there; what is wrong inside it is its own."""
        needed, place = config.dependencies[number], f"dependencies.{number}.locator"
        try:
            found = needed_artifact(self._library, needed)
        except InputError as error:
            yield _complaint(error, loaded, place)
        else:
            yield from _cycles(self._part(loaded, found, place, values, trail))

    def _assembly(
        self, loaded: LoadedConfig, config: ArtifactConfig, formats: list[tuple[str, str]]
    ) -> Iterator[Complaint]:
        try:
            check_assembly(config, formats)
            template, folder = config.content.template or "", self._library.base_dir
            if config.metadata.strategy == "template" and not os.path.isfile(resolve_inside(folder, template)):
                raise fault("TEMPLATE_MISSING", template=template, folder=str(folder))
        except InputError as error:
            yield _complaint(error, loaded, "content.template")

    def _content(
        self, loaded: LoadedConfig, config: ContentConfig, context: JsonObject, trail: Trail
    ) -> Iterator[Complaint]:
        given: JsonObject = {}
        unknown: list[str] = []
        problems = list(self._inputs(loaded, config, context, trail, given, unknown))
        yield from problems
        try:
            if generator_of(config).lane == "render" or not (problems or unknown):
                self._attempt(config, {**context, **given}, self._library.base_dir)
        except PressroomError as error:
            if error.code in ("UNDEFINED_VARIABLE", "CONTEXT_INVALID") and len(trail) > 1:
                # Told where the spec gives the values, which does not say what they are for.
                error = inside(error, config.id, trail[-2].config.id)
            yield Complaint(error, loaded, "generation.patterns.0.type" if error.code == "GENERATOR_UNKNOWN" else None)

    def _inputs(
        self,
        loaded: LoadedConfig,
        config: ContentConfig,
        context: JsonObject,
        trail: Trail,
        given: JsonObject,
        unknown: list[str],
    ) -> Iterator[Complaint]:
        """Yield what is wrong with the inputs; those that are there go into `given`, untold ones into `unknown`."""
        for number, source in enumerate(config.inputs.sources if config.inputs else ()):
            place = f"inputs.sources.{number}"
            try:
                check_selector(source.data_selector)
                if source.source_type not in MADE:
                    given[source.id] = read_input(config, source, self._library.base_dir).value
                    continue
                found = input_config(self._library, config, source)
                problems = list(self._part(loaded, found, f"{place}.source_locator", context, trail))
                yield from problems if source.required else _cycles(problems)
                self._make(found, source, context, given, unknown)
            except InputError as error:
                if source.required or error.code not in MISSING:
                    field = "data_selector" if error.code.startswith("SELECTOR") else "source_locator"
                    yield _complaint(error, loaded, f"{place}.{field}")

    def _make(
        self, found: LoadedConfig, source: InputSource, context: JsonObject, given: JsonObject, unknown: list[str]
    ) -> None:
        """Make an input that takes no process, in memory and once, so that its selector can be tried."""
        key = (found.path, canonical(context))
        if key not in self._texts:
            item = self._item.model_copy(update={"content_config_id": found.config.id, "context": context})
            try:
                self._texts[key] = text_of(Composition(item).draft(found))
            except PressroomError:
                self._texts[key] = None  # A template is part of it; or it is at fault, and that has been told.
        text = self._texts[key]
        if text is None:
            unknown.append(source.id)
        else:
            given[source.id] = selected(text, source, found.config)


def _unreadable(loaded: LoadedConfig, config: ArtifactConfig) -> Iterator[Complaint]:
    for number in range(len(config.content.children)):
        try:
            condition_of(config, number)
        except InputError as error:
            yield Complaint(error, loaded, f"content.children.{number}.conditions")


def _complaint(error: PressroomError, loaded: LoadedConfig, place: str) -> Complaint:
    """Place an error: in the file that it names, at the field that it names, else at `place`."""
    of_this = error.details.get("path") == str(loaded.path)
    if error.code in _OF_A_FILE and not of_this:
        return Complaint(error)
    return Complaint(error, loaded, str(error.details["field"]) if of_this and "field" in error.details else place)


def _cycles(problems: Iterable[Complaint]) -> Iterator[Complaint]:
    return (one for one in problems if one.error.code == "CONFIG_CYCLE")
