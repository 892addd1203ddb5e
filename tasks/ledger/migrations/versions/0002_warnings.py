"""Warnings of items that came out."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Give items a column for what is good to know of them."""
    op.add_column("item", sa.Column("warnings", sa.Text()))
