"""The ledger's tables.

Times are seconds since the epoch (UTC), because they are only compared, subtracted and shown.
JSON columns hold what is shown but never searched.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Text, false
from sqlmodel import Field, SQLModel


class BatchRow(SQLModel, table=True):
    """A batch: what was asked for, where it stands, and who is running it."""

    __tablename__ = "batch"

    batch_id: str = Field(primary_key=True)
    kind: str
    status: str
    spec: str = Field(sa_column=Column(Text, nullable=False))
    output_dir: str
    total: int
    created_at: float
    started_at: float
    finished_at: float | None = None
    wall_clock_seconds: float = 0.0
    parallelism: str = Field(default="[]", sa_column=Column(Text, nullable=False))
    reason: str | None = None
    owner: str | None = None
    """Host, process and a random part of the run that holds the lease."""
    lease_until: float = 0.0
    control: str = "run"
    """What a person asked of it: run, pause, retry or cancel."""
    asked_count: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """How often a person has changed the priority of one of its items."""


class ItemRow(SQLModel, table=True):
    """An item: one row, whatever became of it."""

    __tablename__ = "item"
    __table_args__ = (Index("ix_item_fingerprint", "fingerprint"),)

    batch_id: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True)
    position: int
    payload: str
    """sha256 of what was asked for, to see whether a changed spec changed this item."""
    status: str = "pending"
    error_code: str | None = None
    error_message: str | None = None
    remedy: str | None = None
    transient: bool = False
    fingerprint: str | None = None
    outputs: str = Field(default="[]", sa_column=Column(Text, nullable=False))
    reused: bool = False
    attempts: int = 0
    duration_seconds: float = 0.0
    started_at: float | None = None
    finished_at: float | None = None
    warnings: str | None = Field(default=None, sa_column=Column(Text))
    """What is good to know of what came out, as JSON; none where there is nothing."""
    priority: str = Field(default="normal", sa_column_kwargs={"server_default": "normal"})
    """How urgent it is by its spec."""
    asked_priority: str | None = None
    """How urgent a person has made it, which counts in place of that."""
    asked_at: float | None = None
    needs: str | None = Field(default=None, sa_column=Column(Text))
    """As JSON, the items that it waits for; none where it waits for nobody."""
    lane: str | None = None
    """Where it waits or was made; none while that is not known."""
    lane_group: int | None = None
    """With whom in its lane it goes, where the lane keeps some together."""
    waiting_since: float | None = None
    """When it began to wait for its turn; as early as its batch's run where it has waited, or waits, for others."""
    kept_back: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Whether it may not enter until a person has answered, because too many of its model fail."""


class StageRow(SQLModel, table=True):
    """One attempt at one stage of one item. Fast items share one a chunk, named by its first item."""

    __tablename__ = "stage_run"
    __table_args__ = (
        Index("ix_stage_run_item", "batch_id", "item_id"),
        Index("ix_stage_run_fingerprint", "fingerprint"),
    )

    id: str = Field(primary_key=True)
    """The Prefect task run's id and the attempt."""
    batch_id: str
    item_id: str
    stage: str
    attempt: int
    status: str
    error_code: str | None = None
    fingerprint: str | None = None
    """The checkpoint's key: stage and fingerprint."""
    checkpoint: str | None = None
    """sha256 of the stage's checkpoint file."""
    queued_seconds: float = 0.0
    run_seconds: float = 0.0
    waited_seconds: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})
    """Seconds it waited for limits of a model; they count neither as queued nor as run."""
    started_at: float


class CallRow(SQLModel, table=True):
    """One call of a model, a voice or a search: what it holds while it is in flight, and what it came to."""

    __tablename__ = "model_call"
    __table_args__ = (
        Index("ix_model_call_item", "batch_id", "item_id"),
        Index("ix_model_call_model", "model", "counts_from"),
        Index("ix_model_call_vendor", "vendor", "counts_from"),
        Index("ix_model_call_kind", "kind", "reserved_at"),
    )

    id: str = Field(primary_key=True)
    batch_id: str
    kind: str
    item_id: str
    stage: str
    vendor: str
    model: str
    """`vendor:model`."""
    reason: str = ""
    """Why the item got this model."""
    status: str = "held"
    """held: in flight. settled: what it used is known. refunded: it used nothing. unknown: it may have used all."""
    owner: str
    """The process that makes it."""
    lease_until: float = 0.0
    reserved_at: float
    counts_from: float | None = None
    """Latest time at which the vendor can have counted it; none while that may still happen."""
    settled_at: float | None = None
    requests: int = 1
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    characters: int = 0
    searches: int = 0
    worst_input_tokens: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """What was reserved before the call, kept to see how near the estimate was; 0 where that is not known."""
    worst_output_tokens: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    cost_usd: float | None = None
    """What it costs, worst case while it is in flight; none where the price is not known."""
    waited_seconds: float = 0.0
    run_seconds: float = 0.0
    error_code: str | None = None


class TicketRow(SQLModel, table=True):
    """A call that waits for its turn in its lanes."""

    __tablename__ = "model_ticket"

    id: str = Field(primary_key=True)
    vendor: str
    model: str
    owner: str
    since: float
    lease_until: float
    input_tokens: int = 0
    output_tokens: int = 0


class LaneRow(SQLModel, table=True):
    """A vendor or a model: whether its lane is open, for all processes."""

    __tablename__ = "model_lane"

    name: str = Field(primary_key=True)
    penalised_until: float = 0.0
    """Nobody calls before then, because the vendor said so."""
    breaker: str = "closed"
    """closed: calls go through. open: none does. half_open: one tries."""
    failures: int = 0
    """Failures in a row."""
    failing_since: float = 0.0
    """When the first of them was."""
    opened_until: float = 0.0
    probe_until: float = 0.0
    """How long the one that tries may take before another may."""
    reason: str | None = None
    changed_at: float = 0.0


class DecisionRow(SQLModel, table=True):
    """What a person decided of an item that waited for review."""

    __tablename__ = "review_decision"
    __table_args__ = (Index("ix_review_decision_item", "batch_id", "item_id"),)

    id: str = Field(primary_key=True)
    batch_id: str
    item_id: str
    decision: str
    """approve, edit or reject."""
    note: str = ""
    decided_by: str = ""
    decided_at: float
    before: str | None = None
    """sha256 of the item's first output as it was decided upon."""
    after: str | None = None
    """The same after an edit."""
    broken_rules: str | None = None
    """As JSON, the rules that an edit breaks and that it was taken despite; none where it breaks none."""
