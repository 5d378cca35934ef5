"""Editing: locks, border sums of units, a log that answers for itself, comments."""

import geoalchemy2
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Sums of the borders of all units at all levels, for plans that were stored before units kept them.
BORDER_SUMS = """
CREATE TEMPORARY TABLE held ON COMMIT DROP AS
WITH RECURSIVE held (plan_id, block_id, unit_id) AS (
    SELECT plan_id, block_id, unit_id FROM assignment
    UNION ALL
    SELECT h.plan_id, h.block_id, u.parent_id FROM held h
    JOIN plan_unit u ON u.plan_id = h.plan_id AND u.unit_id = h.unit_id WHERE u.parent_id IS NOT NULL
) SELECT * FROM held;
CREATE UNIQUE INDEX ON held (plan_id, block_id, unit_id);
ANALYZE held;
WITH side (block_id, other_id, border_um, clear) AS (
    SELECT first_id, second_id, round(border_m * 1e6)::bigint, barrier > 1 FROM block_border
    UNION ALL
    SELECT second_id, first_id, round(border_m * 1e6)::bigint, barrier > 1 FROM block_border
), known (plan_id) AS (
    SELECT DISTINCT a.plan_id FROM assignment a JOIN block_border b ON b.first_id = a.block_id WHERE b.barrier <> 0
), total (plan_id, unit_id, border_um, clear_border_um) AS (
    SELECT h.plan_id, h.unit_id, sum(s.border_um), coalesce(sum(s.border_um) FILTER (WHERE s.clear), 0)
    FROM held h JOIN side s ON s.block_id = h.block_id
    JOIN assignment o ON o.plan_id = h.plan_id AND o.block_id = s.other_id
    WHERE NOT EXISTS (
        SELECT 1 FROM held n WHERE n.plan_id = h.plan_id AND n.block_id = s.other_id AND n.unit_id = h.unit_id
    ) GROUP BY 1, 2
)
UPDATE plan_unit u SET
    border_um = coalesce(t.border_um, 0),
    clear_border_um = CASE WHEN k.plan_id IS NULL THEN NULL ELSE coalesce(t.clear_border_um, 0) END
FROM plan_unit v
LEFT JOIN total t ON t.plan_id = v.plan_id AND t.unit_id = v.unit_id
LEFT JOIN known k ON k.plan_id = v.plan_id
WHERE u.plan_id = v.plan_id AND u.unit_id = v.unit_id;
DROP TABLE held;
"""


def upgrade() -> None:
    op.add_column("plan", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "plan_unit", sa.Column("locked", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column(
        "plan_unit", sa.Column("border_um", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column("plan_unit", sa.Column("clear_border_um", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_plan_unit_district_code",
        "plan_unit",
        ["district_id", "code"],
        unique=False,
        postgresql_ops={"code": "text_pattern_ops"},
    )
    for statement in BORDER_SUMS.split(";\n"):
        if statement.strip():
            op.execute(statement)
    _widen_edit()
    _create_comment()


def _widen_edit() -> None:
    op.execute(
        "ALTER TABLE edit ALTER COLUMN actor TYPE jsonb USING CASE WHEN actor IS NULL THEN NULL ELSE "
        "jsonb_build_object('id', actor, 'name', actor, 'role', 'planner', 'verified', false) END"
    )
    op.add_column("edit", sa.Column("request", sa.Text(), nullable=True))
    op.add_column("edit", sa.Column("undoes", sa.Integer(), nullable=True))
    op.add_column("edit", sa.Column("standing", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    empty = sa.text("'{}'")
    op.add_column(
        "edit",
        sa.Column("label", postgresql.JSONB(astext_type=sa.Text()), server_default=empty, nullable=False),
    )
    op.add_column("edit", sa.Column("keys", sa.ARRAY(sa.Text()), server_default=empty, nullable=False))
    op.add_column("edit", sa.Column("rows", sa.ARRAY(sa.BigInteger()), server_default=empty, nullable=False))
    op.add_column(
        "edit", sa.Column("members", sa.ARRAY(sa.BigInteger()), server_default=empty, nullable=False)
    )
    op.create_unique_constraint(op.f("uq_edit_plan_id_request"), "edit", ["plan_id", "request"])
    op.create_index(
        "ix_edit_standing",
        "edit",
        ["plan_id", sa.text("(actor ->> 'id')"), "revision"],
        unique=False,
        postgresql_where=sa.text("standing"),
    )


def _create_comment() -> None:
    op.create_table(
        "comment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "geom",
            geoalchemy2.types.Geometry(
                dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"
            ),
            nullable=True,
        ),
        sa.CheckConstraint("geom IS NULL OR GeometryType(geom) = 'POINT'", name=op.f("ck_comment_geom_type")),
        sa.CheckConstraint("parent_id IS NOT NULL OR geom IS NOT NULL", name=op.f("ck_comment_place")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_comment_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_comment_unit_id")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["comment.id"], name=op.f("fk_comment_parent_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index(op.f("ix_comment_plan_id"), "comment", ["plan_id"], unique=False)
    op.create_index(op.f("ix_comment_parent_id"), "comment", ["parent_id"], unique=False)


def downgrade() -> None:
    op.drop_table("comment")
    op.drop_index("ix_edit_standing", table_name="edit")
    op.drop_constraint(op.f("uq_edit_plan_id_request"), "edit")
    for column in ("members", "rows", "keys", "label", "standing", "undoes", "request"):
        op.drop_column("edit", column)
    op.execute("ALTER TABLE edit ALTER COLUMN actor TYPE text USING actor ->> 'id'")
    op.drop_index("ix_plan_unit_district_code", table_name="plan_unit")
    for column in ("clear_border_um", "border_um", "locked"):
        op.drop_column("plan_unit", column)
    op.drop_column("plan", "archived_at")
