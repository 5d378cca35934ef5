"""The table of incidents."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from boundaries.storage.base import Base, identity, planar, srid_matches


class Incident(Base):
    """A reported matter (事件); persons are never named."""

    __tablename__ = "incident"
    __table_args__ = (
        *srid_matches("POINT"),
        CheckConstraint("tier IN ('ordinary', 'larger', 'major')", name="tier"),
        Index("ix_incident_geom", "geom", postgresql_using="gist"),
        Index("ix_incident_at", "district_id", "at"),
    )

    id: Mapped[int] = identity()
    district_id: Mapped[int]
    srid: Mapped[int]
    at: Mapped[dt.datetime]
    category: Mapped[str] = mapped_column(Text)
    tier: Mapped[str] = mapped_column(Text, server_default="ordinary")
    source: Mapped[str | None] = mapped_column(Text)
    provenance: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    geom: Mapped[Any] = planar()
