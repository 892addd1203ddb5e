"""Batches, items and stage runs."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first three tables."""
    _make_batch()
    _make_item()
    _make_stage_run()


def _make_batch() -> None:
    op.create_table(
        "batch",
        sa.Column("batch_id", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("output_dir", sa.String(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("started_at", sa.Float(), nullable=False),
        sa.Column("finished_at", sa.Float()),
        sa.Column("wall_clock_seconds", sa.Float(), nullable=False),
        sa.Column("parallelism", sa.Text(), nullable=False),
        sa.Column("reason", sa.String()),
        sa.Column("owner", sa.String()),
        sa.Column("lease_until", sa.Float(), nullable=False),
        sa.Column("control", sa.String(), nullable=False),
    )


def _make_item() -> None:
    op.create_table(
        "item",
        sa.Column("batch_id", sa.String(), primary_key=True),
        sa.Column("item_id", sa.String(), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("error_code", sa.String()),
        sa.Column("error_message", sa.String()),
        sa.Column("remedy", sa.String()),
        sa.Column("transient", sa.Boolean(), nullable=False),
        sa.Column("fingerprint", sa.String()),
        sa.Column("outputs", sa.Text(), nullable=False),
        sa.Column("reused", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("duration_seconds", sa.Float(), nullable=False),
        sa.Column("started_at", sa.Float()),
        sa.Column("finished_at", sa.Float()),
    )
    op.create_index("ix_item_fingerprint", "item", ["fingerprint"])


def _make_stage_run() -> None:
    op.create_table(
        "stage_run",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("error_code", sa.String()),
        sa.Column("fingerprint", sa.String()),
        sa.Column("checkpoint", sa.String()),
        sa.Column("queued_seconds", sa.Float(), nullable=False),
        sa.Column("run_seconds", sa.Float(), nullable=False),
        sa.Column("started_at", sa.Float(), nullable=False),
    )
    op.create_index("ix_stage_run_item", "stage_run", ["batch_id", "item_id"])
    op.create_index("ix_stage_run_fingerprint", "stage_run", ["fingerprint"])
