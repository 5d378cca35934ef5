"""Replaying the log: from a plan as it is back to any revision, checking each step on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from boundaries.redraw.changes import Attributes, Change
from boundaries.storage.plan_tables import Edit as EditRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from boundaries.storage.plan_tables import Plan


@dataclass
class Replayed:
    """A plan at one revision: the unit of each block version, and the attributes of each unit."""

    blocks: dict[int, int]
    units: dict[int, Attributes]

    def apply(self, change: Change) -> Iterator[str]:
        """Do a change; give what was not as the change expects it."""
        for old, new in change.versions.items():
            if old not in self.blocks or new in self.blocks:
                yield f"block version {old} cannot become {new}"
            else:
                self.blocks[new] = self.blocks.pop(old)
        for block, (before, after) in change.blocks.items():
            if self.blocks.get(block) != before:
                yield f"block version {block} is in unit {self.blocks.get(block)}, not in {before}"
            if after is None:
                self.blocks.pop(block, None)
            else:
                self.blocks[block] = after
        for unit, (was, will) in change.units.items():
            if self.units.get(unit) != was:
                yield f"unit {unit} is not as it was left"
            if will is None:
                self.units.pop(unit, None)
            else:
                self.units[unit] = will


def read_replayed(session: Session, plan: Plan) -> Replayed:
    """Read a plan as it is now."""
    blocks = session.execute(
        text("SELECT block_id, unit_id FROM assignment WHERE plan_id = :p"), {"p": plan.id}
    )
    units = session.execute(
        text(
            "SELECT unit_id, level, parent_id, name, name_en, code, type, locked FROM plan_unit WHERE plan_id = :p"
        ),
        {"p": plan.id},
    )
    return Replayed({row[0]: row[1] for row in blocks}, {row[0]: Attributes(*row[1:]) for row in units})


def inverses(session: Session, plan: Plan, revision: int) -> Iterator[tuple[int, Change]]:
    """Give revision and inverse of the edits after a revision, newest first."""
    rows = session.execute(
        select(EditRow.revision, EditRow.inverse)
        .where(EditRow.plan_id == plan.id, EditRow.revision > revision)
        .order_by(EditRow.revision.desc())
        .execution_options(yield_per=500)
    )
    for row in rows:
        yield row.revision, Change.from_json(row.inverse)


def replay_faults(session: Session, plan: Plan) -> Iterator[str]:
    """Take back the whole log step by step; give the first step that does not fit, and what the beginning lacks."""
    state = read_replayed(session, plan)
    for revision, inverse in inverses(session, plan, 0):
        fault = next(iter(list(state.apply(inverse))), None)
        if fault is not None:
            yield f"taking back edit {revision} fails: {fault}"
            return
    lowest = plan.levels[-1]
    for unit in sorted(set(state.blocks.values()) ^ {u for u, a in state.units.items() if a.level == lowest}):
        yield f"before the first edit, unit {unit} has no block or is unknown"
