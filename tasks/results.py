"""What a batch and its items came to: the common form that `--json` prints and `batch_summary.json` holds.

Field names are a contract with those who read these documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, overload

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from tasks.models import BatchStatus, ItemStatus, Output
from tasks.shape import Shape


class ItemResult(Shape):
    """A line of a batch's result."""

    item_id: str
    status: ItemStatus
    error_code: str | None = None
    error_message: str | None = None
    remedy: str | None = None
    duration_seconds: float = 0.0
    cost: float = 0.0
    """US dollars for calls of models, as `BatchResult.cost` has them."""
    cost_is_complete: bool = True
    outputs: list[Output] = []
    reused: bool = False
    warnings: list[str] = []

    @property
    def success(self) -> bool:
        """Whether the item came out."""
        return self.status is ItemStatus.SUCCEEDED


class ItemResults(Sequence[ItemResult]):
    """The results of a batch's items, in order.

    Not a list, because Prefect searches every list that a flow returns for futures: at 170 µs an item
    that took longer than making the items.
    """

    def __init__(self, results: Iterable[ItemResult] = ()) -> None:
        self._results = tuple(results)

    def __len__(self) -> int:
        return len(self._results)

    @overload
    def __getitem__(self, index: int) -> ItemResult: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[ItemResult]: ...
    def __getitem__(self, index: int | slice) -> ItemResult | Sequence[ItemResult]:
        return self._results[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ItemResults) and self._results == other._results

    __hash__ = None  # type: ignore[assignment]  # equal by value and holds models, like a list

    def __repr__(self) -> str:
        return f"ItemResults({list(self._results)!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read and write it as a list."""
        written = core_schema.plain_serializer_function_ser_schema(
            lambda value: list(value), return_schema=handler(list[ItemResult])
        )
        schema = core_schema.union_schema([core_schema.is_instance_schema(cls), handler(list[ItemResult])])
        return core_schema.no_info_after_validator_function(cls, schema, serialization=written)


class Parallelism(Shape):
    """How many pieces of a lane's work run at once, and which bound decided it."""

    lane: str
    value: int
    bound: str
    stages: list[str] = []
    """The stages of the lane that this holds for, each by itself."""


class BatchResult(Shape):
    """What became of a batch; the common form of `--json` and `batch_summary.json`.

    Times are seconds: `wall_clock_seconds` from the first item's start to the last one's end,
    `sum_item_seconds` the work of all items added up; their ratio is the measured speed-up.
    """

    batch_id: str
    kind: str
    status: BatchStatus
    reason: str | None = None
    """Why it was stopped or interrupted, or what it asks while it is paused."""
    total: int = 0
    successful: int = 0
    failed: int = 0
    skipped: int = 0
    cancelled: int = 0
    pending: int = 0
    needs_review: int = 0
    """What came out and waits for a person's decision."""
    reused: int = 0
    wall_clock_seconds: float = 0.0
    sum_item_seconds: float = 0.0
    cost: float = 0.0
    """US dollars for calls of models: what vendors counted, and calls of unknown outcome at their worst."""
    cost_is_complete: bool = True
    """false: there were calls whose price is not known, and `cost` is without them."""
    unknown_outcomes: int = 0
    """Calls that were in flight when their process ended: whether they were paid for can't be known."""
    unknown_outcome_usd: float = 0.0
    """What those may have cost; part of `cost`."""
    budget_usd: float | None = None
    part_of: str | None = None
    """Of a part of a batch, the options with which `pressroom submit` has made it."""
    model_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    """Part of `input_tokens`: what came from a vendor's prompt cache."""
    parallelism: list[Parallelism] = []
    output_dir: str = ""
    results: ItemResults = ItemResults()

    @property
    def failures(self) -> list[ItemResult]:
        """The items that failed, with code and message."""
        return [result for result in self.results if result.status is ItemStatus.FAILED]

    @property
    def speed_up(self) -> float:
        """Work done per second of wall clock."""
        return self.sum_item_seconds / self.wall_clock_seconds if self.wall_clock_seconds > 0 else 0.0

    @property
    def counts(self) -> str:
        """One line for people."""
        parts = [f"{self.successful} of {self.total} succeeded"]
        for name in ("failed", "skipped", "cancelled", "pending", "needs_review", "reused"):
            if number := getattr(self, name):
                parts.append(f"{number} {'to review' if name == 'needs_review' else name}")
        return ", ".join(parts)
