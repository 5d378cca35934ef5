"""Levels at the top that only one of two plans has: which of them a merged plan has, and what goes with the others."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import text

from boundaries.planning.unit_merging import MergedUnits, ThreeHierarchies
from boundaries.redraw.changes import Change

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from boundaries.planning.merging import Assigned
    from boundaries.redraw.changes import Attributes
    from boundaries.storage.plan_tables import Plan

    Units = Mapping[int, Attributes]


def merged_levels(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> list[str] | None:
    """Return the levels of a merged plan: a side that dropped or added some at the top is followed.

    None where the plans differ below the top, where both sides changed their levels, each in another way, or where
    units of a level that only theirs has would have to be drawn over mine.
    """
    longest = max((base, mine, theirs), key=len)
    if any(list(longest[-len(one) :]) != list(one) for one in (base, mine, theirs)):
        return None
    if list(mine) == list(base):
        levels = list(theirs)
    elif list(theirs) in (list(base), list(mine)):
        levels = list(mine)
    else:
        return None
    return levels if len(levels) <= len(mine) else None


def confined(units: Units, levels: Sequence[str]) -> dict[int, Attributes]:
    """Return the units of some levels; those of the highest have no parent."""
    return {unit: _confined(known, levels) for unit, known in units.items() if known.level in levels}


def _confined(known: Attributes, levels: Sequence[str]) -> Attributes:
    return replace(known, parent_id=None) if known.level == levels[0] else known


def confined_change(change: Change, levels: Sequence[str]) -> Change:
    """Return a change of a plan with more levels at the top as it is in one without them."""
    pairs = {
        unit: tuple(_confined(side, levels) if side is not None else None for side in pair)
        for unit, pair in change.units.items()
        if next(side for side in pair if side is not None).level in levels
    }
    units = {unit: (before, after) for unit, (before, after) in pairs.items() if before != after}
    return Change(change.blocks, change.versions, units)


def confined_three(three: ThreeHierarchies, levels: Sequence[str]) -> ThreeHierarchies:
    """Return three hierarchies without the levels that the merged plan does not have."""
    return ThreeHierarchies(*(confined(one, levels) for one in (three.base, three.mine, three.theirs)))


def with_parents(
    merged: MergedUnits, three: ThreeHierarchies, levels: Sequence[str], assigned: Assigned, mine: Assigned
) -> MergedUnits:
    """Give units that only theirs has a parent where only mine has the level above: that of most of their blocks.

    Parameters
    ----------
    assigned, mine
        The merged assignment, and mine.
    """
    orphans = {u for u, one in merged.units.items() if one.level != levels[0] and one.parent_id is None}
    if not orphans:
        return merged
    parents: dict[int, Counter[int]] = {unit: Counter() for unit in orphans}
    ground = {block: _chain(three.mine, unit) for block, unit in mine.items()}
    for block, unit in assigned.items():
        held = orphans.intersection(_chain(merged.units, unit))
        # A block of theirs that mine does not have is left to the others of its unit.
        for orphan in held if block in ground else ():
            above = levels[levels.index(merged.units[orphan].level) - 1]
            parents[orphan].update(one for one in ground[block] if three.mine[one].level == above)
    units = dict(merged.units)
    fallback = min(unit for unit, one in three.mine.items() if one.level == levels[0])
    for orphan, votes in parents.items():
        parent = min(votes, key=lambda one: (-votes[one], one)) if votes else fallback
        units[orphan] = replace(units[orphan], parent_id=parent)
        units.setdefault(parent, three.mine[parent])
    return replace(merged, units=units)


def _chain(units: Units, unit: int) -> list[int]:
    found = [unit]
    while (parent := units[found[-1]].parent_id) is not None:
        found.append(parent)
    return found


def drop_levels(session: Session, plan: Plan, levels: Sequence[str], units: Units) -> Change:
    """Take the levels at the top that a plan is no longer to have out of it; return what that changed."""
    kept = confined(units, levels)
    change = Change(
        units={unit: (known, kept.get(unit)) for unit, known in units.items() if kept.get(unit) != known}
    )
    for query in (
        "UPDATE plan_unit SET parent_id = NULL WHERE plan_id = :plan AND level = :top",
        "DELETE FROM plan_unit WHERE plan_id = :plan AND level <> ALL(:levels)",
    ):
        session.execute(text(query), {"plan": plan.id, "top": levels[0], "levels": list(levels)})
    plan.levels = list(levels)
    session.flush()
    return change
