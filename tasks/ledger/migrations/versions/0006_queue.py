"""How items wait: their urgency, what a person has made of it, whom they wait for, in which lane and since when."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns; of items written down earlier it is not known how urgent they were."""
    op.add_column("item", sa.Column("priority", sa.String(), nullable=False, server_default="normal"))
    op.add_column("item", sa.Column("asked_priority", sa.String()))
    op.add_column("item", sa.Column("asked_at", sa.Float()))
    op.add_column("item", sa.Column("needs", sa.Text()))
    op.add_column("item", sa.Column("lane", sa.String()))
    op.add_column("item", sa.Column("lane_group", sa.Integer()))
    op.add_column("item", sa.Column("waiting_since", sa.Float()))
    op.add_column("item", sa.Column("kept_back", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("batch", sa.Column("asked_count", sa.Integer(), nullable=False, server_default="0"))
