"""Edits as the page takes them: what each did, whom and what it touched."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from boundaries.redraw.changes import Change
from boundaries.redraw.logged import edits_after
from boundaries.storage.statements import Statements
from maps.blocks import ask_listed_blocks
from maps.units import ask_listed_units

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from boundaries.redraw import Result
    from boundaries.redraw.logged import Logged
    from boundaries.storage.plan_tables import Plan


def result_json(session: Session, plan: Plan, result: Result) -> str:
    """Return what an edit did as one JSON text: changed units and new blocks are features in the planar CRS.

    ``units`` also holds the units whose number of units below changed; ``edit`` is left out where several edits are
    told as one.
    """
    told: dict[str, Any] = {
        "plan": result.plan,
        "revision": result.revision,
        "removed_units": result.removed_units,
        "assignment": result.assignment,
        "removed_blocks": result.removed_blocks,
        "borders": result.borders,
        "broken": [finding.as_json() for finding in result.broken],
        "mended": [finding.as_json() for finding in result.mended],
    }
    if result.edit is not None:
        told["edit"] = result.edit.as_json()
    if result.rebased_over:
        told["rebased_over"] = [summary.as_json() for summary in result.rebased_over]
    if result.preview:
        told["preview"] = True
    if result.reload:
        told["reload"] = True
    run = Statements.of(session)
    with run.together():
        asked_units = ask_listed_units(run, plan, [*result.units, *result.parents])
        asked_blocks = ask_listed_blocks(run, plan, result.blocks) if result.blocks else None
        run.flush()
        rest = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        units = ",".join(asked_units.features())
        blocks = (asked_blocks.rows()[0][0] or "") if asked_blocks is not None else ""
    return f'{rest[:-1]},"units":[{units}],"blocks":[{blocks}]}}'


def edit_events(session: Session, plan: int, after: int) -> list[dict[str, Any]]:
    """Return the edits of a plan after a revision, oldest first, with the units and blocks each touched."""
    return [_event(row) for row in edits_after(session, plan, after)]


def _event(row: Logged) -> dict[str, Any]:
    change = Change.from_json(row.inverse)
    return {
        "revision": row.revision,
        "edit": row.as_json(),
        "units": sorted({*row.rows, *row.members}),
        "blocks": sorted({*change.blocks, *change.versions, *change.versions.values()}),
    }
