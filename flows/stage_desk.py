"""What a stage and its batch say to each other: whose it is, how an attempt ended, and what the batch offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import TypeAdapter

from tasks.gatherings import Gatherings
from tasks.model_options import Budget, ModelOptions
from tasks.traces import NOBODYS, Span


@dataclass(frozen=True)
class Ticket:
    """Whose stage it is: the item (or chunk) it belongs to and that item's place in the order."""

    stage: str
    item_id: str
    rank: int
    is_chunk: bool = False
    is_forced: bool = False


@dataclass
class Attempt:
    """One attempt at a stage, as it ended."""

    ticket: Ticket
    run_id: str
    number: int
    queued_seconds: float = 0.0
    run_seconds: float = 0.0
    waited_seconds: float = 0.0
    started_at: float = 0.0
    error: BaseException | None = None
    key: str | None = None
    checkpoint: str | None = None
    cached: bool = False
    span: Span = NOBODYS


class Desk(Protocol):
    """What a batch offers to its stages: what it says of models, checkpoints, and somebody who takes notes."""

    batch_id: str
    kind: str
    models: ModelOptions
    budget: Budget
    part_of: str | None
    gatherings: Gatherings

    def uses(self, item_id: str, model: str) -> None:
        """Hear which model works on an item, or that none does (on the loop: must not block)."""

    def admitted(self, ticket: Ticket) -> None:
        """Hear that a stage got its place (on the loop: must not block)."""

    def held(self, ticket: Ticket) -> None:
        """Hear that a stage waits for other items before its item's time begins (on the loop: must not block)."""

    async def attempt_ended(self, attempt: Attempt) -> None:
        """Hear how an attempt ended."""

    async def read_checkpoint(self, ticket: Ticket, key: str, adapter: TypeAdapter[Any]) -> Any | None:
        """Return what an equal stage made before, or None."""

    async def write_checkpoint(self, key: str, adapter: TypeAdapter[Any], value: Any, parts: dict[str, str]) -> str:
        """Keep what the stage made and what its key was made of; return its hash."""


class NoDesk:
    """The desk of a flow that has no batch: keeps nothing, notes nothing."""

    batch_id = ""
    kind = ""
    models = ModelOptions()
    budget = Budget()
    part_of: str | None = None
    gatherings = Gatherings()

    def uses(self, item_id: str, model: str) -> None:
        """Note nothing."""

    def admitted(self, ticket: Ticket) -> None:
        """Note nothing."""

    def held(self, ticket: Ticket) -> None:
        """Note nothing."""

    async def attempt_ended(self, attempt: Attempt) -> None:
        """Note nothing."""

    async def read_checkpoint(self, ticket: Ticket, key: str, adapter: TypeAdapter[Any]) -> Any | None:
        """Find nothing."""

    async def write_checkpoint(self, key: str, adapter: TypeAdapter[Any], value: Any, parts: dict[str, str]) -> str:
        """Keep nothing."""
        return ""
