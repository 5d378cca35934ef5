"""Runs migrations on the connection that `api.schema` hands over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from api.schema import METADATA

connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
