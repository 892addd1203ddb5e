"""What a batch of documents is made of: operations, items, texts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from tasks.documents.config_models import ContentConfig
from tasks.models import BatchOptions, Item, JsonObject, Priority, Shape, named_priority
from tasks.parameters import refuse_too_large


class Operation(Shape):
    """One document to make: a config, the values it is filled with, and where it goes."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    content_config_id: Annotated[str, Field(min_length=1, max_length=200)]
    """Id of the content config."""
    context: JsonObject = {}
    """Values for the template; they win over the config's own."""
    output_path: Annotated[str, Field(min_length=1)] | None = None
    """Where the document goes. Default: `<output_dir>/<content_config_id>.<extension>`."""
    priority: Annotated[Priority, BeforeValidator(named_priority)] = Priority.NORMAL
    """critical, high, normal or low; the more urgent go first."""


class DocumentBatch(BatchOptions):
    """Documents to make from content configs: by id, or one by one with values and output path."""

    content_config_ids: list[str] = []
    """Configs to make one document each from, with the values the configs hold."""
    operations: list[Operation] = []
    """Documents to make one by one: a config, its values, its output path and its priority."""
    items_file: Path | None = None
    """File with further operations, one a line (JSONL) or as a list (YAML, JSON): for what exceeds 512 KiB."""
    items_sha256: str | None = None
    """sha256 of `items_file`; when given, another content is refused."""

    @model_validator(mode="after")
    def _fits(self, info: ValidationInfo) -> DocumentBatch:
        refuse_too_large(self, info)
        return self


class DocumentItem(Item):
    """An operation with its place in a batch. `output_path` is absolute once the item has entered its lane."""

    content_config_id: str
    context: JsonObject = {}
    base_dir: str
    output_root: str
    output_path: str | None = None
    further_paths: list[str] = []
    """Where the outputs of an artifact go beyond the first; absolute, known once the item has entered its lane."""

    @property
    def paths(self) -> list[str]:
        """Where all its outputs go, in the order of the config."""
        return [self.output_path or "", *self.further_paths]


class LoadedDocument(Shape):
    """An item with its config, ready to be made."""

    item: DocumentItem
    config: ContentConfig
    config_sha256: str

    @property
    def item_id(self) -> str:
        """The item's name."""
        return self.item.item_id


class DocumentText(Shape):
    """The text of a document. It names no item or folder: a later batch may take it over from its checkpoint."""

    text: str
