"""The rules that an edit breaks and that a person has taken it despite."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column; earlier edits kept nothing of the kind."""
    op.add_column("review_decision", sa.Column("broken_rules", sa.String()))
