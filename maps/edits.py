"""Edits as the page takes them: what each did, whom and what it touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from boundaries.redraw.changes import Change
from boundaries.redraw.log import Summary
from boundaries.storage.plan_tables import Edit as EditRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def edit_events(session: Session, plan: int, after: int) -> list[dict[str, Any]]:
    """Return the edits of a plan after a revision, oldest first, with the units and blocks each touched."""
    rows = session.scalars(
        select(EditRow).where(EditRow.plan_id == plan, EditRow.revision > after).order_by(EditRow.revision)
    )
    return [_event(row) for row in rows]


def _event(row: EditRow) -> dict[str, Any]:
    change = Change.from_json(row.inverse)
    return {
        "revision": row.revision,
        "edit": Summary.of(row).as_json(),
        "units": sorted({*row.rows, *row.members}),
        "blocks": sorted({*change.blocks, *change.versions, *change.versions.values()}),
    }
