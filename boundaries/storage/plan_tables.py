"""The tables of units and plans."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from boundaries.storage.base import Base, identity, planar
from boundaries.storage.tables import POLYGONS

LEVELS = ("street", "community", "cell")
"""Levels of units, highest first; a plan has some of them."""

STATES = ("draft", "submitted", "adopted", "superseded")


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


class Unit(Base):
    """A street, community or cell; its id is permanent, everything else about it belongs to a plan."""

    __tablename__ = "unit"
    __table_args__ = (CheckConstraint(f"level IN ({_quoted(LEVELS)})", name="level"),)

    id: Mapped[int] = identity()
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"), index=True)
    level: Mapped[str] = mapped_column(Text)


class Plan(Base):
    """One full assignment of a district's blocks with its hierarchy."""

    __tablename__ = "plan"
    __table_args__ = (
        UniqueConstraint("district_id", "name"),
        UniqueConstraint("id", "district_id"),
        CheckConstraint(f"state IN ({_quoted(STATES)})", name="state"),
        CheckConstraint(
            "state NOT IN ('adopted', 'superseded') OR "
            "(authority IS NOT NULL AND adopted_on IS NOT NULL AND in_force_from IS NOT NULL)",
            name="adoption",
        ),
        CheckConstraint("in_force_to IS NULL OR in_force_to > in_force_from", name="in_force"),
    )

    id: Mapped[int] = identity()
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="draft")
    levels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    base_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id", ondelete="SET NULL"), index=True)
    revision: Mapped[int] = mapped_column(server_default=text("0"))
    authority: Mapped[str | None] = mapped_column(Text)
    number: Mapped[str | None] = mapped_column(Text)
    adopted_on: Mapped[dt.date | None]
    in_force_from: Mapped[dt.date | None]
    in_force_to: Mapped[dt.date | None]
    count_date: Mapped[dt.date | None]
    created_by: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    made_by: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    archived_at: Mapped[dt.datetime | None]
    exceptions: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    """Named exceptions from invariants: ``{"invariant": "contiguity", "unit_id": 7, "reason": "..."}``."""


class PlanUnit(Base):
    """A unit as one plan has it: parent, name, code, type, polygon and tallies."""

    __tablename__ = "plan_unit"
    __table_args__ = (
        ForeignKeyConstraint(
            ["plan_id", "parent_id"],
            ["plan_unit.plan_id", "plan_unit.unit_id"],
            deferrable=True,
            initially="DEFERRED",
        ),
        ForeignKeyConstraint(["plan_id", "district_id"], ["plan.id", "plan.district_id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["district_id", "srid"], ["district.id", "district.srid"], ondelete="CASCADE"),
        CheckConstraint(f"level IN ({_quoted(LEVELS)})", name="level"),
        CheckConstraint("ST_SRID(geom) = srid", name="geom_srid"),
        CheckConstraint(f"GeometryType(geom) IN ({_quoted(POLYGONS)})", name="geom_type"),
        CheckConstraint("ST_IsValid(geom)", name="geom_valid"),
        Index("uq_plan_unit_code", "plan_id", "code", unique=True),
        Index("ix_plan_unit_parent", "plan_id", "parent_id"),
        Index("ix_plan_unit_geom", "geom", postgresql_using="gist"),
        Index(
            "ix_plan_unit_district_code", "district_id", "code", postgresql_ops={"code": "text_pattern_ops"}
        ),
    )

    plan_id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)
    district_id: Mapped[int]
    srid: Mapped[int]
    level: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str | None] = mapped_column(Text)
    code: Mapped[str | None] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    locked: Mapped[bool] = mapped_column(server_default=text("false"))
    """Nothing may enter or leave a locked unit, and it keeps its name and parent."""
    colour: Mapped[int] = mapped_column(server_default=text("0"))
    blocks: Mapped[int]
    buildings: Mapped[int]
    area_m2: Mapped[float]
    perimeter_m: Mapped[float]
    compactness: Mapped[float]
    border_um: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """Border with other units, in whole micrometres, so that adding and taking away is exact."""
    clear_border_um: Mapped[int | None] = mapped_column(BigInteger)
    """What of it runs along roads, rivers or walls; null where nothing is known about borders."""
    clear_border_share: Mapped[float | None]
    tallies: Mapped[dict[str, Any]]
    geom: Mapped[Any] = planar()


