"""First schema."""

import geoalchemy2
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "district",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("srid", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.Text(), server_default="Asia/Shanghai", nullable=False),
        sa.Column(
            "rules", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("synthetic", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "geom",
            geoalchemy2.types.Geometry(
                dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"
            ),
            nullable=True,
        ),
        sa.CheckConstraint("code ~ '^[0-9]{6}$'", name=op.f("ck_district_code")),
        sa.CheckConstraint("geom IS NULL OR ST_IsValid(geom)", name=op.f("ck_district_geom_valid")),
        sa.CheckConstraint("geom IS NULL OR ST_SRID(geom) = srid", name=op.f("ck_district_geom_srid")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_district")),
        sa.UniqueConstraint("id", "srid", name=op.f("uq_district_id_srid")),
        sa.UniqueConstraint("key", name=op.f("uq_district_key")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("progress", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_job_state")
        ),
        sa.CheckConstraint("progress BETWEEN 0 AND 1", name=op.f("ck_job_progress")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(
        "ix_job_waiting",
        "job",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_table(
        "compound",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("srid", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "geom",
            geoalchemy2.types.Geometry(
                dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry", nullable=False
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "GeometryType(geom) IN ('POLYGON', 'MULTIPOLYGON')", name=op.f("ck_compound_geom_type")
        ),
        sa.CheckConstraint("ST_IsValid(geom) AND NOT ST_IsEmpty(geom)", name=op.f("ck_compound_geom_valid")),
        sa.CheckConstraint("ST_SRID(geom) = srid", name=op.f("ck_compound_geom_srid")),
        sa.ForeignKeyConstraint(
            ["district_id", "srid"],
            ["district.id", "district.srid"],
            name=op.f("fk_compound_district_id_srid"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compound")),
        sa.UniqueConstraint("district_id", "key", name=op.f("uq_compound_district_id_key")),
    )
    op.create_index("ix_compound_geom", "compound", ["geom"], unique=False, postgresql_using="gist")
    op.create_table(
        "incident",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("srid", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), server_default="ordinary", nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column(
            "provenance",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "geom",
            geoalchemy2.types.Geometry(
                dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry", nullable=False
            ),
            nullable=False,
        ),
        sa.CheckConstraint("GeometryType(geom) IN ('POINT')", name=op.f("ck_incident_geom_type")),
        sa.CheckConstraint("tier IN ('ordinary', 'larger', 'major')", name=op.f("ck_incident_tier")),
        sa.CheckConstraint("ST_IsValid(geom) AND NOT ST_IsEmpty(geom)", name=op.f("ck_incident_geom_valid")),
        sa.CheckConstraint("ST_SRID(geom) = srid", name=op.f("ck_incident_geom_srid")),
        sa.ForeignKeyConstraint(
            ["district_id", "srid"],
            ["district.id", "district.srid"],
            name=op.f("fk_incident_district_id_srid"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index("ix_incident_at", "incident", ["district_id", "at"], unique=False)
    op.create_index("ix_incident_geom", "incident", ["geom"], unique=False, postgresql_using="gist")
    op.create_table(
        "layer",
        sa.Column("district_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("loaded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "notes", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_layer_district_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("district_id", "kind", name=op.f("pk_layer")),
    )
    op.create_table(
        "plan",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("district_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("levels", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("base_id", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("authority", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("adopted_on", sa.Date(), nullable=True),
        sa.Column("in_force_from", sa.Date(), nullable=True),
        sa.Column("in_force_to", sa.Date(), nullable=True),
        sa.Column("count_date", sa.Date(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "made_by", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "exceptions",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'adopted', 'superseded')", name=op.f("ck_plan_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('adopted', 'superseded') OR (authority IS NOT NULL AND adopted_on IS NOT NULL AND in_force_from IS NOT NULL)",
            name=op.f("ck_plan_adoption"),
        ),
        sa.CheckConstraint(
            "in_force_to IS NULL OR in_force_to > in_force_from", name=op.f("ck_plan_in_force")
        ),
        sa.ForeignKeyConstraint(["base_id"], ["plan.id"], name=op.f("fk_plan_base_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_plan_district_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("district_id", "name", name=op.f("uq_plan_district_id_name")),
        sa.UniqueConstraint("id", "district_id", name=op.f("uq_plan_id_district_id")),
    )
    op.create_index(op.f("ix_plan_base_id"), "plan", ["base_id"], unique=False)
    op.create_table(
        "road",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("srid", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("width_m", sa.Double(), nullable=False),
        sa.Column("bridge", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "geom",
            geoalchemy2.types.Geometry(
                dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry", nullable=False
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "GeometryType(geom) IN ('LINESTRING', 'MULTILINESTRING')", name=op.f("ck_road_geom_type")
        ),
        sa.CheckConstraint("class IN ('arterial', 'collector', 'lane')", name=op.f("ck_road_class")),
        sa.CheckConstraint("ST_IsValid(geom) AND NOT ST_IsEmpty(geom)", name=op.f("ck_road_geom_valid")),
        sa.CheckConstraint("ST_SRID(geom) = srid", name=op.f("ck_road_geom_srid")),
        sa.ForeignKeyConstraint(
            ["district_id", "srid"],
            ["district.id", "district.srid"],
            name=op.f("fk_road_district_id_srid"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_road")),
    )
    op.create_index("ix_road_geom", "road", ["geom"], unique=False, postgresql_using="gist")
    op.create_table(
        "unit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("district_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.CheckConstraint("level IN ('street', 'community', 'cell')", name=op.f("ck_unit_level")),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_unit_district_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
    )
    op.create_index(op.f("ix_unit_district_id"), "unit", ["district_id"], unique=False)
    op.create_table(
        "wall",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("srid", sa.Integer(), nullable=False),
        sa.Column(
            "geom",
            geoalchemy2.types.Geometry(
                dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry", nullable=False
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "GeometryType(geom) IN ('LINESTRING', 'MULTILINESTRING')", name=op.f("ck_wall_geom_type")
        ),
        sa.CheckConstraint("ST_IsValid(geom) AND NOT ST_IsEmpty(geom)", name=op.f("ck_wall_geom_valid")),
        sa.CheckConstraint("ST_SRID(geom) = srid", name=op.f("ck_wall_geom_srid")),
        sa.ForeignKeyConstraint(
            ["district_id", "srid"],
            ["district.id", "district.srid"],
            name=op.f("fk_wall_district_id_srid"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wall")),
    )
    op.create_index("ix_wall_geom", "wall", ["geom"], unique=False, postgresql_using="gist")
    op.create_table(
        "water",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("srid", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "geom",
            geoalchemy2.types.Geometry(
                dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry", nullable=False
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "GeometryType(geom) IN ('POLYGON', 'MULTIPOLYGON', 'LINESTRING', 'MULTILINESTRING')",
            name=op.f("ck_water_geom_type"),
        ),
        sa.CheckConstraint("ST_IsValid(geom) AND NOT ST_IsEmpty(geom)", name=op.f("ck_water_geom_valid")),
        sa.CheckConstraint("ST_SRID(geom) = srid", name=op.f("ck_water_geom_srid")),
        sa.ForeignKeyConstraint(
            ["district_id", "srid"],
            ["district.id", "district.srid"],
            name=op.f("fk_water_district_id_srid"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_water")),
    )
    op.create_index("ix_water_geom", "water", ["geom"], unique=False, postgresql_using="gist")
    op.create_table(
        "block",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("srid", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("use", sa.Text(), nullable=True),
        sa.Column("compound_id", sa.BigInteger(), nullable=True),
        sa.Column("area_m2", sa.Double(), nullable=False),
        sa.Column("outer_m", sa.Double(), nullable=False),
        sa.Column(
            "geom",
            geoalchemy2.types.Geometry(
                dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry", nullable=False
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "GeometryType(geom) IN ('POLYGON', 'MULTIPOLYGON')", name=op.f("ck_block_geom_type")
        ),
        sa.CheckConstraint("ST_IsValid(geom) AND NOT ST_IsEmpty(geom)", name=op.f("ck_block_geom_valid")),
        sa.CheckConstraint("ST_SRID(geom) = srid", name=op.f("ck_block_geom_srid")),
        sa.ForeignKeyConstraint(["compound_id"], ["compound.id"], name=op.f("fk_block_compound_id")),
        sa.ForeignKeyConstraint(
            ["district_id", "srid"],
            ["district.id", "district.srid"],
            name=op.f("fk_block_district_id_srid"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block")),
        sa.UniqueConstraint("district_id", "key", "version", name=op.f("uq_block_district_id_key_version")),
    )
    op.create_index(op.f("ix_block_compound_id"), "block", ["compound_id"], unique=False)
    op.create_index("ix_block_geom", "block", ["geom"], unique=False, postgresql_using="gist")
    op.create_table(
        "building",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("srid", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("use", sa.Text(), nullable=True),
        sa.Column("floors", sa.Integer(), nullable=True),
        sa.Column("compound_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "geom",
            geoalchemy2.types.Geometry(
                dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry", nullable=False
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "GeometryType(geom) IN ('POLYGON', 'MULTIPOLYGON')", name=op.f("ck_building_geom_type")
        ),
        sa.CheckConstraint("ST_IsValid(geom) AND NOT ST_IsEmpty(geom)", name=op.f("ck_building_geom_valid")),
        sa.CheckConstraint("ST_SRID(geom) = srid", name=op.f("ck_building_geom_srid")),
        sa.ForeignKeyConstraint(["compound_id"], ["compound.id"], name=op.f("fk_building_compound_id")),
        sa.ForeignKeyConstraint(
            ["district_id", "srid"],
            ["district.id", "district.srid"],
            name=op.f("fk_building_district_id_srid"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_building")),
        sa.UniqueConstraint("district_id", "key", name=op.f("uq_building_district_id_key")),
    )
    op.create_index(op.f("ix_building_compound_id"), "building", ["compound_id"], unique=False)
    op.create_index("ix_building_geom", "building", ["geom"], unique=False, postgresql_using="gist")
    op.create_table(
        "edit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("inverse", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_edit_plan_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edit")),
        sa.UniqueConstraint("plan_id", "revision", name=op.f("uq_edit_plan_id_revision")),
    )
    op.create_table(
        "plan_unit",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("srid", sa.Integer(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("colour", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("blocks", sa.Integer(), nullable=False),
        sa.Column("buildings", sa.Integer(), nullable=False),
        sa.Column("area_m2", sa.Double(), nullable=False),
        sa.Column("perimeter_m", sa.Double(), nullable=False),
        sa.Column("compactness", sa.Double(), nullable=False),
        sa.Column("clear_border_share", sa.Double(), nullable=True),
        sa.Column("tallies", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "geom",
            geoalchemy2.types.Geometry(
                dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry", nullable=False
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "GeometryType(geom) IN ('POLYGON', 'MULTIPOLYGON')", name=op.f("ck_plan_unit_geom_type")
        ),
        sa.CheckConstraint("level IN ('street', 'community', 'cell')", name=op.f("ck_plan_unit_level")),
        sa.CheckConstraint("ST_IsValid(geom)", name=op.f("ck_plan_unit_geom_valid")),
        sa.CheckConstraint("ST_SRID(geom) = srid", name=op.f("ck_plan_unit_geom_srid")),
        sa.ForeignKeyConstraint(
            ["district_id", "srid"],
            ["district.id", "district.srid"],
            name=op.f("fk_plan_unit_district_id_srid"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "district_id"],
            ["plan.id", "plan.district_id"],
            name=op.f("fk_plan_unit_plan_id_district_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "parent_id"],
            ["plan_unit.plan_id", "plan_unit.unit_id"],
            name=op.f("fk_plan_unit_plan_id_parent_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_plan_unit_unit_id")),
        sa.PrimaryKeyConstraint("plan_id", "unit_id", name=op.f("pk_plan_unit")),
    )
    op.create_index("ix_plan_unit_geom", "plan_unit", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_plan_unit_parent", "plan_unit", ["plan_id", "parent_id"], unique=False)
    op.create_index(op.f("ix_plan_unit_unit_id"), "plan_unit", ["unit_id"], unique=False)
    op.create_index("uq_plan_unit_code", "plan_unit", ["plan_id", "code"], unique=True)
    _create_proposal()
    op.create_table(
        "service_point",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("srid", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("windows", sa.Integer(), nullable=True),
        sa.Column("offers", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "geom",
            geoalchemy2.types.Geometry(
                dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry", nullable=False
            ),
            nullable=False,
        ),
        sa.CheckConstraint("GeometryType(geom) IN ('POINT')", name=op.f("ck_service_point_geom_type")),
        sa.CheckConstraint(
            "ST_IsValid(geom) AND NOT ST_IsEmpty(geom)", name=op.f("ck_service_point_geom_valid")
        ),
        sa.CheckConstraint("ST_SRID(geom) = srid", name=op.f("ck_service_point_geom_srid")),
        sa.ForeignKeyConstraint(
            ["district_id", "srid"],
            ["district.id", "district.srid"],
            name=op.f("fk_service_point_district_id_srid"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_service_point_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_point")),
        sa.UniqueConstraint("district_id", "key", name=op.f("uq_service_point_district_id_key")),
    )
    op.create_index("ix_service_point_geom", "service_point", ["geom"], unique=False, postgresql_using="gist")
    op.create_index(op.f("ix_service_point_unit_id"), "service_point", ["unit_id"], unique=False)
    op.create_table(
        "staff",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("district_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.CheckConstraint("headcount >= 0", name=op.f("ck_staff_headcount")),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_staff_district_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_staff_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
    )
    op.create_index(op.f("ix_staff_district_id"), "staff", ["district_id"], unique=False)
    op.create_index(op.f("ix_staff_unit_id"), "staff", ["unit_id"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("block_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["block_id"], ["block.id"], name=op.f("fk_assignment_block_id")),
        sa.ForeignKeyConstraint(
            ["plan_id", "unit_id"],
            ["plan_unit.plan_id", "plan_unit.unit_id"],
            name=op.f("fk_assignment_plan_id_unit_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("plan_id", "block_id", name=op.f("pk_assignment")),
    )
    op.create_index(op.f("ix_assignment_block_id"), "assignment", ["block_id"], unique=False)
    op.create_index("ix_assignment_unit", "assignment", ["plan_id", "unit_id"], unique=False)
    op.create_table(
        "block_border",
        sa.Column("first_id", sa.BigInteger(), nullable=False),
        sa.Column("second_id", sa.BigInteger(), nullable=False),
        sa.Column("border_m", sa.Double(), nullable=False),
        sa.Column("barrier", sa.Integer(), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_block_border_order")),
        sa.ForeignKeyConstraint(
            ["first_id"], ["block.id"], name=op.f("fk_block_border_first_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["block.id"], name=op.f("fk_block_border_second_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_block_border")),
    )
    op.create_index(op.f("ix_block_border_second_id"), "block_border", ["second_id"], unique=False)
    op.create_table(
        "block_building",
        sa.Column("block_id", sa.BigInteger(), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["block_id"], ["block.id"], name=op.f("fk_block_building_block_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["building_id"], ["building.id"], name=op.f("fk_block_building_building_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("block_id", "building_id", name=op.f("pk_block_building")),
    )
    op.create_index(op.f("ix_block_building_building_id"), "block_building", ["building_id"], unique=False)
    op.create_table(
        "block_origin",
        sa.Column("block_id", sa.BigInteger(), nullable=False),
        sa.Column("origin_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["block_id"], ["block.id"], name=op.f("fk_block_origin_block_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["origin_id"], ["block.id"], name=op.f("fk_block_origin_origin_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("block_id", "origin_id", name=op.f("pk_block_origin")),
    )
    op.create_table(
        "count",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("district_id", sa.BigInteger(), nullable=False),
        sa.Column("block_id", sa.BigInteger(), nullable=True),
        sa.Column("building_id", sa.BigInteger(), nullable=True),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("source", sa.Text(), server_default="counted", nullable=False),
        sa.CheckConstraint("source IN ('counted', 'interpolated', 'split')", name=op.f("ck_count_source")),
        sa.CheckConstraint("value >= 0 AND value < 'Infinity'", name=op.f("ck_count_value")),
        sa.CheckConstraint("(block_id IS NULL) <> (building_id IS NULL)", name=op.f("ck_count_one_owner")),
        sa.ForeignKeyConstraint(
            ["block_id"], ["block.id"], name=op.f("fk_count_block_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["building_id"], ["building.id"], name=op.f("fk_count_building_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_count_district_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_count")),
        sa.UniqueConstraint("block_id", "measure", "on_date", name=op.f("uq_count_block_id_measure_on_date")),
        sa.UniqueConstraint(
            "building_id", "measure", "on_date", name=op.f("uq_count_building_id_measure_on_date")
        ),
    )
    op.create_index(op.f("ix_count_district_id"), "count", ["district_id"], unique=False)
    op.create_table(
        "succession",
        sa.Column("from_plan_id", sa.Integer(), nullable=False),
        sa.Column("from_unit_id", sa.Integer(), nullable=False),
        sa.Column("to_plan_id", sa.Integer(), nullable=False),
        sa.Column("to_unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("residents", sa.Double(), nullable=False),
        sa.Column("area_m2", sa.Double(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('continued', 'merged', 'split', 'redrawn')", name=op.f("ck_succession_kind")
        ),
        sa.ForeignKeyConstraint(
            ["from_plan_id", "from_unit_id"],
            ["plan_unit.plan_id", "plan_unit.unit_id"],
            name=op.f("fk_succession_from_plan_id_from_unit_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["to_plan_id", "to_unit_id"],
            ["plan_unit.plan_id", "plan_unit.unit_id"],
            name=op.f("fk_succession_to_plan_id_to_unit_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "from_plan_id", "from_unit_id", "to_plan_id", "to_unit_id", name=op.f("pk_succession")
        ),
    )


def downgrade() -> None:
    op.drop_table("succession")
    op.drop_index(op.f("ix_count_district_id"), table_name="count")
    op.drop_table("count")
    op.drop_table("block_origin")
    op.drop_index(op.f("ix_block_building_building_id"), table_name="block_building")
    op.drop_table("block_building")
    op.drop_index(op.f("ix_block_border_second_id"), table_name="block_border")
    op.drop_table("block_border")
    op.drop_index("ix_assignment_unit", table_name="assignment")
    op.drop_index(op.f("ix_assignment_block_id"), table_name="assignment")
    op.drop_table("assignment")
    op.drop_index(op.f("ix_staff_unit_id"), table_name="staff")
    op.drop_index(op.f("ix_staff_district_id"), table_name="staff")
    op.drop_table("staff")
    op.drop_index(op.f("ix_service_point_unit_id"), table_name="service_point")
    op.drop_index("ix_service_point_geom", table_name="service_point", postgresql_using="gist")
    op.drop_table("service_point")
    _drop_proposal()
    op.drop_index("uq_plan_unit_code", table_name="plan_unit")
    op.drop_index(op.f("ix_plan_unit_unit_id"), table_name="plan_unit")
    op.drop_index("ix_plan_unit_parent", table_name="plan_unit")
    op.drop_index("ix_plan_unit_geom", table_name="plan_unit", postgresql_using="gist")
    op.drop_table("plan_unit")
    op.drop_table("edit")
    op.drop_index("ix_building_geom", table_name="building", postgresql_using="gist")
    op.drop_index(op.f("ix_building_compound_id"), table_name="building")
    op.drop_table("building")
    op.drop_index("ix_block_geom", table_name="block", postgresql_using="gist")
    op.drop_index(op.f("ix_block_compound_id"), table_name="block")
    op.drop_table("block")
    op.drop_index("ix_water_geom", table_name="water", postgresql_using="gist")
    op.drop_table("water")
    op.drop_index("ix_wall_geom", table_name="wall", postgresql_using="gist")
    op.drop_table("wall")
    op.drop_index(op.f("ix_unit_district_id"), table_name="unit")
    op.drop_table("unit")
    op.drop_index("ix_road_geom", table_name="road", postgresql_using="gist")
    op.drop_table("road")
    op.drop_index(op.f("ix_plan_base_id"), table_name="plan")
    op.drop_table("plan")
    op.drop_table("layer")
    op.drop_index("ix_incident_geom", table_name="incident", postgresql_using="gist")
    op.drop_index("ix_incident_at", table_name="incident")
    op.drop_table("incident")
    op.drop_index("ix_compound_geom", table_name="compound", postgresql_using="gist")
    op.drop_table("compound")
    op.drop_index(
        "ix_job_waiting", table_name="job", postgresql_where=sa.text("state IN ('queued', 'running')")
    )
    op.drop_table("job")
    op.drop_table("district")


def _create_proposal() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("part", sa.LargeBinary(), nullable=False),
        sa.Column("scores", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_by", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("length(part) % 4 = 0", name=op.f("ck_proposal_part")),
        sa.CheckConstraint("level IN ('street', 'community', 'cell')", name=op.f("ck_proposal_level")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_proposal_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_index(op.f("ix_proposal_job_id"), "proposal", ["job_id"], unique=False)
    op.create_index(op.f("ix_proposal_plan_id"), "proposal", ["plan_id"], unique=False)


def _drop_proposal() -> None:
    op.drop_index(op.f("ix_proposal_plan_id"), table_name="proposal")
    op.drop_index(op.f("ix_proposal_job_id"), table_name="proposal")
    op.drop_table("proposal")
