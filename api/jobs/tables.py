"""The table of jobs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, Index, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from boundaries.storage.base import Base, identity

STATES = ("queued", "running", "done", "failed", "cancelled")


class Job(Base):
    """One piece of long work: what was asked for, who works on it until when, how far it is and what came out."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="state"),
        CheckConstraint("progress BETWEEN 0 AND 1", name="progress"),
        Index("ix_job_waiting", "id", postgresql_where=text("state IN ('queued', 'running')")),
    )

    id: Mapped[int] = identity()
    kind: Mapped[str] = mapped_column(Text)
    arguments: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(Text, server_default="queued")
    progress: Mapped[float] = mapped_column(server_default=text("0"))
    message: Mapped[str] = mapped_column(Text, server_default="")
    said: Mapped[dict[str, Any] | None]
    result: Mapped[dict[str, Any] | None]
    error: Mapped[str | None] = mapped_column(Text)
    cancel_requested: Mapped[bool] = mapped_column(server_default=text("false"))
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    worker: Mapped[str | None] = mapped_column(Text)
    lease_until: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[dt.datetime | None]
