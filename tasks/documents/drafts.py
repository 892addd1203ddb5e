"""Drafts: what is known of a document before it is made, and above all its fingerprint.

A draft is a tree where a document is made of others: the configs that make its children and its inputs have drafts
of their own below it. Making and `plan` both begin here, so they agree about what changed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.checkpoints import canonical
from tasks.documents.config_models import ContentConfig
from tasks.documents.configs import LoadedConfig
from tasks.documents.generators import WRITTEN, generator_of
from tasks.documents.models import DocumentItem
from tasks.documents.plan import library_of
from tasks.errors import PressroomError, fault
from tasks.fingerprint_parts import PART_LENGTH, joined

if TYPE_CHECKING:
    from pydantic import JsonValue

    from tasks.documents.artifact_models import ArtifactChild
    from tasks.documents.config_parts import InputSource
    from tasks.documents.jinja_templates import JinjaRequest

CODE_VERSION = "1"
"""Goes up when a generator makes another text of the same input."""


@dataclass(frozen=True)
class Draft:
    """An item whose config has been read, with the fingerprint of what will be made of it."""

    item: DocumentItem
    loaded: LoadedConfig
    fingerprint: str
    request: JinjaRequest | None = None
    """What is to be rendered, where a template engine makes the document."""
    children: tuple[DraftedChild, ...] = ()
    inputs: tuple[DraftedInput, ...] = ()
    left_out: tuple[str, ...] = ()
    """Optional parts, of those inside as well, that are known to be missing or faulty, each with why."""


@dataclass(frozen=True)
class DraftedChild:
    """A child of an artifact, in its place, and what makes its text."""

    child: ArtifactChild
    draft: Draft


@dataclass(frozen=True)
class DraftedInput:
    """An input of a content: its value where it is at hand, else the draft of what has to be made first."""

    source: InputSource
    mark: str
    value: JsonValue = None
    draft: Draft | None = None


def draft(item: DocumentItem, *, seen_within: float = 0.0) -> Draft:
    """Read an item's config and all it is made of, and name what will be made of it.

    Within `seen_within` seconds after a look the config's own file is not looked at again.
    """
    loaded = library_of(item.base_dir).load(item.content_config_id, seen_within=seen_within)
    config = loaded.config
    if not isinstance(config, ContentConfig) or config.inputs is not None:
        from tasks.documents.composition import Composition  # Most documents are made of nothing else.

        return Composition(item).draft(loaded)
    lane = generator_of(config).lane
    if lane != item.lane and {lane, item.lane} & {"render", "write"}:
        raise changed(config.id)
    refuse_without_model(config, item)
    if item.lane != "render":
        return Draft(item, loaded, fingerprint_of(item, loaded))
    from tasks.documents import jinja  # Jinja takes a while to load, and most documents need none.

    request = jinja.prepare(config, item.context, Path(item.base_dir))
    templates = jinja.fingerprint_of_templates(request)
    return Draft(item, loaded, fingerprint_of(item, loaded, templates), request)


def fingerprint_of(
    item: DocumentItem, loaded: LoadedConfig, templates: str = "", children: str = "", inputs: str = ""
) -> str:
    """Name a document by its config, its values, the code, its models, and the hashes of what it is made of."""
    values = _hash(canonical(item.context)) if item.context else "none"
    config = loaded.config
    is_written = isinstance(config, ContentConfig) and config.generator == WRITTEN
    models = _hash(canonical(item.models)) if is_written else ""
    return joined(
        code=CODE_VERSION,
        config=loaded.sha256[:PART_LENGTH],
        values=values,
        templates=templates[:PART_LENGTH],
        children=children,
        inputs=inputs,
        models=models,
    )


def refuse_without_model(config: ContentConfig, item: DocumentItem) -> None:
    """Refuse a config that a model is to write in a batch that does without."""
    if config.generator == WRITTEN and not item.models:
        raise fault("MODEL_NONE", what=f"Config {config.id!r}")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:PART_LENGTH]


def changed(config_id: str) -> PressroomError:
    """Build the error for a config that needs something else now than when its item entered its lane."""
    return fault("TEMPORARY_ERROR", what=f"Config {config_id!r} was changed while its batch runs.")
