"""Alembic's entry: runs the revisions on the connection that the ledger hands over."""

from alembic import context
from sqlmodel import SQLModel

from tasks.ledger import tables

target_metadata = SQLModel.metadata
connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=target_metadata,
    include_object=lambda _object, name, kind, _reflected, _other: (
        kind != "table"
        or name in {tables.BatchRow.__tablename__, tables.ItemRow.__tablename__, tables.StageRow.__tablename__}
    ),
)
context.run_migrations()
