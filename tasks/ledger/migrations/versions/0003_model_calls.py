"""Calls of models, what waits for its turn, and the state of their lanes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def _texts(*names: str) -> list[sa.Column]:  # type: ignore[type-arg]  # columns of any type
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column]:  # type: ignore[type-arg]  # columns of any type
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _times(*names: str) -> list[sa.Column]:  # type: ignore[type-arg]  # columns of any type
    return [sa.Column(name, sa.Float(), nullable=False) for name in names]


def upgrade() -> None:
    """Add the tables that hold what is spent, and the seconds a stage waited for limits."""
    op.add_column("stage_run", sa.Column("waited_seconds", sa.Float(), nullable=False, server_default="0"))
    op.create_table(
        "model_call",
        sa.Column("id", sa.String(), nullable=False, primary_key=True),
        *_texts("batch_id", "kind", "item_id", "stage", "vendor", "model", "reason", "status", "owner"),
        *_times("lease_until", "reserved_at"),
        sa.Column("counts_from", sa.Float()),
        sa.Column("settled_at", sa.Float()),
        *_numbers("requests", "input_tokens", "output_tokens", "cached_tokens", "characters", "searches"),
        sa.Column("worst_input_tokens", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("worst_output_tokens", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("cost_usd", sa.Float()),
        *_times("waited_seconds", "run_seconds"),
        sa.Column("error_code", sa.String()),
    )
    op.create_index("ix_model_call_item", "model_call", ["batch_id", "item_id"])
    op.create_index("ix_model_call_model", "model_call", ["model", "counts_from"])
    op.create_index("ix_model_call_vendor", "model_call", ["vendor", "counts_from"])
    op.create_index("ix_model_call_kind", "model_call", ["kind", "reserved_at"])
    op.create_table(
        "model_ticket",
        sa.Column("id", sa.String(), nullable=False, primary_key=True),
        *_texts("vendor", "model", "owner"),
        *_times("since", "lease_until"),
        *_numbers("input_tokens", "output_tokens"),
    )
    op.create_table(
        "model_lane",
        sa.Column("name", sa.String(), nullable=False, primary_key=True),
        *_times("penalised_until"),
        *_texts("breaker"),
        *_numbers("failures"),
        *_times("failing_since", "opened_until", "probe_until"),
        sa.Column("reason", sa.String()),
        *_times("changed_at"),
    )
