"""The table of a plan's life: who moved it from state to state."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from boundaries.storage.base import Base, identity


class Transition(Base):
    """One step of a plan's life: from which state to which, by whom, when, and what was said about it."""

    __tablename__ = "transition"

    id: Mapped[int] = identity()
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    step: Mapped[str] = mapped_column(Text)
    """"branch", "update", "submit", "withdraw", "adopt", "supersede", "archive", "restore" or "rename"."""
    revision: Mapped[int]
    actor: Mapped[dict[str, Any]]
    details: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
