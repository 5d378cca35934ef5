"""The tables of districts, blocks and everything that stands in a district whatever its plan."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from boundaries.storage.base import Base, identity, planar, srid_matches

POLYGONS = ("POLYGON", "MULTIPOLYGON")


class District(Base):
    """A city district: its planar reference system, its clock and its rules."""

    __tablename__ = "district"
    __table_args__ = (
        UniqueConstraint("id", "srid"),
        CheckConstraint("code ~ '^[0-9]{6}$'", name="code"),
        CheckConstraint("geom IS NULL OR ST_SRID(geom) = srid", name="geom_srid"),
        CheckConstraint("geom IS NULL OR ST_IsValid(geom)", name="geom_valid"),
    )

    id: Mapped[int] = identity()
    key: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str | None] = mapped_column(Text)
    code: Mapped[str | None] = mapped_column(Text)
    srid: Mapped[int]
    time_zone: Mapped[str] = mapped_column(Text, server_default="Asia/Shanghai")
    rules: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    synthetic: Mapped[bool] = mapped_column(server_default=text("false"))
    source: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    geom: Mapped[Any] = planar(nullable=True)


class Layer(Base):
    """A layer of a district as it was last loaded: where from, when, and its revision for caches."""

    __tablename__ = "layer"

    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    source: Mapped[str | None] = mapped_column(Text)
    loaded_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    notes: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))


class Compound(Base):
    """A walled compound (小区), a village or another group of buildings with a name."""

    __tablename__ = "compound"
    __table_args__ = (
        UniqueConstraint("district_id", "key"),
        *srid_matches(*POLYGONS),
        Index("ix_compound_geom", "geom", postgresql_using="gist"),
    )

    id: Mapped[int] = identity()
    district_id: Mapped[int]
    srid: Mapped[int]
    key: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    geom: Mapped[Any] = planar()


class Block(Base):
    """One version of a block (基本单元), the smallest piece of the coverage."""

    __tablename__ = "block"
    __table_args__ = (
        UniqueConstraint("district_id", "key", "version"),
        *srid_matches(*POLYGONS),
        Index("ix_block_geom", "geom", postgresql_using="gist"),
    )

    id: Mapped[int] = identity()
    district_id: Mapped[int]
    srid: Mapped[int]
    key: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(server_default=text("1"))
    use: Mapped[str | None] = mapped_column(Text)
    compound_id: Mapped[int | None] = mapped_column(ForeignKey("compound.id"), index=True)
    area_m2: Mapped[float]
    outer_m: Mapped[float]
    geom: Mapped[Any] = planar()


class BlockOrigin(Base):
    """Lineage: the block version a later version was made from."""

    __tablename__ = "block_origin"

    block_id: Mapped[int] = mapped_column(ForeignKey("block.id", ondelete="CASCADE"), primary_key=True)
    origin_id: Mapped[int] = mapped_column(ForeignKey("block.id", ondelete="CASCADE"), primary_key=True)


class BlockBorder(Base):
    """The shared border of two block versions, and what runs along it (codes of `geo.barriers.Barrier`)."""

    __tablename__ = "block_border"
    __table_args__ = (CheckConstraint("first_id < second_id", name="order"),)

    first_id: Mapped[int] = mapped_column(ForeignKey("block.id", ondelete="CASCADE"), primary_key=True)
    second_id: Mapped[int] = mapped_column(
        ForeignKey("block.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    border_m: Mapped[float]
    barrier: Mapped[int]


class Building(Base):
    """A building; it belongs to the block version that holds its representative point."""

    __tablename__ = "building"
    __table_args__ = (
        UniqueConstraint("district_id", "key"),
        *srid_matches(*POLYGONS),
        Index("ix_building_geom", "geom", postgresql_using="gist"),
    )

    id: Mapped[int] = identity()
    district_id: Mapped[int]
    srid: Mapped[int]
    key: Mapped[str] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(Text)
    use: Mapped[str | None] = mapped_column(Text)
    floors: Mapped[int | None]
    compound_id: Mapped[int | None] = mapped_column(ForeignKey("compound.id"), index=True)
    geom: Mapped[Any] = planar()


class BlockBuilding(Base):
    """The buildings of a block version."""

    __tablename__ = "block_building"

    block_id: Mapped[int] = mapped_column(ForeignKey("block.id", ondelete="CASCADE"), primary_key=True)
    building_id: Mapped[int] = mapped_column(
        ForeignKey("building.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Count(Base):
    """A dated count of a block version or of a building: residents, floating, households or another measure."""

    __tablename__ = "count"
    __table_args__ = (
        CheckConstraint("(block_id IS NULL) <> (building_id IS NULL)", name="one_owner"),
        CheckConstraint("value >= 0 AND value < 'Infinity'", name="value"),
        CheckConstraint("source IN ('counted', 'interpolated', 'split')", name="source"),
        UniqueConstraint("block_id", "measure", "on_date"),
        UniqueConstraint("building_id", "measure", "on_date"),
    )

    id: Mapped[int] = identity()
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"), index=True)
    block_id: Mapped[int | None] = mapped_column(ForeignKey("block.id", ondelete="CASCADE"))
    building_id: Mapped[int | None] = mapped_column(ForeignKey("building.id", ondelete="CASCADE"))
    measure: Mapped[str] = mapped_column(Text)
    on_date: Mapped[dt.date]
    value: Mapped[float]
    source: Mapped[str] = mapped_column(Text, server_default="counted")


class Road(Base):
    """A road's centreline."""

    __tablename__ = "road"
    __table_args__ = (
        *srid_matches("LINESTRING", "MULTILINESTRING"),
        CheckConstraint("class IN ('arterial', 'collector', 'lane')", name="class"),
        Index("ix_road_geom", "geom", postgresql_using="gist"),
    )

    id: Mapped[int] = identity()
    district_id: Mapped[int]
    srid: Mapped[int]
    name: Mapped[str | None] = mapped_column(Text)
    name_en: Mapped[str | None] = mapped_column(Text)
    road_class: Mapped[str] = mapped_column("class", Text)
    width_m: Mapped[float]
    bridge: Mapped[bool] = mapped_column(server_default=text("false"))
    geom: Mapped[Any] = planar()


