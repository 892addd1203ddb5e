"""The ledger's tables.

Times are seconds since the epoch (UTC), because they are only compared, subtracted and shown.
JSON columns hold what is shown but never searched.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Text
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
    """What a person asked of it: run, pause or cancel."""


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
    started_at: float
