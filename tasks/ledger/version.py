"""Which schema a ledger has, and whether this Pressroom may touch it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tasks.errors import fault

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006")
"""Every revision under `migrations/versions`, oldest first; a test holds the two together."""
RESTORE = "Restore it from a copy, or give another PRESSROOM_HOME."
"""What to do about a file that cannot be read."""

_OURS = "IN ('alembic_version', 'batch')"
SQLITE_TABLES = f"SELECT name FROM sqlite_master WHERE type = 'table' AND name {_OURS}"
OTHER_TABLES = (
    f"SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_name {_OURS}"
)
"""Which of our tables there are, as SQLite and as other databases are asked."""


def check_version(execute: Callable[[str], Any], path: str, tables: str = SQLITE_TABLES) -> bool:
    """Say whether the schema is the newest one; refuse one that this Pressroom does not know.

    `execute` runs SQL on any DB-API-like connection, so that the quick reader needs no SQLAlchemy.
    """
    found = {row[0] for row in execute(tables).fetchall()}
    if "alembic_version" not in found:
        if "batch" in found:
            raise fault("LEDGER_VERSION", path=path, found=None, known=REVISIONS[-1])
        return False
    row = execute("SELECT version_num FROM alembic_version").fetchone()
    if row is not None and row[0] not in REVISIONS:
        raise fault("LEDGER_VERSION", path=path, found=row[0], known=REVISIONS[-1])
    return row is not None and row[0] == REVISIONS[-1]
