"""The roster's tables, in the ledger's database: creators, copy, samples, audience, schedules and their posts.

Times are ISO texts where a person's clock is meant, and seconds since the epoch where ours is.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel


class CreatorRow(SQLModel, table=True):
    """A creator."""

    __tablename__ = "creator"

    creator_id: str = Field(primary_key=True)
    page_name: str = Field(unique=True)
    time_zone: str
    is_active: bool = True
    audience_size: int = 0
    niche: str = ""
    persona: str = ""
    group_name: str = ""
    base_price: float = 0.0
    rules: str = Field(default="{}", sa_column=Column(Text, nullable=False))
    """Where the creator's rules differ, as JSON."""


class CopyRow(SQLModel, table=True):
    """A text that can be posted, of one creator or of a group."""

    __tablename__ = "creator_copy"
    __table_args__ = (Index("ix_creator_copy_creator", "creator_id"), Index("ix_creator_copy_group", "group_name"))

    copy_id: str = Field(primary_key=True)
    creator_id: str = ""
    """Empty for one that a group shares."""
    group_name: str = ""
    text: str = Field(sa_column=Column(Text, nullable=False))
    slot_type: str
    tone: str = ""
    performance: float = 50.0
    price: float | None = None
    last_used_on: str | None = None
    is_active: bool = True


class SampleRow(SQLModel, table=True):
    """What one post brought."""

    __tablename__ = "performance_sample"
    __table_args__ = (Index("ix_performance_sample_creator", "creator_id", "posted_on"),)

    id: int | None = Field(default=None, primary_key=True)
    creator_id: str
    posted_on: str
    hour: int
    slot_type: str
    copy_id: str | None = None
    value: float
    reach: int = 0
    responses: int = 0


class AudienceRow(SQLModel, table=True):
    """How large a segment of a creator's audience was in a week."""

    __tablename__ = "audience_week"

    creator_id: str = Field(primary_key=True)
    week_start: str = Field(primary_key=True)
    segment: str = Field(primary_key=True)
    size: int


class ScheduleRow(SQLModel, table=True):
    """A schedule that was saved."""

    __tablename__ = "schedule"
    __table_args__ = (Index("ix_schedule_creator", "creator_id", "week_start"),)

    schedule_id: str = Field(primary_key=True)
    creator_id: str
    week_start: str
    batch_id: str
    item_id: str
    status: str
    """APPROVED, NEEDS_REVIEW, REJECTED, or SUPERSEDED by another one of the same week, once that is approved or, where
    both wait, saved."""
    quality_score: float
    predicted_value: float
    document: str = Field(sa_column=Column(Text, nullable=False))
    """The whole of it, as JSON."""
    certificate: str
    """Its signature."""
    saved_at: float


class ScheduleItemRow(SQLModel, table=True):
    """A post of a schedule."""

    __tablename__ = "schedule_item"
    __table_args__ = (Index("ix_schedule_item_copy", "copy_id"),)

    schedule_id: str = Field(primary_key=True)
    post_id: str = Field(primary_key=True)
    starts_at: str
    """With the offset from UTC that holds at that time and place."""
    slot_type: str
    copy_id: str | None = None
    parent: str | None = None
    value: float = 0.0
    price: float | None = None
