"""The roster of creators with what was planned for them, and what people decided in review."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def _texts(*names: str) -> list[sa.Column]:  # type: ignore[type-arg]  # columns of any type
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _keys(*names: str) -> list[sa.Column]:  # type: ignore[type-arg]  # columns of any type
    return [sa.Column(name, sa.String(), nullable=False, primary_key=True) for name in names]


def _numbers(*names: str) -> list[sa.Column]:  # type: ignore[type-arg]  # columns of any type
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _times(*names: str) -> list[sa.Column]:  # type: ignore[type-arg]  # columns of any type
    return [sa.Column(name, sa.Float(), nullable=False) for name in names]


def upgrade() -> None:
    """Add the tables of the creators kind, and the decisions of every kind's review."""
    _add_roster()
    _add_schedules()
    op.create_table(
        "review_decision",
        *_keys("id"),
        *_texts("batch_id", "item_id", "decision", "note", "decided_by"),
        *_times("decided_at"),
        sa.Column("before", sa.String()),
        sa.Column("after", sa.String()),
        sa.Column("broken_rules", sa.String()),
    )
    op.create_index("ix_review_decision_item", "review_decision", ["batch_id", "item_id"])


def _add_roster() -> None:
    op.create_table(
        "creator",
        *_keys("creator_id"),
        sa.Column("page_name", sa.String(), nullable=False, unique=True),
        *_texts("time_zone"),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        *_numbers("audience_size"),
        *_texts("niche", "persona", "group_name"),
        *_times("base_price"),
        sa.Column("rules", sa.Text(), nullable=False),
    )
    op.create_table(
        "creator_copy",
        *_keys("copy_id"),
        *_texts("creator_id", "group_name"),
        sa.Column("text", sa.Text(), nullable=False),
        *_texts("slot_type", "tone"),
        *_times("performance"),
        sa.Column("price", sa.Float()),
        sa.Column("last_used_on", sa.String()),
        sa.Column("is_active", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_creator_copy_creator", "creator_copy", ["creator_id"])
    op.create_index("ix_creator_copy_group", "creator_copy", ["group_name"])
    op.create_table(
        "performance_sample",
        sa.Column("id", sa.Integer(), nullable=False, primary_key=True),
        *_texts("creator_id", "posted_on"),
        *_numbers("hour"),
        *_texts("slot_type"),
        sa.Column("copy_id", sa.String()),
        *_times("value"),
        *_numbers("reach", "responses"),
    )
    op.create_index("ix_performance_sample_creator", "performance_sample", ["creator_id", "posted_on"])
    op.create_table(
        "audience_week",
        *_keys("creator_id", "week_start", "segment"),
        *_numbers("size"),
    )


def _add_schedules() -> None:
    op.create_table(
        "schedule",
        *_keys("schedule_id"),
        *_texts("creator_id", "week_start", "batch_id", "item_id", "status"),
        *_times("quality_score", "predicted_value"),
        sa.Column("document", sa.Text(), nullable=False),
        *_texts("certificate"),
        *_times("saved_at"),
    )
    op.create_index("ix_schedule_creator", "schedule", ["creator_id", "week_start"])
    op.create_table(
        "schedule_item",
        *_keys("schedule_id", "post_id"),
        *_texts("starts_at", "slot_type"),
        sa.Column("copy_id", sa.String()),
        sa.Column("parent", sa.String()),
        *_times("value"),
        sa.Column("price", sa.Float()),
    )
    op.create_index("ix_schedule_item_copy", "schedule_item", ["copy_id"])