class Assignment(Base):
    """The unit of a plan's lowest level that a block version is in."""

    __tablename__ = "assignment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["plan_id", "unit_id"],
            ["plan_unit.plan_id", "plan_unit.unit_id"],
            ondelete="CASCADE",
            deferrable=True,
            initially="DEFERRED",
        ),
        Index("ix_assignment_unit", "plan_id", "unit_id"),
    )

    plan_id: Mapped[int] = mapped_column(primary_key=True)
    block_id: Mapped[int] = mapped_column(ForeignKey("block.id"), primary_key=True, index=True)
    unit_id: Mapped[int]


class Succession(Base):
    """Which unit of an earlier plan became which unit of a later one, and the residents that went along."""

    __tablename__ = "succession"
    __table_args__ = (
        CheckConstraint("kind IN ('continued', 'merged', 'split', 'redrawn')", name="kind"),
        ForeignKeyConstraint(
            ["from_plan_id", "from_unit_id"],
            ["plan_unit.plan_id", "plan_unit.unit_id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["to_plan_id", "to_unit_id"], ["plan_unit.plan_id", "plan_unit.unit_id"], ondelete="CASCADE"
        ),
    )

    from_plan_id: Mapped[int] = mapped_column(primary_key=True)
    from_unit_id: Mapped[int] = mapped_column(primary_key=True)
    to_plan_id: Mapped[int] = mapped_column(primary_key=True)
    to_unit_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    residents: Mapped[float]
    area_m2: Mapped[float]


class Edit(Base):
    """One change of a plan: what was done at which revision, and what takes it back."""

    __tablename__ = "edit"
    __table_args__ = (
        UniqueConstraint("plan_id", "revision"),
        UniqueConstraint("plan_id", "request"),
        Index(
            "ix_edit_standing",
            "plan_id",
            text("(actor ->> 'id')"),
            "revision",
            postgresql_where=text("standing"),
        ),
    )

    id: Mapped[int] = identity()
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    revision: Mapped[int]
    """The plan's revision after the edit."""
    operation: Mapped[str] = mapped_column(Text)
    arguments: Mapped[dict[str, Any]]
    inverse: Mapped[dict[str, Any]]
    """A `boundaries.redraw.Change` as JSON."""
    actor: Mapped[dict[str, Any] | None]
    at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    request: Mapped[str | None] = mapped_column(Text)
    """The sender's own mark of one edit, so that sending it again does nothing."""
    undoes: Mapped[int | None]
    """Revision of the edit that this one takes back."""
    standing: Mapped[bool] = mapped_column(server_default=text("true"))
    """Whether no standing edit takes it back."""
    label: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """What the history says about it: counts and names."""
    keys: Mapped[list[str]] = mapped_column(postgresql.ARRAY(Text), server_default=text("'{}'"))
    """Keys of the blocks that changed unit, came or went."""
    rows: Mapped[list[int]] = mapped_column(postgresql.ARRAY(BigInteger), server_default=text("'{}'"))
    """Units that were made, changed or removed."""
    members: Mapped[list[int]] = mapped_column(postgresql.ARRAY(BigInteger), server_default=text("'{}'"))
    """Units that blocks or units left or entered."""


class Comment(Base):
    """A remark pinned to a place of a plan, or a reply to one."""

    __tablename__ = "comment"
    __table_args__ = (
        CheckConstraint("geom IS NULL OR GeometryType(geom) = 'POINT'", name="geom_type"),
        CheckConstraint("parent_id IS NOT NULL OR geom IS NOT NULL", name="place"),
    )

    id: Mapped[int] = identity()
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[dict[str, Any]]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    resolved_at: Mapped[dt.datetime | None]
    resolved_by: Mapped[dict[str, Any] | None]
    geom: Mapped[Any] = planar(nullable=True)
