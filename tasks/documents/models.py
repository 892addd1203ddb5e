"""What a batch of documents is made of: operations, items, texts.

A request comes in one of four shapes that other tools write, or as a matrix. `DocumentBatch` has the fields of
all of them, as they are written: so Prefect's form shows them, the ledger keeps what was asked for, and a fault
has a place. What they mean together stands in `request_shapes.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from tasks.complaints import worded
from tasks.documents.contexts import ConfigId, Context, Contexts
from tasks.documents.matrix import Matrix
from tasks.documents.request_options import settle_options
from tasks.models import BatchOptions, Item, JsonObject, Priority, named_priority
from tasks.parameters import refuse_too_large
from tasks.shape import Shape


class Operation(Shape):
    """One document to make: a config, the values it is filled with, and where it goes."""

    model_config = ConfigDict(extra="forbid")

    content_config_id: ConfigId
    """Id of the content config."""
    context: Context = {}
    """Values for the template, as an object or its JSON text; they win over the config's own."""
    output_path: Annotated[str, Field(min_length=1)] | None = None
    """Where the document goes. Default: `<output_dir>/<content_config_id>.<extension>`."""
    priority: Annotated[Priority, BeforeValidator(named_priority)] = Priority.NORMAL
    """critical, high, normal or low; the more urgent go first."""
    force: bool = False
    """Make it anew, even where a finished document of the same input would serve."""
    label: (
        Annotated[str, Field(pattern=worded(r"^[^/\\]+$", r"one letter at least, and neither `/` nor `\`"))] | None
    ) = None
    """Tells documents of one config apart: in the item's name, and in the default path after a `-`."""


class DocumentBatch(BatchOptions):
    """Documents to make from content configs: by id, one by one with values and output path, or as a matrix."""

    LENGTH_OPTION: ClassVar[str] = "`max_tokens` in its configs"

    content_config_ids: list[ConfigId] = []
    """Configs to make one document each from, with the values the configs hold."""
    operations: list[Operation] = []
    """Documents to make one by one: a config, its values, its output path and its priority."""
    requests: list[Operation] = []
    """Documents to make one by one, five at a time at most; the second of a config without output path is `<id>-2`."""
    content_ids: list[ConfigId] = []
    """Configs to make one document each from, four at a time at most."""
    matrix: Matrix | None = None
    """A document for every combination of configs and values, such as language by team by month."""
    shared_context: Context = {}
    """Values for every document of the batch; any that is given more closely wins over them."""
    individual_contexts: Contexts = {}
    """Values by config id; they win over the shared ones, and an operation's own win over them."""
    force: bool = False
    """Make every document anew, even where a finished one of the same input would serve."""
    continue_on_error: bool | None = None
    """false: the first failure ends the batch, as mode fail_fast. true: go on, as the other modes."""
    max_parallelism: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Another name of `max_parallel`. Default: 5 with `requests`, 4 with `content_ids`, else no bound."""
    items_file: Path | None = None
    """File with further operations, one a line (JSONL) or as a list (YAML, JSON): for what exceeds 512 KiB.
    Or a whole spec, read when the run starts: what is given beside it, other than the default, goes before."""
    items_sha256: str | None = None
    """sha256 of `items_file`; when given, another content is refused."""
    output_dir_given: bool | None = None
    """Not to be set: Pressroom notes whether `output_dir` was given, since output paths are read from it only then."""

    @model_validator(mode="after")
    def _fits(self, info: ValidationInfo) -> DocumentBatch:
        settle_options(self)
        if self.output_dir_given is None:
            is_stored = info.context is not None and info.context.get("stored", False)
            self.output_dir_given = not self._is_usual if is_stored else self.output_dir is not None
        refuse_too_large(self, info)
        return self

    @property
    def _is_usual(self) -> bool:
        """Whether it writes to where it would without an `output_dir`: all that batches of old versions tell of it."""
        return self.output_dir == self.base_dir / "output" / (self.batch_id or "")


class DocumentItem(Item):
    """An operation with its place in a batch. `output_path` is absolute once the item has entered its lane."""

    content_config_id: str
    context: JsonObject = {}
    base_dir: str
    output_root: str
    output_path: str | None = None
    force: bool = False
    label: str | None = None
    further_paths: list[str] = []
    """Where the outputs of an artifact go beyond the first; absolute, known once the item has entered its lane."""

    @property
    def paths(self) -> list[str]:
        """Where all its outputs go, in the order of the config."""
        return [self.output_path or "", *self.further_paths]


class LoadedDocument(Shape):
    """An item that a model is to write, with the fingerprint of all it is made of."""

    item: DocumentItem
    fingerprint: str

    @property
    def item_id(self) -> str:
        """The item's name."""
        return self.item.item_id


class DocumentText(Shape):
    """What goes into each file of a document. It names no item: a later batch may take it over from its checkpoint."""

    texts: list[str]
    left_out: tuple[str, ...] = ()
    """Optional parts it was made without, each with why."""
    stands_in: tuple[str, ...] = ()
    """Texts that no answer served for, each with the reason why the config's fallback is there instead."""
    left_empty: tuple[str, ...] = ()
    """Variables that its templates ask for and nobody gives."""

    @property
    def is_provisional(self) -> bool:
        """Whether the next run may bring something better, so that this is not kept for it."""
        return bool(self.left_out or self.stands_in)
