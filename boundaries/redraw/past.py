"""The plan as it was at a revision, and what changed since one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import func, select

from boundaries.blocks import read_blocks
from boundaries.errors import ArgumentError
from boundaries.figures import UnitFigures, unit_figures
from boundaries.plans import LevelDraft
from boundaries.redraw.changes import Change, composed
from boundaries.redraw.log import touched_units
from boundaries.redraw.replay import inverses, read_replayed
from boundaries.redraw.result import Result, result_of
from boundaries.redraw.state import State
from boundaries.storage.plan_tables import Edit as EditRow
from boundaries.storage.tables import District

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from boundaries.blocks import Blocks, Ints
    from boundaries.redraw.changes import Attributes
    from boundaries.storage.plan_tables import Plan

EDITS_TOLD = 500
"""More edits than this are not told one by one: the plan is better loaded anew."""

BLOCKS_TOLD = 3000
"""The same for blocks that changed their unit."""


@dataclass(frozen=True)
class PlanAt:
    """A plan as it was at one revision.

    Attributes
    ----------
    levels
        Highest first, with permanent unit ids.
    unit : level -> (n,) int
        Position of each block's unit in that level.
    figures
        By level, in the order of its units.
    locked
        Units that were locked then.
    """

    revision: int
    blocks: Blocks
    levels: list[LevelDraft]
    unit: dict[str, Ints]
    figures: dict[str, UnitFigures]
    locked: frozenset[int]


def require_revision(plan: Plan, revision: int) -> None:
    """Refuse revisions the plan never had.

    Raises
    ------
    ArgumentError
    """
    if not 0 <= revision <= plan.revision:
        raise ArgumentError(
            f'"{plan.name}" has revisions 0 to {plan.revision}; there is no revision {revision}.'
        )


def units_at(session: Session, plan: Plan, revision: int) -> PlanAt:
    """Return a plan as it was at a revision, its polygons and figures computed from its blocks of then.

    Raises
    ------
    ArgumentError
        When the plan never had the revision.
    """
    require_revision(plan, revision)
    state = read_replayed(session, plan)
    for _, inverse in inverses(session, plan, revision):
        for fault in state.apply(inverse):
            raise ArgumentError(
                f'the log of "{plan.name}" does not lead back to revision {revision}: {fault}.'
            )
    blocks = read_blocks(session, np.array(sorted(state.blocks), dtype=np.int64), plan.count_date)
    levels: list[LevelDraft] = []
    for level in plan.levels:
        levels.append(_level(level, state.units, levels[-1] if levels else None))
    lowest = np.array([state.blocks[block] for block in blocks.id.tolist()], dtype=np.int64)
    unit = {levels[-1].level: np.searchsorted(np.asarray(levels[-1].unit_id), lowest)}
    for below, above in zip(levels[:0:-1], levels[-2::-1], strict=True):
        unit[above.level] = np.asarray(below.parent)[unit[below.level]]
    figures = {level.level: unit_figures(blocks, unit[level.level], len(level)) for level in levels}
    locked = frozenset(one for one, known in state.units.items() if known.locked)
    return PlanAt(revision, blocks, levels, unit, figures, locked)


def _level(level: str, units: dict[int, Attributes], above: LevelDraft | None) -> LevelDraft:
    held = sorted(unit for unit, known in units.items() if known.level == level)
    known = [units[unit] for unit in held]
    parent = None
    if above is not None:
        ids = np.array([one.parent_id for one in known], dtype=np.int64)
        parent = np.searchsorted(np.asarray(above.unit_id), ids)
    return LevelDraft(
        level=level,
        name=[one.name for one in known],
        parent=parent,
        code=[one.code for one in known],
        type=[one.type for one in known],
        name_en=[one.name_en for one in known],
        unit_id=np.array(held, dtype=np.int64),
    )


def changes_since(session: Session, plan: Plan, revision: int) -> Result:
    """Return all that changed since a revision as one result without an edit.

    Findings are not told; ``reload`` is set, and nothing else, where so much changed that the plan is better loaded
    anew.

    Raises
    ------
    ArgumentError
        When the plan never had the revision.
    """
    require_revision(plan, revision)
    state = State(session, plan, session.get_one(District, plan.district_id))
    later = select(func.count()).where(EditRow.plan_id == plan.id, EditRow.revision > revision)
    empty = result_of(state, Change(), [], edit=None)
    if (session.scalar(later) or 0) > EDITS_TOLD:
        return replace(empty, reload=True)
    steps = [inverse for _, inverse in inverses(session, plan, revision)]
    members = {unit for step in steps for units in touched_units(step) for unit in units}
    back = composed(steps)
    if len(back.blocks) > BLOCKS_TOLD:
        return replace(empty, reload=True)
    change = back.inverse()
    members.update(state.held(change.versions.values()).values())
    return result_of(state, change, with_ancestors(state, members), edit=None)


def with_ancestors(state: State, units: set[int]) -> list[int]:
    """Return units that the plan has now with all units above them."""
    query = "SELECT unit_id, parent_id FROM plan_unit WHERE plan_id = :plan AND unit_id = ANY(:ids)"
    found: set[int] = set()
    wanted = units
    while wanted:
        rows = state.rows(query, ids=list(wanted))
        found.update(row[0] for row in rows)
        wanted = {row[1] for row in rows if row[1] is not None} - found
    return sorted(found)
