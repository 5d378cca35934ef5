"""The units of a stored plan, level by level, as drafts of a new plan can take them over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import text

from boundaries.plans import LevelDraft, read_plan_blocks

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from boundaries.blocks import Blocks, Ints
    from boundaries.plans import PlanBlocks
    from boundaries.storage.plan_tables import Plan


@dataclass(frozen=True)
class Hierarchy:
    """A plan with its units by position.

    Attributes
    ----------
    blocks
        The n blocks, with the counts of the plan's date.
    levels
        Highest first, with permanent unit ids.
    unit : level -> (n,) int
        Position of each block's unit in that level.
    """

    blocks: Blocks
    levels: list[LevelDraft]
    unit: dict[str, Ints]

    def level(self, name: str) -> LevelDraft:
        """Return one level."""
        return next(level for level in self.levels if level.level == name)


def read_hierarchy(session: Session, plan: Plan) -> Hierarchy:
    """Read a plan's blocks, units and who is in whom."""
    return _hierarchy(session, plan, read_plan_blocks(session, plan))


def read_hierarchies(session: Session, plan: Plan, other: Plan) -> tuple[Hierarchy, Hierarchy]:
    """Read two plans of a district; blocks they share, all of them or none, are read once."""
    read = read_plan_blocks(session, plan)
    beside = read_plan_blocks(session, other, read)
    return _hierarchy(session, plan, read), _hierarchy(session, other, beside)


def _hierarchy(session: Session, plan: Plan, read: PlanBlocks) -> Hierarchy:
    levels: list[LevelDraft] = []
    for name in plan.levels:
        levels.append(_read_level(session, plan, name, levels[-1] if levels else None))
    lowest = levels[-1].unit_id
    assert lowest is not None  # noqa: S101  -- stored units have ids
    unit = {levels[-1].level: np.searchsorted(lowest, read.unit_id)}
    for below, above in zip(levels[:0:-1], levels[-2::-1], strict=True):
        assert below.parent is not None  # noqa: S101  -- only the highest level has no parents
        unit[above.level] = below.parent[unit[below.level]]
    return Hierarchy(read.blocks, levels, unit)


def _read_level(session: Session, plan: Plan, name: str, above: LevelDraft | None) -> LevelDraft:
    rows = session.execute(
        text(
            "SELECT unit_id, parent_id, name, name_en, code, type FROM plan_unit "
            "WHERE plan_id = :plan AND level = :level ORDER BY unit_id"
        ),
        {"plan": plan.id, "level": name},
    ).all()
    parent = None
    if above is not None:
        assert above.unit_id is not None  # noqa: S101
        parent = np.searchsorted(above.unit_id, np.array([row.parent_id for row in rows], dtype=np.int64))
    return LevelDraft(
        level=name,
        name=[row.name for row in rows],
        parent=parent,
        code=[row.code for row in rows],
        type=[row.type for row in rows],
        name_en=[row.name_en for row in rows],
        unit_id=np.array([row.unit_id for row in rows], dtype=np.int64),
    )
