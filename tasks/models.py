"""The shapes that cross task borders: options, items, chunks, outcomes.

Only these (and the kinds' own models built on them) pass between flows and tasks, so that a
border can be read, checked and stored as JSON.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, model_validator

from tasks.complaints import worded
from tasks.errors import PressroomError
from tasks.model_options import Budget, ModelName, ModelOptions
from tasks.retrying import RetryDelay
from tasks.shape import Shape
from tasks.spec_files import with_spec

JsonObject = dict[str, JsonValue]

BATCH_ID = worded(
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", "up to 100 of `A-Z a-z 0-9 . _ -`, beginning with a letter or digit"
)
"""What a batch may be called."""


class ItemStatus(StrEnum):
    """What became of an item."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    NEEDS_REVIEW = "needs_review"


CAME_OUT = (ItemStatus.SUCCEEDED, ItemStatus.NEEDS_REVIEW)
"""How items stand of which something was made."""


class BatchStatus(StrEnum):
    """What became of a batch."""

    RUNNING = "running"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"
    PARTIAL = "partial"
    FAILED = "failed"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"


class Mode(StrEnum):
    """What a failure does to the rest of the batch."""

    COLLECT = "collect"
    FAIL_FAST = "fail_fast"
    RETRY = "retry"


class OnFailures(StrEnum):
    """What a batch does when over half of what finishes fails."""

    ASK = "ask"
    PAUSE = "pause"
    STOP = "stop"
    CONTINUE = "continue"


class Reuse(StrEnum):
    """Whose finished work counts: nobody's, this batch's, or any batch's."""

    NEVER = "never"
    BATCH = "batch"
    ALWAYS = "always"


class Select(StrEnum):
    """Which items of a known batch to take up again."""

    UNFINISHED = "unfinished"
    FAILED = "failed"


class Priority(StrEnum):
    """Order of admission, the most urgent first."""

    CRITICAL = "critical"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"

    @property
    def rank(self) -> int:
        """Place in the order; 0 goes first."""
        return _RANKS[self]


_RANKS = {priority: rank for rank, priority in enumerate(Priority)}


def named_priority(value: Any) -> Any:
    """Read `medium`, the source's word, as normal."""
    return Priority.NORMAL if value == "medium" else value


def _own_first(schema: dict[str, Any], model: type[BaseModel]) -> None:
    """Let forms begin with what a kind asks for, and demand nothing that a spec in a file may hold."""
    common = BatchOptions.model_fields.keys()
    fields: dict[str, Any] = schema["properties"]
    order = sorted(fields, key=lambda name: (name in common, name != "items_file"))
    # Postgres keeps no order of keys; the form looks at `position`.
    schema["properties"] = {name: fields[name] | {"position": place} for place, name in enumerate(order)}
    if "required" in schema and "items_file" in fields:
        schema["anyOf"] = [{"required": schema.pop("required")}, {"required": ["items_file"]}]


class BatchOptions(Shape):
    """What every kind's batch can be told, whatever it makes."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_own_first)

    DEADLINE_OPTION: ClassVar[str] = "item_deadline_seconds"
    """What the users of a kind set who want more time for an item: a remedy names it."""
    LENGTH_OPTION: ClassVar[str] = ""
    """What they lower who want models to be asked for less at once; nothing where that is not theirs to say."""

    batch_id: Annotated[str, Field(pattern=BATCH_ID)] | None = None
    """Name of the batch. The same name again resumes it. Made from kind and time when left out."""
    base_dir: Path = Path(".")
    """Folder from which configs, templates and relative output paths are looked up."""
    output_dir: Path | None = None
    """Folder below which outputs are written. Default: `output/<batch_id>`, and given output paths below `base_dir`."""
    mode: Mode = Mode.COLLECT
    """collect: go on and report failures at the end. fail_fast: end at the first. retry: try again at the end."""
    max_retries: Annotated[int, Field(ge=0, le=20)] = 2
    """How often mode `retry` takes up what failed for a passing reason."""
    max_parallel: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Upper bound for work in flight in each lane; memory and cores may bound it further."""
    reuse: Reuse = Reuse.ALWAYS
    """Whose finished work counts when its input is the same: never, this batch's, or always any batch's."""
    item_deadline_seconds: Annotated[float, Field(gt=0)] | None = None
    """Longest time for one item, counted from when its first stage is admitted."""
    deadline_seconds: Annotated[float, Field(gt=0)] | None = None
    """Longest time for the whole batch."""
    model: ModelName | None = None
    """One model for the whole batch, as `vendor:model`, or `none`; short for `models.use`."""
    models: ModelOptions = ModelOptions()
    """Which models are used, and which of them an item gets."""
    budget: Budget = Budget()
    """How much money may be spent."""
    canary: Annotated[int, Field(ge=0, le=1000)] = 5
    """Items that finish first in a batch of more than 20; when all of them fail alike, it stops. 0: none."""
    on_failures: OnFailures = OnFailures.ASK
    """When over half of what finishes fails. ask: pause where somebody is there, else stop. pause, stop, continue."""
    answer_seconds: Annotated[float, Field(gt=0)] = 86_400.0
    """How long a batch that has paused by itself waits to be told to go on, before it stops."""
    select: Select = Select.UNFINISHED
    """When the batch is known already: take up what is unfinished, or what has failed."""
    part_of: (
        Annotated[str, Field(pattern=r"^--batch-id [A-Za-z0-9][A-Za-z0-9._-]{0,99} --chunk(s|-size) \d+$")] | None
    ) = None
    """Not to be set: Pressroom notes of a part with which options `submit` has made it, since it goes on with them."""

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any) -> Any:
        """Read what is given; a kind that reads in its own way overrides this, and has the spec as well."""
        return with_spec(cls, data)


