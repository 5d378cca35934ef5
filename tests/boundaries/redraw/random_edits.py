"""Random edits that a planner could make: most are sound, some are refused."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from boundaries.redraw import Edit
from tests.boundaries.redraw.random_lines import LINES, random_line_edit

if TYPE_CHECKING:
    import numpy as np
    from sqlalchemy.orm import Session

    from boundaries.storage.plan_tables import Plan

SHARES = {
    "assign": 50, "create": 8, "merge": 6, "dissolve": 4, "move": 4, "update": 5, "lock": 2, "unlock": 2, "undo": 10,
    "redo": 5, "group": 4,
}  # fmt: skip
"""How often each operation is tried, in a hundred."""


LINE_SHARE = 0.12
"""How often a line is drawn instead."""


def random_edit(session: Session, plan: Plan, rng: np.random.Generator) -> Edit:
    """Return a random edit of any operation for a plan as it is now."""
    if rng.random() < LINE_SHARE:
        return random_line_edit(session, plan, rng, str(rng.choice(LINES)))
    return Snapshot(session, plan, rng).edit()


class Snapshot:
    """A plan as it is now, for choosing what to do with it."""

    def __init__(self, session: Session, plan: Plan, rng: np.random.Generator) -> None:
        self.rng, self.revision = rng, plan.revision
        values = {"p": plan.id}
        rows = session.execute(
            text("SELECT block_id, unit_id FROM assignment WHERE plan_id = :p ORDER BY 1"), values
        )
        self.unit_of: dict[int, int] = {row[0]: row[1] for row in rows}
        self.blocks_of: dict[int, list[int]] = defaultdict(list)
        for block, unit in self.unit_of.items():
            self.blocks_of[unit].append(block)
        units = "SELECT unit_id, level, parent_id, name, locked FROM plan_unit WHERE plan_id = :p ORDER BY 1"
        self.units: dict[int, Any] = {row[0]: row for row in session.execute(text(units), values)}
        borders = (
            "SELECT e.first_id, e.second_id FROM block_border e JOIN assignment f ON f.plan_id = :p AND "
            "f.block_id = e.first_id JOIN assignment s ON s.plan_id = :p AND s.block_id = e.second_id ORDER BY 1, 2"
        )
        self.edges = [(row[0], row[1]) for row in session.execute(text(borders), values)]
        self.near: dict[int, list[int]] = defaultdict(list)
        for first, second in self.edges:
            self.near[first].append(second)
            self.near[second].append(first)
        self.across = [edge for edge in self.edges if self.unit_of[edge[0]] != self.unit_of[edge[1]]]

    def parent(self, unit: int) -> int | None:
        return self.units[unit].parent_id

    def pick(self, things: list[Any]) -> Any:
        return things[int(self.rng.integers(len(things)))]

    def edit(self, operation: str | None = None) -> Edit:
        """Return a random edit, of an operation or of any."""
        names = list(SHARES)
        total = sum(SHARES.values())
        chosen = operation or str(self.rng.choice(names, p=[SHARES[name] / total for name in names]))
        return Edit.of(chosen.removesuffix("_across"), getattr(self, f"_{chosen}")())

    def _crossing(self, *, inside_parent: bool | None = None) -> tuple[int, int]:
        """Return two blocks on both sides of a border between units, in any order."""
        found = self.across
        if inside_parent is not None:
            found = [
                (a, b)
                for a, b in self.across
                if (self.parent(self.unit_of[a]) == self.parent(self.unit_of[b])) == inside_parent
            ] or self.across
        first, second = self.pick(found)
        return (first, second) if self.rng.random() < 0.5 else (second, first)

    def _assign(self) -> dict[str, Any]:
        here, there = self._crossing(inside_parent=None if self.rng.random() < 0.3 else True)
        return {"unit": self.unit_of[there], "blocks": [here]}

    def _assign_across(self) -> dict[str, Any]:
        here, there = self._crossing(inside_parent=False)
        return {"unit": self.unit_of[there], "blocks": [here]}

    def _some_blocks(self, unit: int) -> list[int]:
        """Return about half the blocks of a unit, grown from one of them."""
        held = set(self.blocks_of[unit])
        grown = [self.pick(sorted(held))]
        for block in grown:
            for other in self.near[block]:
                if other in held and other not in grown and len(grown) < len(held) // 2:
                    grown.append(other)
        return grown

    def _create(self) -> dict[str, Any]:
        unit = self.pick(sorted(self.blocks_of))
        lowest = self.units[unit].level
        above = self.parent(unit)
        if above is not None and self.rng.random() < 0.15:
            return {"level": self.units[above].level, "units": [unit]}
        return {"level": lowest, "blocks": self._some_blocks(unit)}

    def _merge(self) -> dict[str, Any]:
        here, there = (
            self.unit_of[block] for block in self._crossing(inside_parent=self.rng.random() < 0.85)
        )
        if self.rng.random() < 0.1 and self.parent(here) not in {None, self.parent(there)}:
            return {"units": [self.parent(here), self.parent(there)], "into": self.parent(there)}
        return {"units": [here, there], "into": there}

    def _dissolve(self) -> dict[str, Any]:
        return {"unit": self.pick(sorted(self.blocks_of))}

    def _move(self) -> dict[str, Any]:
        here, there = self._crossing(inside_parent=False)
        return {"unit": self.unit_of[here], "parent": self.parent(self.unit_of[there]) or self.unit_of[there]}

    def _update(self) -> dict[str, Any]:
        return {"unit": self.pick(sorted(self.units)), "name": f"新名{int(self.rng.integers(10**9))}"}

    def _lock(self) -> dict[str, Any]:
        return {"units": [self.pick(sorted(self.units))]}

    def _unlock(self) -> dict[str, Any]:
        locked = [unit for unit, row in self.units.items() if row.locked]
        return {"units": [self.pick(locked or sorted(self.units))]}

    def _undo(self) -> dict[str, Any]:
        return {}

    def _redo(self) -> dict[str, Any]:
        return {}

    def _revert(self) -> dict[str, Any]:
        return {"revision": max(0, self.revision - int(self.rng.integers(1, 20)))}

    def _group(self) -> dict[str, Any]:
        parts = [self.edit("assign") for _ in range(int(self.rng.integers(2, 4)))]
        return {"edits": [part.as_json() for part in parts]}
