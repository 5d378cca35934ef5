"""The three-way merge of what plans say about units: names, codes, types, parents."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from boundaries.planning.merging import MINE, THEIRS, Conflict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from boundaries.planning.merging import Side
    from boundaries.redraw.changes import Attributes

DECIDED = ("parent_id", "name", "name_en", "type")
"""Attributes both sides may have changed; of codes theirs are final, and locks are mine."""


@dataclass(frozen=True)
class ThreeHierarchies:
    """Units by id as each of three plans has them."""

    base: Mapping[int, Attributes]
    mine: Mapping[int, Attributes]
    theirs: Mapping[int, Attributes]


@dataclass(frozen=True)
class MergedUnits:
    """The units of the merged plan; ``restored`` were removed in theirs and are needed by mine."""

    units: dict[int, Attributes]
    conflicts: list[Conflict]
    restored: list[int]


def merge_units(three: ThreeHierarchies, lowest: Iterable[int], resolve: Mapping[str, Side]) -> MergedUnits:
    """Merge what two plans say about the units that the merged assignment uses, and about those above them.

    Parameters
    ----------
    lowest
        Units of the lowest level that have blocks.
    resolve
        "u" and a unit's id -> "mine" or "theirs".
    """
    units: dict[int, Attributes] = {}
    conflicts: list[Conflict] = []
    waiting = sorted(set(lowest))
    while waiting:
        unit = waiting.pop()
        if unit in units:
            continue
        units[unit] = _merged(three, unit, resolve, conflicts)
        parent = units[unit].parent_id
        if parent is not None:
            waiting.append(parent)
    restored = sorted(unit for unit in units if unit in three.base and unit not in three.theirs)
    return MergedUnits(_without_clashes(three, units), conflicts, restored)


def _merged(
    three: ThreeHierarchies, unit: int, resolve: Mapping[str, Side], conflicts: list[Conflict]
) -> Attributes:
    mine, theirs, base = three.mine.get(unit), three.theirs.get(unit), three.base.get(unit)
    if mine is None or theirs is None:
        known = mine or theirs
        assert known is not None  # noqa: S101  -- the merged assignment uses units of either side
        return known
    side = resolve.get(f"u{unit}")
    kept = base is not None and theirs.code == base.code
    values: dict[str, Any] = {"code": mine.code if kept else theirs.code, "locked": mine.locked}
    apart: list[str] = []
    for name in DECIDED:
        was, my, their = (getattr(one, name, None) for one in (base, mine, theirs))
        if their in {my, was}:
            values[name] = my
        elif my == was:
            values[name] = their
        else:
            values[name] = their if side == THEIRS else my
            apart.append(name)
    if apart and side not in {MINE, THEIRS}:
        words = {
            which: ", ".join(str(getattr(one, name)) for name in apart)
            for which, one in ((MINE, mine), (THEIRS, theirs))
        }
        conflicts.append(Conflict(f"u{unit}", "unit", (), None, None, words))
    return replace(mine, **values)


def _without_clashes(three: ThreeHierarchies, units: dict[int, Attributes]) -> dict[int, Attributes]:
    """Let what only mine says give way where a unit of theirs has the code, or a sibling the name."""
    final = {unit: known for unit, known in units.items() if _same(three.theirs.get(unit), known)}
    codes = {known.code for known in three.theirs.values()}
    names = {(known.level, known.parent_id, known.name) for known in final.values()}
    for unit, known in sorted(units.items()):
        if unit in final:
            continue
        own = three.theirs.get(unit)
        code = known.code
        if code is not None and code in codes and (own is None or own.code != code):
            code = None  # adoption gives a final one
        name, number = known.name, 2
        while (known.level, known.parent_id, name) in names:
            name, number = f"{known.name}（{number}）", number + 1
        names.add((known.level, known.parent_id, name))
        codes.add(code)
        units[unit] = replace(known, name=name, code=code)
    return units


def _same(theirs: Attributes | None, known: Attributes) -> bool:
    return theirs is not None and replace(theirs, locked=known.locked) == known
