"""Drafts of what is made of other things: artifacts of their children, contents of their inputs.

Everything is read here that decides what will be made: the configs of children and of inputs, down to the last, the
files and values that inputs name, the templates. What an optional part lacks is noted, and goes on without it.
Nothing is made yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from tasks.checkpoints import canonical
from tasks.documents.artifact_models import ArtifactConfig
from tasks.documents.assembly import check_assembly
from tasks.documents.children import included, require_state, values_for, values_of
from tasks.documents.config_models import ContentConfig
from tasks.documents.config_parts import InputSource
from tasks.documents.configs import LoadedConfig
from tasks.documents.drafts import Draft, DraftedChild, DraftedInput, fingerprint_of, refuse_without_model
from tasks.documents.generators import generator_of
from tasks.documents.inputs import MADE, MISSING, read_input
from tasks.documents.models import DocumentItem
from tasks.documents.plan import library_of
from tasks.documents.selectors import check_selector
from tasks.documents.trails import Trail, entered, input_config, inside, note, refuse_too_many
from tasks.errors import InputError
from tasks.fingerprint_parts import PART_LENGTH, joined, parts_of
from tasks.models import JsonObject


class Composition:
    """Builds the tree of drafts of one item. A config that is needed twice with the same values is drafted once.

    That holds for one that fails as well: where each of many has two optional parts, trying again would double the
    work with every level.
    """

    def __init__(self, item: DocumentItem) -> None:
        self._item = item
        self._base = Path(item.base_dir)
        self._library = library_of(item.base_dir)
        self._known: dict[tuple[Path, str], Draft | InputError] = {}

    def draft(self, loaded: LoadedConfig) -> Draft:
        """Draft what the item asks for."""
        return self._draft(loaded, self._item, ())

    def _draft(self, loaded: LoadedConfig, item: DocumentItem, trail: Trail) -> Draft:
        trail = entered(trail, loaded)
        key = (loaded.path, canonical(item.context))
        found = self._known.get(key)
        if found is None:
            refuse_too_many(trail[0], len(self._known))
            make = self._artifact if isinstance(loaded.config, ArtifactConfig) else self._content
            try:
                found = make(loaded, item, trail)
            except InputError as error:
                if error.code == "CONFIG_CYCLE":
                    raise
                found = error
            self._known[key] = found
        if isinstance(found, InputError):
            raise found.with_traceback(None)
        return found

    def _content(self, loaded: LoadedConfig, item: DocumentItem, trail: Trail) -> Draft:
        config = loaded.config
        assert isinstance(config, ContentConfig)
        inputs, left_out = self._inputs(config, item, trail)
        refuse_without_model(config, item)
        request, templates = None, ""
        if generator_of(config).lane == "render":
            from tasks.documents import jinja

            request = jinja.prepare(config, item.context, self._base, dict.fromkeys(one.source.id for one in inputs))
            templates = jinja.fingerprint_of_templates(request)
        fingerprint = fingerprint_of(
            item, loaded, templates, inputs=_hash(f"{one.source.id} {one.mark}" for one in inputs)
        )
        return Draft(item, loaded, fingerprint, request, inputs=inputs, left_out=_whole(left_out, inputs))

    def _artifact(self, loaded: LoadedConfig, item: DocumentItem, trail: Trail) -> Draft:
        config = loaded.config
        assert isinstance(config, ArtifactConfig)
        values = values_of(config, item.context)
        children, left_out = self._children(config, item, values, trail)
        check_assembly(config, [(one.child.id, one.draft.loaded.config.makes) for one in children])
        request, templates = None, ""
        if config.metadata.strategy == "template":
            from tasks.documents import jinja

            request = jinja.prepare_artifact(config, values, self._base)
            templates = jinja.fingerprint_of_templates(request)
        marks = _hash(f"{one.child.id} {_mark(one.draft)}" for one in children)
        fingerprint = fingerprint_of(item, loaded, templates, children=marks)
        return Draft(item, loaded, fingerprint, request, children, left_out=_whole(left_out, children))

    def _children(
        self, config: ArtifactConfig, item: DocumentItem, values: JsonObject, trail: Trail
    ) -> tuple[tuple[DraftedChild, ...], list[str]]:
        children: list[DraftedChild] = []
        left_out: list[str] = []
        for number, child in included(config, values):
            try:
                loaded = self._library.load_child(child.path, child.id)
                require_state(config, number, loaded)
                part = _part(item, loaded, values_for(child, values, item.context))
                drafted = self._draft(loaded, part, trail)
            except InputError as error:
                if child.required or error.code == "CONFIG_CYCLE":
                    raise inside(error, child.id, config.id) from error
                left_out.append(note(child.id, config.id, error))
            else:
                children.append(DraftedChild(child, drafted))
        return tuple(children), left_out

    def _inputs(
        self, config: ContentConfig, item: DocumentItem, trail: Trail
    ) -> tuple[tuple[DraftedInput, ...], list[str]]:
        inputs: list[DraftedInput] = []
        left_out: list[str] = []
        for source in config.inputs.sources if config.inputs else ():
            try:
                inputs.append(self._input(config, source, item, trail))
            except InputError as error:
                if source.required or error.code not in MISSING:
                    raise inside(error, source.id, config.id) from error
                left_out.append(note(source.id, config.id, error))
        return tuple(inputs), left_out

    def _input(self, config: ContentConfig, source: InputSource, item: DocumentItem, trail: Trail) -> DraftedInput:
        if source.source_type not in MADE:
            read = read_input(config, source, self._base)
            return DraftedInput(source, read.mark, read.value)
        check_selector(source.data_selector)
        loaded = input_config(self._library, config, source)
        drafted = self._draft(loaded, _part(item, loaded, item.context), trail)
        return DraftedInput(source, _mark(drafted), draft=drafted)


def _part(item: DocumentItem, loaded: LoadedConfig, context: JsonObject) -> DocumentItem:
    """Ask for a part as the item asks for the whole."""
    return item.model_copy(update={"content_config_id": loaded.config.id, "context": context})


def _whole(left_out: Iterable[str], parts: Sequence[DraftedChild | DraftedInput]) -> tuple[str, ...]:
    """Add to what was left out what the parts have left out themselves, each once."""
    deeper = [name for part in parts if part.draft is not None for name in part.draft.left_out]
    return tuple(dict.fromkeys([*left_out, *deeper]))


def _mark(drafted: Draft) -> str:
    """Name a part without its values: they follow from those of the whole, which have a part of their own."""
    parts = {name: value for name, value in parts_of(drafted.fingerprint).items() if name != "values"}
    return joined(**parts)


def _hash(lines: Iterable[str]) -> str:
    whole = "\n".join(lines)
    return hashlib.sha256(whole.encode()).hexdigest()[:PART_LENGTH] if whole else ""