BatchT = TypeVar("BatchT", bound=BatchOptions)


class Item(Shape):
    """One thing to make. Kinds add what they need to make it."""

    model_config = ConfigDict(extra="forbid")

    item_id: str
    batch_id: str = ""
    priority: Annotated[Priority, BeforeValidator(named_priority)] = Priority.NORMAL
    lane: str = "main"
    needs: list[str] = []
    """Items that must have succeeded before it enters."""
    continues: str = ""
    """The item whose handed-on work it takes up; it enters once that is there, though the item may still be at work."""
    gathering: str = ""
    """Name under which it meets the items that are made together with it; empty for none."""
    models: list[str] = []
    """Models that may make it, as `vendor:model`, the one to try first in front; none where it needs none."""
    model_reason: str = ""
    """Why that one is in front."""
    deadline_seconds: float | None = None
    """The batch's `item_deadline_seconds`, for stages that make several items and must hold it for each."""


ItemT = TypeVar("ItemT", bound=Item)


class AskingItem(Item):
    """An item whose stages put questions to a model until an answer serves."""

    retries: int = 3
    """How often a question whose answer does not come or does not serve is put again."""
    retry_delay: RetryDelay = RetryDelay()
    """How long to wait before, where the answer did not come."""
    seed: int = 0
    """The batch's, moved by how often persons have rejected what was made of it."""


class Chunk(Shape, Generic[ItemT]):
    """Several fast items that share one task, because a task costs more than each of them."""

    items: list[ItemT]

    @property
    def item_id(self) -> str:
        """Name for the task run: first item and count."""
        return f"{self.items[0].item_id}+{len(self.items) - 1}"

    @property
    def priority(self) -> Priority:
        """The most urgent of its items."""
        return min((item.priority for item in self.items), key=lambda priority: priority.rank)


class Output(Shape):
    """A file that was made: where, how large, and its sha256."""

    path: str
    size: int
    sha256: str

    @classmethod
    def of(cls, path: str, content: bytes) -> Output:
        """Describe a file with this content."""
        return cls(path=path, size=len(content), sha256=hashlib.sha256(content).hexdigest())


class Failure(Shape):
    """Why something did not come out, as data."""

    code: str
    message: str
    remedy: str = ""
    transient: bool = False

    @classmethod
    def of(cls, error: PressroomError) -> Failure:
        """Describe an error of ours."""
        return cls(code=error.code, message=error.message, remedy=error.remedy, transient=error.transient)


class Outcome(Shape):
    """What became of one item: the value a kind's last stage returns."""

    item_id: str
    status: ItemStatus = ItemStatus.SUCCEEDED
    outputs: list[Output] = []
    failure: Failure | None = None
    fingerprint: str | None = None
    reused: bool = False
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()
    """What is good to know of what came out, such as an optional part it was made without."""

    @classmethod
    def failed(
        cls, item_id: str, error: PressroomError, status: ItemStatus = ItemStatus.FAILED, **more: Any
    ) -> Outcome:
        """Build the outcome of an item that did not come out."""
        return cls(item_id=item_id, status=status, failure=Failure.of(error), **more)


class ChunkOutcome(Shape):
    """What became of each item of a chunk."""

    outcomes: list[Outcome]