class Water(Base):
    """A river, canal or pond."""

    __tablename__ = "water"
    __table_args__ = (
        *srid_matches(*POLYGONS, "LINESTRING", "MULTILINESTRING"),
        Index("ix_water_geom", "geom", postgresql_using="gist"),
    )

    id: Mapped[int] = identity()
    district_id: Mapped[int]
    srid: Mapped[int]
    name: Mapped[str | None] = mapped_column(Text)
    name_en: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    geom: Mapped[Any] = planar()


class Wall(Base):
    """A compound's wall."""

    __tablename__ = "wall"
    __table_args__ = (
        *srid_matches("LINESTRING", "MULTILINESTRING"),
        Index("ix_wall_geom", "geom", postgresql_using="gist"),
    )

    id: Mapped[int] = identity()
    district_id: Mapped[int]
    srid: Mapped[int]
    geom: Mapped[Any] = planar()


class ServicePoint(Base):
    """A street hall, a community hall or another place that offers services."""

    __tablename__ = "service_point"
    __table_args__ = (
        UniqueConstraint("district_id", "key"),
        *srid_matches("POINT"),
        Index("ix_service_point_geom", "geom", postgresql_using="gist"),
    )

    id: Mapped[int] = identity()
    district_id: Mapped[int]
    srid: Mapped[int]
    key: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    level: Mapped[str | None] = mapped_column(Text)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    windows: Mapped[int | None]
    offers: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    geom: Mapped[Any] = planar()


class Staff(Base):
    """How many people serve a unit in a role; never who they are."""

    __tablename__ = "staff"
    __table_args__ = (CheckConstraint("headcount >= 0", name="headcount"),)

    id: Mapped[int] = identity()
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    role: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    headcount: Mapped[int]
    source: Mapped[str | None] = mapped_column(Text)
