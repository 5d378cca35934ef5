"""What a job is doing, as a sentence the page can say in its own language."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


NOTES = """
UPDATE job SET result = jsonb_set(result, '{answer,notes}', (
  SELECT coalesce(jsonb_agg(CASE jsonb_typeof(note) WHEN 'string' THEN jsonb_build_object('text', note) ELSE note END
  ORDER BY nth), '[]') FROM jsonb_array_elements(result -> 'answer' -> 'notes') WITH ORDINALITY AS n (note, nth)))
WHERE kind = 'propose' AND jsonb_typeof(result -> 'answer' -> 'notes') = 'array'
"""
"""Notes of searches that were done before are sentences without a key: they stand as they were told."""


def upgrade() -> None:
    op.add_column("job", sa.Column("said", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.execute(NOTES)


def downgrade() -> None:
    op.drop_column("job", "said")
