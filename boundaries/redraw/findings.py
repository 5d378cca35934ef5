"""The rules an edit broke and mended, by the district's rules of division."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from boundaries.rules import EXEMPT_TYPES, Finding, Rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from boundaries.redraw.changes import Attributes, Change
    from boundaries.redraw.state import State
    from boundaries.redraw.touched import UnitRow
    from boundaries.storage.statements import Sent


@dataclass(frozen=True)
class UnitFinding:
    """A rule that one unit breaks."""

    unit: int
    finding: Finding

    def as_json(self) -> dict[str, Any]:
        """Return the finding with its unit."""
        return {"unit": self.unit, **self.finding.as_json()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> UnitFinding:
        """Read a finding as `as_json` wrote it."""
        return cls(stored["unit"], Finding(stored["rule"], stored["value"], stored["low"], stored["high"]))


@dataclass(frozen=True)
class Findings:
    """What a change broke and mended; a finding whose value alone changes is neither."""

    broken: list[UnitFinding]
    mended: list[UnitFinding]


@dataclass(frozen=True)
class CellsOf:
    """How many ordinary cells communities gain by a change; how many they had before is asked for."""

    gained: dict[int, int]
    before: Sent | None


def ask_cells(state: State, change: Change) -> CellsOf:
    """Ask for the number of ordinary cells of communities that gain or lose one, before anything is written."""
    gained: dict[int, int] = {}
    rules = Rules.of(state.district.rules)
    if rules.parts_per_parent is not None and "cell" in state.plan.levels[1:]:
        for before, after in change.units.values():
            for side, sign in ((before, -1), (after, 1)):
                parent = _parent_of_ordinary(side)
                if parent is not None:
                    gained[parent] = gained.get(parent, 0) + sign
    query = (
        "SELECT p.unit_id, count(c.unit_id) FROM plan_unit p LEFT JOIN plan_unit c ON c.plan_id = p.plan_id "
        "AND c.parent_id = p.unit_id AND c.type <> ALL(:exempt) "
        "WHERE p.plan_id = :plan AND p.unit_id = ANY(:ids) GROUP BY 1"
    )
    asked = state.send(query, ids=list(gained), exempt=sorted(EXEMPT_TYPES)) if gained else None
    return CellsOf(gained, asked)


def findings_of(
    rules: Rules, change: Change, before: Mapping[int, UnitRow], after: Mapping[int, UnitRow], cells: CellsOf
) -> Findings:
    """Compare the findings of the units a change touched.

    Parameters
    ----------
    before, after
        Units of the change as they were and as they are; only those that were, or are, in the plan.
    """
    was = {unit: _of_cell(rules, row) for unit, row in before.items()}
    now = {unit: _of_cell(rules, row) for unit, row in after.items()}
    _count_cells(change, rules, was, now, cells)
    known = {(unit, finding.rule) for unit, found in was.items() for finding in found}
    kept = {(unit, finding.rule) for unit, found in now.items() for finding in found}
    return Findings(
        broken=[UnitFinding(u, f) for u in sorted(now) for f in now[u] if (u, f.rule) not in known],
        mended=[UnitFinding(u, f) for u in sorted(was) for f in was[u] if (u, f.rule) not in kept],
    )


def _of_cell(rules: Rules, row: UnitRow) -> list[Finding]:
    known = row.attributes
    return rules.of_cell(known.type, row.tallies) if known.level == "cell" else []


def _count_cells(
    change: Change,
    rules: Rules,
    was: dict[int, list[Finding]],
    now: dict[int, list[Finding]],
    cells: CellsOf,
) -> None:
    """Add the findings about the number of ordinary cells of communities that gained or lost one."""
    held = {row[0]: row[1] for row in cells.before.rows()} if cells.before is not None else {}
    for parent, more in cells.gained.items():
        first, last = change.units.get(parent, (True, True))
        if first is not None:
            was[parent] = rules.of_community(held.get(parent, 0))
        if last is not None:
            now[parent] = rules.of_community(held.get(parent, 0) + more)


def _parent_of_ordinary(known: Attributes | None) -> int | None:
    """Return the community that counts a unit among its ordinary cells."""
    if known is None or known.level != "cell" or known.type in EXEMPT_TYPES:
        return None
    return known.parent_id
