"""The table of proposals: divisions a search has found, none of them a plan until someone takes one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from boundaries.storage.base import Base, identity


class Proposal(Base):
    """One division of a plan's blocks at one level, with its scores and figures.

    It belongs to the revision of the plan it was made from: ``part`` says nothing about any other.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("level IN ('street', 'community', 'cell')", name="level"),
        CheckConstraint("length(part) % 4 = 0", name="part"),
    )

    id: Mapped[int] = identity()
    job_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    """The job that searched; no foreign key, since jobs belong to a floor above."""
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    revision: Mapped[int]
    level: Mapped[str] = mapped_column(Text)
    rank: Mapped[int]
    """0 is the best of its search."""
    part: Mapped[bytes] = mapped_column(LargeBinary)
    """Part of each block of the plan as little-endian int32, in ascending order of block ids."""
    scores: Mapped[dict[str, Any]]
    figures: Mapped[dict[str, Any]]
    made_by: Mapped[dict[str, Any]]
    """What a plan made of it keeps of the search: what was asked for, by which seed, and what was not reached."""
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
