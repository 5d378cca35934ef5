"""What all tables share."""

from __future__ import annotations

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, DateTime, ForeignKeyConstraint, Identity, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column
from sqlalchemy.schema import CheckConstraint, SchemaItem

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of every table, with predictable constraint names."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {dt.datetime: DateTime(timezone=True), dict[str, Any]: JSONB, list[Any]: JSONB}


def identity() -> MappedColumn[int]:
    """Return a primary key column that the database fills."""
    return mapped_column(BigInteger, Identity(), primary_key=True)


def planar(*, nullable: bool = False) -> MappedColumn[Any]:
    """Return a geometry column of any type; its SRID is held by `srid_matches`, not by the type."""
    return mapped_column(
        Geometry("GEOMETRY", srid=-1, spatial_index=False, from_text="ST_GeomFromEWKT"), nullable=nullable
    )


def srid_matches(*types: str, column: str = "geom") -> tuple[SchemaItem, ...]:
    """Return the constraints that tie a geometry to the SRID of its district and to its types.

    Parameters
    ----------
    types
        PostGIS names as of ``GeometryType``, such as "POLYGON".
    """
    listed = ", ".join(f"'{name}'" for name in types)
    return (
        ForeignKeyConstraint(["district_id", "srid"], ["district.id", "district.srid"], ondelete="CASCADE"),
        CheckConstraint(f"ST_SRID({column}) = srid", name=f"{column}_srid"),
        CheckConstraint(f"GeometryType({column}) IN ({listed})", name=f"{column}_type"),
        CheckConstraint(f"ST_IsValid({column}) AND NOT ST_IsEmpty({column})", name=f"{column}_valid"),
    )
